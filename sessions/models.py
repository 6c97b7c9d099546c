"""An interview and the questions asked in it."""

import uuid

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q


class Difficulty(models.TextChoices):
    """How hard the questions are."""

    EASY = "easy"
    MEDIUM = "medium"
    HARD = "hard"


class Category(models.TextChoices):
    """What kind of question it is."""

    BEHAVIORAL = "behavioral"
    TECHNICAL = "technical"
    SITUATIONAL = "situational"


class InterviewSession(models.Model):
    """One practice interview: created → in_progress (first upload) → completed."""

    class Status(models.TextChoices):
        CREATED = "created"
        IN_PROGRESS = "in_progress"
        COMPLETED = "completed"

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="interview_sessions"
    )
    title = models.CharField(max_length=200)
    target_role = models.CharField(max_length=150)
    target_company = models.CharField(max_length=150, blank=True)
    difficulty = models.CharField(
        max_length=8, choices=Difficulty.choices, default=Difficulty.MEDIUM
    )
    language = models.CharField(max_length=8, default="en")  # ISO 639-1 or "auto"
    status = models.CharField(max_length=12, choices=Status.choices, default=Status.CREATED)
    total_score = models.FloatField(null=True, blank=True)  # written with the score card
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)
    started_at = models.DateTimeField(null=True, blank=True)
    completed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = (
            models.CheckConstraint(
                condition=Q(status="completed", completed_at__isnull=False)
                | (~Q(status="completed") & Q(completed_at__isnull=True)),
                name="a_completed_session_knows_when",
            ),
        )
        indexes = (
            models.Index(fields=("owner", "-created_at"), name="sessions_of_an_owner"),
            models.Index(fields=("owner", "status"), name="sessions_by_status"),
            models.Index(fields=("created_at",), name="sessions_by_day"),
        )

    def __str__(self) -> str:
        return self.title


class Question(models.Model):
    """A question of one session."""

    class Source(models.TextChoices):
        BANK = "bank"
        OPENAI = "openai"
        GOOGLE = "google"

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    session = models.ForeignKey(
        InterviewSession, on_delete=models.CASCADE, related_name="questions"
    )
    position = models.PositiveSmallIntegerField()  # from 1
    text = models.TextField()
    category = models.CharField(max_length=12, choices=Category.choices)
    difficulty = models.CharField(max_length=8, choices=Difficulty.choices)
    time_limit = models.PositiveSmallIntegerField(
        default=120, validators=(MinValueValidator(10), MaxValueValidator(1800))
    )  # seconds
    expected_keywords = models.JSONField(default=list, blank=True)
    keyword_variants = models.JSONField(default=dict, blank=True)  # keyword → accepted wordings
    skills = models.JSONField(default=list, blank=True)
    follow_ups = models.JSONField(default=list, blank=True)
    answer_prototype = models.TextField(blank=True)
    reference_points = models.JSONField(default=list, blank=True)
    source = models.CharField(max_length=8, choices=Source.choices, default=Source.BANK)
    bank_key = models.CharField(max_length=80, blank=True, db_index=True)
    selection_reason = models.CharField(max_length=300, blank=True)
    parent = models.ForeignKey(  # the question that this one follows up on
        "self", on_delete=models.CASCADE, related_name="followed_up_by", null=True, blank=True
    )
    attempt_count = models.PositiveIntegerField(default=0)  # recordings so far; 0 = not answered
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=("session", "position"), name="a_position_holds_one_question"
            ),
            models.CheckConstraint(condition=Q(position__gte=1), name="positions_start_at_one"),
        )

    def __str__(self) -> str:
        return self.text


class SessionShare(models.Model):
    """A link by which somebody without an account may read a session's report. Only a hash of its secret is kept."""

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    session = models.ForeignKey(InterviewSession, on_delete=models.CASCADE, related_name="shares")
    token_hash = models.CharField(max_length=64, unique=True)  # sha256
    with_audio = models.BooleanField(default=False)
    with_name = models.BooleanField(default=True)
    created_at = models.DateTimeField(auto_now_add=True)
    expires_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.session} until {self.expires_at:%Y-%m-%d}"


class ShareComment(models.Model):
    """What a visitor of a shared report left."""

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    share = models.ForeignKey(SessionShare, on_delete=models.CASCADE, related_name="comments")
    author = models.CharField(max_length=80, blank=True)
    text = models.CharField(max_length=2000)
    score = models.PositiveSmallIntegerField(null=True, blank=True)  # 0..100
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = (
            models.CheckConstraint(
                condition=Q(score__isnull=True) | Q(score__lte=100), name="a_visitor_scores_of_100"
            ),
        )

    def __str__(self) -> str:
        return self.text[:80]
