"""How hard the words of an answer are to follow: information, never score, as a recogniser sets the full stops."""

import warnings
from typing import Final

LEAST_WORDS: Final = 30  # below, one long word moves the measure by grades


def measure_readability(text: str) -> dict[str, float] | None:
    """
    Return Flesch's reading ease (0 to 100, higher is easier) and the Flesch-Kincaid grade (US school years).

    English only; None for an answer too short to tell. Flesch 1948, Kincaid et al. 1975, as textstat counts them.
    """
    if len(text.split()) < LEAST_WORDS:
        return None
    with warnings.catch_warnings():
        warnings.simplefilter(
            "ignore"
        )  # textstat's way to its word lists is deprecated, and pinned
        import textstat
    return {
        "reading_ease": round(float(textstat.flesch_reading_ease(text)), 1),
        "school_grade": round(float(textstat.flesch_kincaid_grade(text)), 1),
    }
