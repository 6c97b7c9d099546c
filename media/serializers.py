"""Serializers of uploads and recordings."""

import math
from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from media.audio_files import FORMATS, public_name
from media.models import AudioAnswer
from media.receiving import ReceivedFile
from pipeline.models import PipelineRun

MAX_CLIENT_DURATION = 86_400.0  # seconds: a day
MISSING = "No file was submitted"
STATUSES = ("queued", "processing", "completed", "failed")
State = PipelineRun.State


class AdvisoryDuration(serializers.FloatField):
    """Seconds as a client believes; None for what is no such number, as `Infinity`."""

    def run_validation(self, data: Any = serializers.empty) -> float | None:
        """Return the seconds or None; refuse nothing, as browsers do not know how long it is."""
        try:
            seconds: float | None = super().run_validation(data)
        except serializers.ValidationError:
            return None
        return seconds if seconds is not None and math.isfinite(seconds) else None


class RecordingIn(serializers.Serializer[AudioAnswer]):
    """The form of an upload."""

    file = serializers.FileField(
        allow_empty_file=True,  # told apart below: it has a code of its own
        error_messages={"required": MISSING, "invalid": MISSING, "null": MISSING},
        help_text="MP3, WAV, M4A, WebM or Ogg, up to 50 MB and 30 minutes.",
    )
    duration = AdvisoryDuration(
        required=False,
        min_value=0.0,
        max_value=MAX_CLIENT_DURATION,
        help_text="Seconds as the client believes; the measured duration counts, so nonsense is ignored.",
    )

    def validate_file(self, file: ReceivedFile) -> ReceivedFile:
        """Refuse an empty file."""
        if not file.size:
            raise serializers.ValidationError("The file is empty.", code="empty_file")
        return file


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
    size_bytes = serializers.IntegerField(help_text="Of the file as it was sent.")
    attempt = serializers.IntegerField(help_text="From 1.")
    status = serializers.SerializerMethodField()
    metadata_kept = serializers.BooleanField(
        help_text=(
            "True if the file could not be rewritten safely: it is kept byte for byte as it was"
            " sent, with any names, places or pictures in it. Else only its sound is kept."
        )
    )

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
