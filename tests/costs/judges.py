"""Judges that cost nothing themselves, and make as much work for others as they can."""

import re
from collections.abc import Sequence

from pipeline.domain.ports import GrammarFlag, PairLikelihood


class EverythingIsWrong:
    """Raises a flag over every second word."""

    engine = "everything is wrong"

    def check(self, text: str) -> list[GrammarFlag]:
        """Return the flags."""
        found = list(re.finditer(r"\S+", text))[::2]
        return [
            GrammarFlag("Wrong", "Grammar", word.start(), word.end(), "Wrong.", ("right",))
            for word in found
        ]


class NoUsage:
    """Finds every word equally usual."""

    engine = "no usage"

    def read(self, texts: Sequence[str]) -> list[list[PairLikelihood]]:
        """Return one pair for each text."""
        return [[PairLikelihood(-1.0, -1.0)] for _ in texts]
