"""
Jobs that write questions and follow-ups on a worker, and their progress.

The row is the truth, the message a bell: where it cannot be rung, nobody is there to hear it, or the worker dies, the bank
serves. Each step is one conditional update, so that whoever comes late changes nothing.
"""

import logging
import uuid
from dataclasses import asdict, dataclass
from datetime import timedelta
from functools import partial
from statistics import fmean
from typing import Any, Final

from django.conf import settings
from django.db import transaction
from django.db.models import Q, QuerySet
from django.db.models.functions import Now
from django.utils import timezone

from interview_platform.errors import Conflict, Refused
from interview_platform.http.request_id import bind, current_request_id
from pipeline import quotas
from pipeline.llm.client import GOOD, Purpose
from pipeline.models import LanguageModelCall, QuestionJob
from pipeline.progress.estimates import NEARLY, Progress, Warn
from pipeline.progress.queue import count_live_processes, current_paces
from pipeline.questions.selection import QuestionRequest
from pipeline.questions.services import (
    FollowUpsUsedUp,
    choose_prepared,
    choose_questions,
    keep_follow_up,
    keep_questions,
    read_back,
    require_open,
    write_down,
    write_follow_up,
    write_questions,
)
from pipeline.runs import dispatch, notifications
from sessions.models import InterviewSession, Question
from sessions.selectors import QuestionNotFound, SessionNotFound
from sessions.services import QuestionsAnswered, SessionCompleted, require_open_for_questions

logger = logging.getLogger(__name__)

State = QuestionJob.State
TASK: Final = "pipeline.tasks.write_questions"
QUEUE: Final = "cpu"
MARGIN: Final = timedelta(seconds=15)  # for the queue, and for what surrounds the call
OVERDUE_EVERY: Final = 5.0  # seconds between two looks for jobs that nobody finishes
KEPT_FOR: Final = timedelta(days=7)
NOBODY_THERE: Final = Warn("llm_worker_away", "No worker is there to ask the language model.")
LATE: Final = Warn("llm_timeout", "The language model took too long.")


class Superseded(Conflict):
    """Somebody asked for other questions while these were being written."""

    code = "superseded"
    message = "Other questions were asked for meanwhile"


REFUSALS: Final = (
    SessionCompleted,
    QuestionsAnswered,
    FollowUpsUsedUp,
    SessionNotFound,
    QuestionNotFound,
)


@dataclass(frozen=True, slots=True)
class Seen:
    """A job as it stands."""

    job: QuestionJob
    result: Question | None

    @property
    def is_settled(self) -> bool:
        """Tell whether waiting any longer changes nothing."""
        return self.job.state not in QuestionJob.UNFINISHED


def ask_for_questions(
    session: InterviewSession, request: QuestionRequest, *, replace: bool
) -> QuestionJob:
    """Have the session's questions written; raise `SessionCompleted`, `QuestionsAnswered` or `OverQuota`. The same wish is joined."""
    wish = write_down(request)
    with transaction.atomic():
        require_open_for_questions(session=session, replace=replace)
        unfinished = _unfinished(session.question_jobs.filter(parent__isnull=True))
        known = unfinished.filter(replace=replace).first()
        if known is not None and known.wish == wish:
            return known
        if unfinished.update(state=State.SUPERSEDED, wish={}, finished_at=Now()):
            transaction.on_commit(partial(notifications.announce, session.uuid), robust=True)
        quotas.take(session.owner_id, {"questions": request.num_questions})
        job = _create(session, wish=wish, replace=replace)
    _ring(job)
    return job


def ask_for_follow_up(parent: Question) -> QuestionJob:
    """Have a follow-up written; raise `SessionCompleted`, `FollowUpsUsedUp` or `OverQuota`. One that is written is joined."""
    with transaction.atomic():
        require_open(parent)
        known = _unfinished(parent.follow_up_jobs.all()).first()
        if known is not None:
            return known
        quotas.take(parent.session.owner_id, {"questions": 1})
        job = _create(parent.session, parent=parent)
    _ring(job)
    return job


def look(job: QuestionJob) -> Seen:
    """Return how the job stands. One query."""
    found = QuestionJob.objects.select_related("result__parent").filter(pk=job.pk).first()
    if found is None:  # it went with its session
        job.state = State.SUPERSEDED
        return Seen(job, None)
    return Seen(found, found.result)


def refusal_of(job: QuestionJob) -> Refused:
    """Return why the job, which is over, brought no questions."""
    return next((kind() for kind in REFUSALS if kind.code == job.failure_code), Superseded())


def carry_out(job_id: int) -> None:
    """Write the questions, unless somebody does or did; a model that fails leaves it to the bank."""
    token = uuid.uuid4()
    due = QuestionJob.objects.filter(pk=job_id, state=State.QUEUED, due_at__gt=Now())
    if not due.update(state=State.RUNNING, token=token):
        return
    job = _related().get(pk=job_id)
    with bind(job.request_id):
        _finish(job, Q(state=State.RUNNING, token=token), trouble=None)


def serve_from_bank(job: QuestionJob, trouble: Warn) -> None:
    """Finish the job without the model, and say why."""
    _finish(job, Q(state__in=QuestionJob.UNFINISHED), trouble=trouble)


def settle_overdue() -> int:
    """Finish from the bank what nobody has finished in time; return how many."""
    overdue = _related().filter(state__in=QuestionJob.UNFINISHED, due_at__lt=Now())
    jobs = list(overdue.order_by("pk")[:100])
    for job in jobs:
        serve_from_bank(job, LATE)
    return len(jobs)


def forget_old() -> int:
    """Remove what was over long ago; return how many."""
    return QuestionJob.objects.filter(finished_at__lt=Now() - KEPT_FOR).delete()[0]


def _create(session: InterviewSession, **fields: Any) -> QuestionJob:
    patience = timedelta(seconds=settings.LLM_TIMEOUT_SECONDS) + MARGIN
    return QuestionJob.objects.create(
        session=session, due_at=Now() + patience, request_id=current_request_id(), **fields
    )


def _ring(job: QuestionJob) -> None:
    """Send the job to a worker; where there is none, the bank serves at once."""
    there = count_live_processes().get(QUEUE, 0) > 0
    if not (there and dispatch.send(TASK, job_id=job.pk)):
        serve_from_bank(_related().get(pk=job.pk), NOBODY_THERE)


def _finish(job: QuestionJob, still: Q, *, trouble: Warn | None) -> None:
    """Write, or choose, and keep: in one transaction with the job's end, which only one can bring about."""
    keep = _make_follow_up if job.parent else _make_questions
    try:
        keep(job, still, trouble)
    except Refused as error:  # the session was completed, answered or removed meanwhile
        _end(job, Q(state__in=QuestionJob.UNFINISHED), state=State.FAILED, failure_code=error.code)
    notifications.announce(job.session.uuid)


def _make_questions(job: QuestionJob, still: Q, trouble: Warn | None) -> None:
    request = read_back(job.wish)
    if trouble is None:
        drafts = write_questions(job.session, request)
    else:
        drafts = choose_questions(job.session, request, instead_of=trouble)
    with transaction.atomic():
        require_open_for_questions(
            session=job.session, replace=job.replace
        )  # takes the session first
        if _end(job, still, state=State.COMPLETED, warnings=_plain(drafts.warnings)):
            keep_questions(job.session, drafts.questions, replace=job.replace)


def _make_follow_up(job: QuestionJob, still: Q, trouble: Warn | None) -> None:
    parent = job.parent
    if parent is None:
        raise ValueError("a follow-up follows up on something")
    if trouble is None:
        draft, warnings = write_follow_up(parent)
    else:
        draft, warnings = choose_prepared(parent), (trouble,)
    with transaction.atomic():
        require_open(parent)
        if _end(job, still, state=State.COMPLETED, warnings=_plain(warnings)):
            question = keep_follow_up(parent, draft)
            QuestionJob.objects.filter(pk=job.pk).update(result=question)


def _end(job: QuestionJob, still: Q, **fields: Any) -> bool:
    """Bring the job to its end when it stands as it should; its wish, which may hold a résumé, is not kept."""
    row = QuestionJob.objects.filter(still, pk=job.pk)
    return bool(row.update(wish={}, token=None, finished_at=Now(), **fields))


def _unfinished(jobs: "QuerySet[QuestionJob]") -> "QuerySet[QuestionJob]":
    return jobs.filter(state__in=QuestionJob.UNFINISHED)


def _related() -> "QuerySet[QuestionJob]":
    return QuestionJob.objects.select_related("session__owner", "parent__session__owner")


def _plain(warnings: tuple[Warn, ...]) -> list[dict[str, str]]:
    return [asdict(warning) for warning in warnings]


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
