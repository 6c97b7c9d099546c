"""How far questions are that a language model writes: what such calls took lately, and how many are waited for before."""

from statistics import fmean
from typing import Final

from django.utils import timezone

from pipeline.model_calls import GOOD, Purpose
from pipeline.models_language import LanguageModelCall, QuestionJob
from pipeline.progress import NEARLY, Progress
from pipeline.question_jobs import QUEUE
from pipeline.selectors_queue import current_paces

STAGE: Final = "questions"
MEASURED: Final = 20  # calls, the latest
FIRST: Final[dict[Purpose, float]] = {
    "questions": 12.0,
    "follow_up": 4.0,
}  # seconds, before any was measured


def progress_of(job: QuestionJob) -> Progress:
    """Return how far the unfinished job is. Two queries."""
    usual = _usual_seconds("follow_up" if job.parent_id else "questions")
    is_running = job.state == QuestionJob.State.RUNNING
    waiting = QuestionJob.objects.filter(state=QuestionJob.State.QUEUED, pk__lt=job.pk).count()
    before = 0 if is_running else waiting
    hands = current_paces().processes.get(QUEUE, 0)
    elapsed = (timezone.now() - job.created_at).total_seconds()
    left = max(1.0, usual * (1 + before / max(1, hands)) - elapsed)
    return Progress(
        status="processing" if is_running else "queued",
        stage=STAGE,
        progress=round(min(NEARLY, elapsed / (elapsed + left)), 2),
        queue_position=before,
        eta_seconds=round(left, 1) if hands else None,
    )


def _usual_seconds(purpose: Purpose) -> float:
    calls = LanguageModelCall.objects.filter(purpose=purpose, outcome=GOOD).order_by("-created_at")
    seconds = list(calls.values_list("seconds", flat=True)[:MEASURED])
    return fmean(seconds) if seconds else FIRST[purpose]
