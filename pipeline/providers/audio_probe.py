"""`AudioProbe` over the bounded child: what an untrusted recording holds, without decoding all of it."""

from dataclasses import dataclass
from pathlib import Path

from pipeline.providers.audio_process import run_child
from pipeline.values import AudioFacts


@dataclass(frozen=True, slots=True)
class ChildAudioProbe:
    """Measures recordings; those over `max_seconds` are refused without being read to their end."""

    max_seconds: float

    def probe(self, audio: Path, *, audio_format: str) -> AudioFacts:
        """Return format, duration, rate and channels; see `AudioProbe` for what may be raised."""
        found = run_child("probe", audio, audio_format=audio_format, max_seconds=self.max_seconds)
        return AudioFacts(
            format=audio_format,
            duration=round(found["duration"], 3),
            sample_rate=int(found["sample_rate"]),
            channels=int(found["channels"]),
        )
