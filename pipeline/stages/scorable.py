"""Whether an answer can be graded, and if not, why. Its text stays whatever happens."""

from pipeline.ports import Judges
from pipeline.stages.thresholds import (
    ASKED_LANGUAGE_LEAST,
    CLIPPED_MOST,
    LEVEL_LEAST,
    MIN_CONFIDENCE,
    MIN_WORDS,
)
from pipeline.stages.transcript import Script
from pipeline.values import Sound, Transcript


def find_reasons(script: Script, transcript: Transcript, judges: Judges) -> tuple[str, ...]:
    """Return why the answer gets no grade; nothing where it does."""
    reasons: list[str] = []
    if len(script.spoken) < MIN_WORDS:
        reasons.append("too_short")
    if transcript.sound is not None:
        reasons += _sound_reasons(transcript.sound, transcript.language)
    if transcript.confidence is not None and transcript.confidence < MIN_CONFIDENCE:
        reasons.append("low_confidence")
    if judges.encoder is None:  # without relevance, a grade would not be about the answer
        reasons.append("language_not_supported")
    return tuple(reasons)


def _sound_reasons(sound: Sound, asked: str) -> list[str]:
    """
    Return what is wrong with the recording itself.

    The language is another one only where the asked one is all but impossible: English with a strong accent is English.
    """
    reasons = []
    share = sound.asked_probability
    if sound.language != asked and share is not None and share < ASKED_LANGUAGE_LEAST:
        reasons.append("wrong_language")
    if sound.level < LEVEL_LEAST:
        reasons.append("low_volume")
    if sound.clipped > CLIPPED_MOST:
        reasons.append("clipped")
    return reasons
