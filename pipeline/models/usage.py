"""What one person has used within an hour, and requests to rescore answers."""

from django.conf import settings
from django.db import models


class HourlyUse(models.Model):
    """The use of one person within one hour of the clock (UTC). No word of what it was used for."""

    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="hourly_use"
    )
    hour = models.DateTimeField()  # its beginning
    uploads = models.PositiveIntegerField(default=0)  # answers, recorded or typed
    size_bytes = models.PositiveBigIntegerField(default=0)
    audio_seconds = models.FloatField(default=0.0)
    questions = models.PositiveIntegerField(default=0)
    tokens = models.PositiveBigIntegerField(default=0)  # of language models

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=("owner", "hour"), name="an_hour_is_counted_once"),
        )

    def __str__(self) -> str:
        return f"{self.owner_id} {self.hour:%Y-%m-%d %H}"


class WantedEvaluation(models.Model):
    """
    An answer that is to be judged anew, when no candidate has to wait for it.

    The row is the wish; `pipeline.runs.reevaluation` takes some at a time and forgets them.
    """

    run = models.OneToOneField(
        "pipeline.PipelineRun", on_delete=models.CASCADE, related_name="wanted_evaluation"
    )
    asked_by = models.ForeignKey(  # None: by a command
        settings.AUTH_USER_MODEL,
        on_delete=models.SET_NULL,
        related_name="wanted_evaluations",
        null=True,
        blank=True,
    )
    asked_at = models.DateTimeField(auto_now_add=True)

    def __str__(self) -> str:
        return f"run {self.run_id}"
