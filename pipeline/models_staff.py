"""What staff have asked for and workers will do."""

from django.conf import settings
from django.db import models


class WantedEvaluation(models.Model):
    """
    An answer that is to be judged anew, when no candidate has to wait for it.

    The row is the wish; `pipeline.re_evaluations` takes some at a time and forgets them.
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
