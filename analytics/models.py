"""What staff say of an answer, beside what the machine says. All else that analytics tells it reads in other rooms."""

from django.conf import settings
from django.core.validators import MaxValueValidator
from django.db import models
from django.db.models import Q

from pipeline.domain.values import METRICS
from pipeline.models import PipelineRun

HIGHEST = 100
OF_HUNDRED = (MaxValueValidator(HIGHEST),)


class StaffScore(models.Model):
    """One reviewer's judgement of one attempt, on the machine's own metrics; a second one takes the first one's place."""

    run = models.ForeignKey(PipelineRun, on_delete=models.CASCADE, related_name="staff_scores")
    reviewer = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="staff_scores"
    )
    # 0..100; None: this cannot be judged
    relevance = models.PositiveSmallIntegerField(null=True, blank=True, validators=OF_HUNDRED)
    fluency = models.PositiveSmallIntegerField(null=True, blank=True, validators=OF_HUNDRED)
    grammar = models.PositiveSmallIntegerField(null=True, blank=True, validators=OF_HUNDRED)
    keywords = models.PositiveSmallIntegerField(null=True, blank=True, validators=OF_HUNDRED)
    note = models.TextField(max_length=2000, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=("run", "reviewer"), name="a_reviewer_judges_an_attempt_once"
            ),
            *(
                models.CheckConstraint(
                    condition=Q(**{f"{metric}__isnull": True}) | Q(**{f"{metric}__lte": HIGHEST}),
                    name=f"staff_score_{metric}_of_100",
                )
                for metric in METRICS
            ),
        )

    def __str__(self) -> str:
        return f"{self.reviewer} on attempt {self.run_id}"
