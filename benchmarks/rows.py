"""A row of the table of speeds, and how the table is printed."""

from dataclasses import dataclass
from typing import Final, Literal

HEADS: Final = ("what", "ours", "compared with", "theirs", "ratio", "goal", "")


@dataclass(frozen=True, slots=True)
class Speed:
    """What was measured, beside what it was compared with in the same run."""

    what: str
    ours: float
    unit: str
    goal: float
    sign: Literal["<=", ">="]
    compared: str = "-"
    theirs: float | None = None  # None: the goal is about our own number
    turned: bool = False  # the ratio is theirs : ours
    note: str = ""

    @property
    def ratio(self) -> float | None:
        """Ours : theirs, or the other way round where that is what the goal is about."""
        if self.theirs is None:
            return None
        above, below = (self.theirs, self.ours) if self.turned else (self.ours, self.theirs)
        return above / below if below else float("inf")

    @property
    def is_met(self) -> bool:
        """Tell whether the goal is reached."""
        found = self.ours if self.ratio is None else self.ratio
        return found <= self.goal if self.sign == "<=" else found >= self.goal

    def line(self) -> str:
        """Return the row in Markdown."""
        unit = f" {self.unit}" if self.unit else ""
        factor = " x" if self.ratio is not None else unit
        cells = (
            self.what + (f" ({self.note})" if self.note else ""),
            f"{self.ours:.4g}{unit}",
            self.compared,
            "" if self.theirs is None else f"{self.theirs:.4g}{unit}",
            "" if self.ratio is None else f"{self.ratio:.3g} x",
            f"{self.sign} {self.goal:g}{factor}",
            "" if self.is_met else "missed",
        )
        return f"| {' | '.join(cells)} |"


def header() -> str:
    """Return the table's head."""
    return f"| {' | '.join(HEADS)} |\n{'|---' * len(HEADS)}|"
