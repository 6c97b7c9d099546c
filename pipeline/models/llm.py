"""What is asked of language models, what came of it, and what it consumed."""

from django.conf import settings
from django.db import models
from django.db.models import Q

from sessions.models import InterviewSession, Question


class SessionNarrative(models.Model):
    """
    What a language model added to a session's feedback, and for which input.

    The row is also the claim on making it: whoever moves it to `writing` asks the model, everybody else does without.
    """

    class State(models.TextChoices):
        WRITING = "writing"
        WRITTEN = "written"
        FAILED = "failed"

    session = models.OneToOneField(
        InterviewSession, on_delete=models.CASCADE, related_name="narrative"
    )
    inputs_version = models.CharField(max_length=64)  # sha256 of all that the model was asked
    state = models.CharField(max_length=8, choices=State.choices)
    changed_at = models.DateTimeField()
    engine = models.CharField(max_length=100)
    remarks = models.JSONField(default=list)
    samples = models.JSONField(default=list)
    failure_code = models.CharField(max_length=64, blank=True)
    failure_message = models.CharField(max_length=500, blank=True)

    def __str__(self) -> str:
        return f"{self.engine} {self.state}"


class QuestionJob(models.Model):
    """
    Questions that a language model is to write on a worker: a session's, or one that follows up on an answer.

    queued → running → completed | failed; a newer wish supersedes an unfinished one. Past `due_at` nobody waits for the
    model any more: the bank serves.
    """

    class State(models.TextChoices):
        QUEUED = "queued"
        RUNNING = "running"
        COMPLETED = "completed"
        FAILED = "failed"
        SUPERSEDED = "superseded"

    UNFINISHED = (State.QUEUED, State.RUNNING)

    session = models.ForeignKey(
        InterviewSession, on_delete=models.CASCADE, related_name="question_jobs"
    )
    parent = models.ForeignKey(  # the question that is followed up on; None: all questions of the session
        Question, on_delete=models.CASCADE, related_name="follow_up_jobs", null=True, blank=True
    )
    result = models.ForeignKey(  # the follow-up question
        Question, on_delete=models.SET_NULL, related_name="+", null=True, blank=True
    )
    wish = models.JSONField(default=dict)  # what was asked for; emptied when it is over
    replace = models.BooleanField(default=False)
    state = models.CharField(max_length=10, choices=State.choices, default=State.QUEUED)
    token = models.UUIDField(null=True, blank=True)  # of the worker that writes
    due_at = models.DateTimeField()
    warnings = models.JSONField(default=list)  # [[code, message], …]
    failure_code = models.CharField(max_length=64, blank=True)
    request_id = models.CharField(max_length=64, blank=True)  # of the request that caused it
    created_at = models.DateTimeField(auto_now_add=True)
    finished_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=("session",),
                condition=Q(parent__isnull=True, state__in=("queued", "running")),
                name="a_session_waits_for_its_questions_once",
            ),
            models.UniqueConstraint(
                fields=("parent",),
                condition=Q(parent__isnull=False, state__in=("queued", "running")),
                name="a_question_waits_for_one_follow_up",
            ),
        )
        indexes = (
            models.Index(
                fields=("due_at",),
                condition=Q(state__in=("queued", "running")),
                name="question_jobs_in_work",
            ),
        )

    def __str__(self) -> str:
        return f"{self.session_id} {self.state}"


class LanguageModelCall(models.Model):
    """One call of a language model: what it was for, what it consumed and how it ended. No word of what was said."""

    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="language_model_calls"
    )
    session = models.ForeignKey(
        InterviewSession, on_delete=models.SET_NULL, related_name="+", null=True, blank=True
    )
    purpose = models.CharField(max_length=10)  # questions | follow_up | feedback
    provider = models.CharField(max_length=8)
    model = models.CharField(max_length=100)
    prompt_tokens = models.PositiveIntegerField()
    completion_tokens = models.PositiveIntegerField()
    cost = models.DecimalField(  # US dollars; None: no price is known
        max_digits=12, decimal_places=6, null=True, blank=True
    )
    outcome = models.CharField(max_length=64)  # ok, or the error's stable word
    seconds = models.FloatField()
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        indexes = (
            models.Index(fields=("purpose", "-created_at"), name="calls_by_purpose"),
            models.Index(fields=("owner", "-created_at"), name="calls_of_an_owner"),
        )

    def __str__(self) -> str:
        return f"{self.purpose} {self.model} {self.outcome}"


class DailyTokens(models.Model):
    """The tokens that one person, or everybody together, may not spend any more today (UTC)."""

    owner = models.ForeignKey(  # None: everybody together
        settings.AUTH_USER_MODEL,
        on_delete=models.CASCADE,
        related_name="daily_tokens",
        null=True,
        blank=True,
    )
    day = models.DateField()
    tokens = models.PositiveBigIntegerField(default=0)  # spent, and set aside for calls under way

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=("owner", "day"), name="a_person_has_one_budget_a_day"),
            models.UniqueConstraint(
                fields=("day",),
                condition=Q(owner__isnull=True),
                name="everybody_together_has_one_budget_a_day",
            ),
        )

    def __str__(self) -> str:
        return f"{self.day} {self.tokens}"
