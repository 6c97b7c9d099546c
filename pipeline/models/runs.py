"""
Runs and their results. The database is the truth; the broker is only a bell.

    queued ──claim──▶ running ──finish──▶ queued (next stage) … ──▶ completed
      ▲                 │ │ └──fail─────▶ failed
      │                 │ └────retry────▶ retry_wait ──(next_run_at)──▶ claim
      └── start again   └──lease over───▶ claim by another worker, or fail_expired → failed
    any state but completed ── a newer attempt ──▶ superseded

Each arrow is one conditional UPDATE in `pipeline.runs.leases`; the row count decides.
"""

import uuid

from django.db import models
from django.db.models import Q

from sessions.models import InterviewSession, Question


class Stage(models.TextChoices):
    """The steps of a run, in order."""

    TRANSCRIBE = "transcribe"
    EVALUATE = "evaluate"
    SCORE = "score"
    FEEDBACK = "feedback"
    DONE = "done"  # past the last step


class PipelineRun(models.Model):
    """
    The way of one recording through the stages, or of a session through its last two.

    An answer's run has a question and starts at `transcribe`; a session's run has none and starts at `score`.
    """

    class State(models.TextChoices):
        QUEUED = "queued"
        RUNNING = "running"
        RETRY_WAIT = "retry_wait"
        COMPLETED = "completed"
        FAILED = "failed"
        SUPERSEDED = "superseded"

    UNFINISHED = (State.QUEUED, State.RUNNING, State.RETRY_WAIT)

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    session = models.ForeignKey(InterviewSession, on_delete=models.CASCADE, related_name="runs")
    question = models.ForeignKey(
        Question, on_delete=models.CASCADE, related_name="runs", null=True, blank=True
    )
    attempt = models.PositiveIntegerField(default=1)  # the recording's number, from 1
    # What is to be worked on
    audio_key = models.CharField(max_length=255, blank=True)
    audio_sha256 = models.CharField(max_length=64, blank=True)
    audio_format = models.CharField(max_length=8, blank=True)
    audio_duration = models.FloatField(null=True, blank=True)  # seconds
    language = models.CharField(max_length=8, default="auto")  # ISO 639-1 or "auto"
    expected_keywords = models.JSONField(null=True, blank=True)  # None: those of the question
    # Where it stands
    state = models.CharField(max_length=12, choices=State.choices, default=State.QUEUED)
    stage = models.CharField(max_length=12, choices=Stage.choices, default=Stage.TRANSCRIBE)
    attempts = models.PositiveSmallIntegerField(default=0)  # claims of the present stage
    lost_count = models.PositiveSmallIntegerField(default=0)  # claims whose worker went silent
    lease_token = models.UUIDField(null=True, blank=True)
    lease_until = models.DateTimeField(null=True, blank=True)
    heartbeat_at = models.DateTimeField(null=True, blank=True)
    next_run_at = models.DateTimeField(null=True, blank=True)
    published_at = models.DateTimeField(null=True, blank=True)
    publish_count = models.PositiveIntegerField(default=0)
    failure_code = models.CharField(max_length=64, blank=True)
    failure_message = models.CharField(max_length=500, blank=True)
    failure_retryable = models.BooleanField(default=False)
    request_id = models.CharField(max_length=64, blank=True)  # of the request that caused it
    created_at = models.DateTimeField(auto_now_add=True)
    started_at = models.DateTimeField(null=True, blank=True)
    finished_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=("question", "attempt"),
                condition=Q(question__isnull=False),
                name="a_recording_has_one_run",
            ),
            models.UniqueConstraint(
                fields=("session",),
                condition=Q(question__isnull=True, state__in=("queued", "running", "retry_wait")),
                name="a_session_has_one_unfinished_run_of_its_own",
            ),
            models.CheckConstraint(
                condition=~Q(state="running") | Q(lease_token__isnull=False),
                name="a_running_run_has_a_lease",
            ),
            models.CheckConstraint(
                condition=Q(state="failed") | Q(failure_code=""),
                name="only_failed_runs_explain_themselves",
            ),
        )
        indexes = (
            models.Index(
                fields=("next_run_at", "published_at"),
                condition=Q(state__in=("queued", "running", "retry_wait")),
                name="runs_in_work",
            ),
            models.Index(fields=("session", "state"), name="runs_of_a_session"),
            models.Index(fields=("created_at",), name="runs_by_day"),
            models.Index(
                fields=("failure_code", "finished_at"),
                condition=~Q(failure_code=""),
                name="failures_by_code",
            ),
        )

    def __str__(self) -> str:
        return f"{self.uuid} {self.stage} {self.state}"


class StageRun(models.Model):
    """One try at one stage: for the audit, the admin's timeline and the measured stage times."""

    class Outcome(models.TextChoices):
        RUNNING = "running"
        OK = "ok"
        FENCED = "fenced"  # somebody else had taken over; the work was thrown away
        TRANSIENT = "transient"
        PERMANENT = "permanent"
        LOST = "lost"  # the worker went silent
        RELEASED = "released"  # given back at a shutdown

    run = models.ForeignKey(PipelineRun, on_delete=models.CASCADE, related_name="stage_runs")
    stage = models.CharField(max_length=12, choices=Stage.choices)
    attempt = models.PositiveSmallIntegerField()
    token = models.UUIDField(unique=True)
    worker = models.CharField(max_length=200, blank=True)
    started_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)
    outcome = models.CharField(max_length=10, choices=Outcome.choices, default=Outcome.RUNNING)
    error_code = models.CharField(max_length=64, blank=True)

    class Meta:
        indexes = (models.Index(fields=("stage", "outcome", "-ended_at"), name="stage_times"),)

    def __str__(self) -> str:
        return f"{self.stage} #{self.attempt} {self.outcome}"


class TranscriptRecord(models.Model):
    """What was said in one recording."""

    run = models.OneToOneField(PipelineRun, on_delete=models.CASCADE, related_name="transcript")
    text = models.TextField(blank=True)
    language = models.CharField(max_length=8)
    requested_language = models.CharField(max_length=8)  # what it was made for
    duration = models.FloatField()  # seconds
    confidence = models.FloatField(null=True)  # mean word probability
    word_count = models.PositiveIntegerField()
    words = models.JSONField(default=list)  # [[text, start, end, probability], …]
    segments = models.JSONField(default=list)  # [[text, start, end], …]
    speech = models.JSONField(default=list)  # [[start, end], …] from the VAD
    model = models.CharField(max_length=100)
    filler_detection = models.CharField(max_length=12)
    sound = models.JSONField(
        null=True, blank=True
    )  # values.Sound; unknown of typed answers and of older recordings
    heard = models.JSONField(
        null=True, blank=True
    )  # what the recogniser made, where a person put it right
    created_at = models.DateTimeField(auto_now=True)

    def __str__(self) -> str:
        return self.text[:80]

    @property
    def edited(self) -> bool:
        """Tell whether a person has put it right."""
        return self.heard is not None


class Judgement(models.Model):
    """What a judgement of one recording consists of."""

    relevance = models.FloatField(null=True)
    grammar = models.FloatField(null=True)
    fluency = models.FloatField(null=True)
    keywords = models.FloatField(null=True)
    overall = models.FloatField(null=True)
    scorable = models.BooleanField()
    reasons = models.JSONField(default=list)
    metrics = models.JSONField(default=dict)
    explanations = models.JSONField(default=list)
    intervals = models.JSONField(default=dict)  # {metric: [low, high]}
    observations = models.JSONField(default=dict)  # information, never score
    summary = models.TextField(blank=True)
    suggestions = models.JSONField(default=list)
    expected_keywords = models.JSONField(default=list)  # what it was made for
    scorer_version = models.CharField(max_length=40)
    edited = models.BooleanField(default=False)  # of a transcript that a person put right

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return f"{self.overall}"


class EvaluationRecord(Judgement):
    """The judgement of one recording that counts."""

    run = models.OneToOneField(PipelineRun, on_delete=models.CASCADE, related_name="evaluation")
    created_at = models.DateTimeField(auto_now=True)

    class Meta:
        indexes = (models.Index(fields=("scorer_version", "id"), name="evaluations_by_scorer"),)


class PastEvaluation(Judgement):
    """A judgement that counted until another took its place; equal ones leave none."""

    class Why(models.TextChoices):
        SCORER = "new_scorer", "judged anew by another version of the scorer"
        TRANSCRIPT = "transcript_corrected", "the transcript was put right"
        KEYWORDS = "other_keywords", "asked for by other keywords"
        LANGUAGE = "heard_again", "the recording was heard as another language"
        AGAIN = "asked_again", "judged once more"

    run = models.ForeignKey(PipelineRun, on_delete=models.CASCADE, related_name="past_evaluations")
    language = models.CharField(max_length=8, blank=True)  # of the transcript it judged
    why = models.CharField(max_length=20, choices=Why.choices)
    evaluated_at = models.DateTimeField()
    replaced_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=("run", "evaluated_at"), name="an_evaluation_becomes_past_once"
            ),
        )


class SessionScore(models.Model):
    """The score card of a session."""

    session = models.OneToOneField(InterviewSession, on_delete=models.CASCADE, related_name="score")
    inputs_version = models.CharField(max_length=64)  # sha256 over all that it was made from
    total_score = models.FloatField(null=True)
    letter_grade = models.CharField(max_length=2, blank=True)
    card = models.JSONField()  # the whole ScoreCard
    created_at = models.DateTimeField(auto_now=True)

    def __str__(self) -> str:
        return f"{self.total_score}"


class SessionFeedback(models.Model):
    """What the candidate reads about a session."""

    session = models.OneToOneField(
        InterviewSession, on_delete=models.CASCADE, related_name="feedback"
    )
    inputs_version = models.CharField(max_length=64)
    overall_rating = models.CharField(max_length=32, blank=True)
    readiness_score = models.PositiveSmallIntegerField(null=True)
    report = models.JSONField()  # the whole FeedbackReport
    created_at = models.DateTimeField(auto_now=True)

    def __str__(self) -> str:
        return self.overall_rating


class WorkerHeartbeat(models.Model):
    """A sign of life of one worker's main process."""

    name = models.CharField(max_length=200, unique=True)
    queues = models.JSONField(default=list)
    concurrency = models.PositiveSmallIntegerField(default=1)
    seen_at = models.DateTimeField()

    def __str__(self) -> str:
        return self.name


class Lease(models.Model):
    """A named lease row: who is the reconciler's leader, on databases without advisory locks."""

    name = models.CharField(max_length=40, unique=True)
    holder = models.CharField(max_length=200)
    until = models.DateTimeField()

    def __str__(self) -> str:
        return self.name
