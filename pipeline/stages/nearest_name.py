"""Which of the names we know is nearest in meaning to one that we do not?"""

from functools import lru_cache
from typing import Final

from pipeline.ports import SentenceEncoder
from pipeline.stages.vectors import Vector, cosine

# "MariaDB" is at .50 to MySQL, "Scrum" at .69 to Agile; "Driving" at .48 to Ticketing, "Spark" at .48 to Rust.
NEAR: Final = 0.5  # cosine
REMEMBERED: Final = 8  # sets of names: the bank's, for the roles asked for last


def nearest_name(name: str, names: tuple[str, ...], *, encoder: SentenceEncoder) -> str | None:
    """Return the nearest of the names; None when none is near."""
    if not names or not name.strip():
        return None
    wanted = encoder.encode([name])[0]
    likeness, index = max(
        (cosine(wanted, vector), -index)
        for index, vector in enumerate(_vectors(names, encoder))  # type: ignore[arg-type] # a port says nothing of hashes
    )
    return names[-index] if likeness >= NEAR else None


@lru_cache(maxsize=REMEMBERED)
def _vectors(names: tuple[str, ...], encoder: SentenceEncoder) -> list[Vector]:
    """Encode once what does not change: the names of the bank."""
    return encoder.encode(list(names))
