"""What the review desk shows of a session. Staff read it, so it is not asked whose it is: the desk's page asks who they are."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

from django.db.models import F, QuerySet

from accounts.models import User
from analytics.desk import HeardWord, Metric, Try, read_metrics, read_words
from analytics.models import StaffScore
from analytics.report import Report
from analytics.selectors_report import find_report
from analytics.values import Number
from interview_platform.errors import NotFound
from media.models import AudioAnswer
from pipeline.api.session_selectors import NothingUploaded
from pipeline.domain.values import METRICS
from pipeline.models import (
    EvaluationRecord,
    PastEvaluation,
    PipelineRun,
    StageRun,
    TranscriptRecord,
)
from pipeline.progress.estimates import Outcome
from sessions.models import InterviewSession, Question

LONG: Final = ("explanations", "metrics", "observations")  # of an evaluation


class NoSuchAnswer(NotFound):
    """The session has no such attempt at a question."""

    message = "This interview has no such attempt"


@dataclass(frozen=True, slots=True)
class AttemptLink:
    """One attempt at a question, to choose from."""

    uuid: UUID
    number: int
    state: str
    overall: Number
    is_shown: bool


@dataclass(frozen=True, slots=True)
class ShownAttempt:
    """One attempt with everything that is known of it."""

    run: PipelineRun
    recording: AudioAnswer | None  # None of a typed answer
    transcript: TranscriptRecord | None
    words: Sequence[HeardWord]
    evaluation: EvaluationRecord | None
    metrics: Sequence[Metric]
    tries: Sequence[Try]
    staff_scores: Sequence[StaffScore]
    past: Sequence[PastEvaluation]  # what it was judged before

    @property
    def is_typed(self) -> bool:
        """Tell whether it was written instead of spoken."""
        return not self.run.audio_format  # the key goes with a recording whose time is over

    @property
    def has_trouble(self) -> bool:
        """Tell whether a try at it went wrong."""
        return any(one.is_trouble for one in self.tries)

    @property
    def unsure(self) -> int:
        """Return how many words may have been misheard."""
        return sum(word.is_unsure for word in self.words)

    def score_of(self, reviewer: User) -> StaffScore | None:
        """Return what this reviewer said of it."""
        return next((one for one in self.staff_scores if one.reviewer_id == reviewer.pk), None)


@dataclass(frozen=True, slots=True)
class DeskAnswer:
    """A question with its attempts, one of which is shown."""

    question: Question
    attempts: Sequence[AttemptLink]
    shown: ShownAttempt | None


@dataclass(frozen=True, slots=True)
class Desk:
    """The whole page."""

    session: InterviewSession
    answers: Sequence[DeskAnswer]
    own_tries: Sequence[Try]  # of the session's own runs: its last scores and feedback
    report: Outcome[Report] | None  # as the candidate has it; None where nothing was answered


def read_desk(session: InterviewSession, *, chosen: UUID | None = None) -> Desk:
    """
    Return the session's desk: of each question the latest attempt, of one question the chosen attempt.

    A constant number of queries. Long rows, such as transcripts, are read of shown attempts only.
    """
    attempts: defaultdict[int | None, list[PipelineRun]] = defaultdict(list)
    for run in _read_runs(session):
        attempts[run.question_id].append(run)
    own = attempts.pop(None, [])
    shown = {question: _choose(runs, chosen) for question, runs in attempts.items()}
    tries = _read_tries([*shown.values(), *own])
    details = _read_details(shown.values(), tries=tries)
    return Desk(
        session=session,
        answers=[
            DeskAnswer(
                question=question,
                attempts=_links(attempts[question.pk], shown.get(question.pk)),
                shown=details.get(question.pk),
            )
            for question in session.questions.order_by("position")
        ],
        own_tries=[one for run in own for one in tries[run.pk]],
        report=_find_report(session),
    )


def get_answer(session: InterviewSession, run_uuid: UUID) -> PipelineRun:
    """Return an attempt at one of the session's questions; raise `NoSuchAnswer`."""
    run = (
        PipelineRun.objects.filter(session=session, question__isnull=False, uuid=run_uuid)
        .select_related("question")
        .first()
    )
    if run is None:
        raise NoSuchAnswer
    return run


def _read_runs(session: InterviewSession) -> "QuerySet[PipelineRun]":
    """Return all runs of the session, oldest attempts first, with the score of each."""
    return (
        PipelineRun.objects.filter(session=session)
        .annotate(overall=F("evaluation__overall"))
        .order_by("attempt", "pk")
    )


def _choose(runs: Sequence[PipelineRun], chosen: UUID | None) -> PipelineRun:
    return next((run for run in runs if run.uuid == chosen), runs[-1])


def _links(runs: Iterable[Any], shown: PipelineRun | None) -> list[AttemptLink]:
    return [
        AttemptLink(run.uuid, run.attempt, run.state, run.overall, run == shown) for run in runs
    ]


def _read_tries(runs: Iterable[PipelineRun]) -> Mapping[int, list[Try]]:
    found: defaultdict[int, list[Try]] = defaultdict(list)
    for row in StageRun.objects.filter(run__in=list(runs)).order_by("started_at", "pk"):
        found[row.run_id].append(
            Try(
                stage=row.stage,
                attempt=row.attempt,
                worker=row.worker,
                outcome=row.outcome,
                error=row.error_code,
                started_at=row.started_at,
                ended_at=row.ended_at,
            )
        )
    return found


def _read_details(
    runs: Iterable[PipelineRun], *, tries: Mapping[int, list[Try]]
) -> dict[int | None, ShownAttempt]:
    """Return these attempts, by their questions. Five queries."""
    shown = list(runs)
    recordings = {row.run_id: row for row in AudioAnswer.objects.filter(run__in=shown)}
    transcripts = {row.run_id: row for row in TranscriptRecord.objects.filter(run__in=shown)}
    evaluations = {row.run_id: row for row in EvaluationRecord.objects.filter(run__in=shown)}
    scores: defaultdict[int, list[StaffScore]] = defaultdict(list)
    for score in StaffScore.objects.filter(run__in=shown).select_related("reviewer"):
        scores[score.run_id].append(score)
    past: defaultdict[int, list[PastEvaluation]] = defaultdict(list)
    for row in PastEvaluation.objects.filter(run__in=shown).defer(*LONG).order_by("-evaluated_at"):
        past[row.run_id].append(row)
    return {
        run.question_id: ShownAttempt(
            run=run,
            recording=recordings.get(run.pk),
            transcript=(transcript := transcripts.get(run.pk)),
            words=read_words(transcript.words) if transcript else (),
            evaluation=(evaluation := evaluations.get(run.pk)),
            metrics=_metrics(evaluation) if evaluation else (),
            tries=tries[run.pk],
            staff_scores=scores[run.pk],
            past=past[run.pk],
        )
        for run in shown
    }


def _metrics(evaluation: EvaluationRecord) -> Sequence[Metric]:
    return read_metrics(
        {name: getattr(evaluation, name) for name in METRICS},
        intervals=evaluation.intervals,
        explanations=evaluation.explanations,
    )


def _find_report(session: InterviewSession) -> Outcome[Report] | None:
    """Return the report as the candidate would get it now."""
    try:
        return find_report(owner=session.owner, session_uuid=session.uuid)
    except NothingUploaded:
        return None
