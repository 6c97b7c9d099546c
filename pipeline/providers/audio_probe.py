"""`AudioProbe` over the bounded child: probe and copy an untrusted recording."""

from dataclasses import dataclass
from pathlib import Path

from pipeline.providers.audio_process import run_child
from pipeline.values import AudioFacts


@dataclass(frozen=True, slots=True)
class ChildAudioProbe:
    """Measures recordings; those over `max_seconds` are refused without being read to their end."""

    max_seconds: float

    def probe(self, audio: Path, *, audio_format: str, copy: Path | None = None) -> AudioFacts:
        """Return what the recording holds; see `AudioProbe` for `copy` and what may be raised."""
        found = run_child(
            "probe",
            audio,
            audio_format=audio_format,
            max_seconds=self.max_seconds,
            output=copy,
        )
        return AudioFacts(
            format=audio_format,
            duration=round(found["duration"], 3),
            sample_rate=int(found["sample_rate"]),
            channels=int(found["channels"]),
            is_copied=bool(found["copied"]),
        )
