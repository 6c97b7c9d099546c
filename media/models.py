"""Recordings as they were uploaded."""

import uuid

from django.db import models
from django.db.models import Q

from pipeline.models import PipelineRun
from sessions.models import Question


class AudioAnswer(models.Model):
    """One recording of an answer. A new one for the same question is a new attempt."""

    class Format(models.TextChoices):
        MP3 = "mp3"
        WAV = "wav"
        M4A = "m4a"
        WEBM = "webm"
        OGG = "ogg"

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    question = models.ForeignKey(Question, on_delete=models.CASCADE, related_name="recordings")
    run = models.OneToOneField(PipelineRun, on_delete=models.CASCADE, related_name="recording")
    attempt = models.PositiveIntegerField()  # from 1
    storage_key = models.CharField(max_length=255, unique=True)
    sha256 = models.CharField(max_length=64)
    size_bytes = models.PositiveBigIntegerField()
    format = models.CharField(max_length=8, choices=Format.choices)
    duration = models.FloatField()  # seconds, measured
    client_duration = models.FloatField(null=True, blank=True)  # seconds, as the client believed
    created_at = models.DateTimeField(auto_now_add=True)
    metadata_kept = models.BooleanField(
        default=False, db_default=False
    )  # the file is as it was sent
    sent_again_at = models.DateTimeField(null=True, blank=True)  # the same bytes, at the same time
    expired_at = models.DateTimeField(
        null=True, blank=True
    )  # when its file was deleted, for its age

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=("question", "attempt"), name="an_attempt_has_one_recording"
            ),
            models.CheckConstraint(condition=Q(attempt__gte=1), name="attempts_start_at_one"),
        )
        indexes = (models.Index(fields=("created_at",), name="recordings_by_day"),)

    def __str__(self) -> str:
        return f"{self.storage_key} (attempt {self.attempt})"
