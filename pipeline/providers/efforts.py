"""What a recognizer works with, and what it makes do with when a GPU has run out of memory."""

from dataclasses import dataclass, replace
from typing import Final

CPU_TYPE: Final = "int8"
OUT_OF_MEMORY: Final = "out of memory"  # CTranslate2 says so in a `RuntimeError` like any other


@dataclass(frozen=True, slots=True)
class Effort:
    """A device, the type of its numbers, and how many hypotheses of a window it holds."""

    device: str
    compute_type: str
    beam_size: int
    cut_short: bool = False  # by the GPU's memory

    def less(self) -> "Effort | None":
        """Return one hypothesis, then the CPU; None where no GPU is used."""
        if self.device != "cuda":
            return None
        if self.beam_size > 1 and not self.cut_short:
            return replace(self, beam_size=1, cut_short=True)
        return replace(self, device="cpu", compute_type=CPU_TYPE, cut_short=True)

    def __str__(self) -> str:
        """Return what it is, as transcripts and staff are told."""
        plain = f"{self.compute_type}, {self.device}"
        if not self.cut_short:
            return plain
        return f"{plain}, beam {self.beam_size}: the GPU ran out of memory"


def is_out_of_memory(trouble: Exception) -> bool:
    """Return whether it was the GPU's memory that failed."""
    return OUT_OF_MEMORY in str(trouble).lower()
