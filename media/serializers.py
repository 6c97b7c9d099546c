"""What may come in with a recording, and what goes out about it."""

import math
from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from media.audio_files import FORMATS, public_name
from media.models import AudioAnswer
from media.receiving import ReceivedFile
from pipeline.models import PipelineRun

LONGEST = 86_400.0  # seconds that a client may believe: a day
MISSING = "No file was submitted"
STATUSES = ("queued", "processing", "completed", "failed")
State = PipelineRun.State


class RecordingIn(serializers.Serializer[AudioAnswer]):
    """The form of an upload."""

    file = serializers.FileField(
        allow_empty_file=True,  # told apart below: it has a code of its own
        error_messages={"required": MISSING, "invalid": MISSING, "null": MISSING},
        help_text="MP3, WAV, M4A, WebM or Ogg, up to 50 MB and 30 minutes.",
    )
    duration = serializers.FloatField(
        required=False,
        min_value=0.0,
        max_value=LONGEST,
        help_text="Seconds as the client believes; what is measured counts.",
    )

    def validate_file(self, file: ReceivedFile) -> ReceivedFile:
        """Refuse an empty file."""
        if not file.size:
            raise serializers.ValidationError("The file is empty.", code="empty_file")
        return file

    def validate_duration(self, seconds: float) -> float:
        """Refuse what is no number of seconds, such as NaN."""
        if not math.isfinite(seconds):
            raise serializers.ValidationError("A valid number is required.", code="invalid")
        return seconds


class AttemptIn(serializers.Serializer[Any]):
    """Which recording of the question."""

    attempt = serializers.IntegerField(
        required=False, min_value=1, max_value=2**31 - 1, help_text="From 1; the latest by default."
    )


class DownloadIn(AttemptIn):
    """Which recording, and where from."""

    redirect = serializers.BooleanField(
        default=False,
        help_text="Answer 302 with a short-lived address of the bucket, where the platform has one and may show it; else as without.",
    )


class RecordingOut(serializers.Serializer[AudioAnswer]):
    """A recording that was received."""

    audio_id = serializers.UUIDField(source="uuid")
    file_path = serializers.SerializerMethodField(help_text="Needs the owner's token.")
    duration = serializers.FloatField(help_text="Seconds, measured.")
    format = serializers.ChoiceField(choices=FORMATS)
    size_bytes = serializers.IntegerField()
    attempt = serializers.IntegerField(help_text="From 1.")
    status = serializers.SerializerMethodField()

    def get_file_path(self, recording: AudioAnswer) -> str:
        """Return the public path."""
        return f"/uploads/sessions/{recording.question.session.uuid}/{name_of(recording)}"

    @extend_schema_field({"type": "string", "enum": list(STATUSES)})
    def get_status(self, recording: AudioAnswer) -> str:
        """Return how far its run is, in the four words."""
        match recording.run.state:
            case State.RUNNING:
                return "processing"
            case State.COMPLETED:
                return "completed"
            case State.FAILED | State.SUPERSEDED:
                return "failed"
        return "queued"


def name_of(recording: AudioAnswer) -> str:
    """Return the name under which a recording is shown and saved."""
    return public_name(
        position=recording.question.position,
        attempt=recording.attempt,
        audio_format=recording.format,
    )
