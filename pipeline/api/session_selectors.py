"""The results of a whole session, for its owner: score card, feedback, evaluations, and how far all of it is."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Literal, TypeVar
from uuid import UUID

from accounts.models import User
from pipeline.api.selectors import NoRecording, failure_of, has_evaluation, missing
from pipeline.domain.values import MetricName
from pipeline.models import EvaluationRecord, PipelineRun, SessionFeedback, SessionScore, Stage
from pipeline.progress.estimates import Failure, Outcome, Warn
from pipeline.progress.queue import Board, has_passed, with_queue_facts
from pipeline.scoring.curves import mean, one_decimal
from sessions.models import InterviewSession, Question
from sessions.selectors import SessionNotFound

State = PipelineRun.State
Result = TypeVar("Result")


class NothingUploaded(NoRecording):
    """No question of the session has a recording yet."""

    message = "No audio uploaded for this session"


@dataclass(frozen=True, slots=True)
class Runs:
    """A session's runs, and those of them that count."""

    answers: Sequence[PipelineRun]  # of all attempts
    latest: Sequence[PipelineRun]  # each answered question's last attempt
    own: PipelineRun | None  # the session's own last run

    @property
    def counting(self) -> Sequence[PipelineRun]:
        """Return the runs that the session's results wait for."""
        return self.latest if self.own is None else (*self.latest, self.own)


@dataclass(frozen=True, slots=True)
class JudgedQuestion:
    """An answered question with the evaluation that counts: that of the highest attempt which has one."""

    question: Question
    attempt: int
    evaluation: EvaluationRecord | None
    failure: Failure | None  # of the latest attempt, where no attempt was judged


@dataclass(frozen=True, slots=True)
class SessionEvaluation:
    """The evaluations of a session's answers."""

    answers: Sequence[JudgedQuestion]

    def average(self, name: MetricName | Literal["overall"]) -> float | None:
        """Return the mean over the answers that could be graded; None without one."""
        graded = [row.evaluation for row in self.answers if row.evaluation]
        scores = [getattr(one, name) for one in graded if one.scorable]
        judged = [score for score in scores if score is not None]
        return one_decimal(mean(judged)) if judged else None


@dataclass(frozen=True, slots=True)
class QuestionProgress:
    """How far the latest recording of a question is."""

    question: Question
    attempt: int | None  # None without a recording
    work: Outcome[PipelineRun] | None


@dataclass(frozen=True, slots=True)
class SessionProgress:
    """How far the work on a session is."""

    session: InterviewSession
    questions: Sequence[QuestionProgress]
    scores: Outcome[SessionScore] | None  # None without a recording
    feedback: Outcome[SessionFeedback] | None  # the last result: as far as it is, the session is

    @property
    def is_settled(self) -> bool:
        """Tell whether nothing is under way."""
        return self.feedback is None or self.feedback.is_settled


def find_scores(*, owner: User, session_uuid: UUID) -> Outcome[SessionScore]:
    """Return how the session's score card stands. Two queries when it is there."""
    runs = _read_runs(owner, session_uuid)
    session = _get(owner, session_uuid, related=("score",))
    _require_recordings(runs)
    row = getattr(session, "score", None)
    return _session_result(runs, row, goal=Stage.SCORE, board=Board(runs.counting))


def find_feedback(*, owner: User, session_uuid: UUID) -> Outcome[SessionFeedback]:
    """Return how the session's feedback stands. Two queries when it is there."""
    runs = _read_runs(owner, session_uuid)
    session = _get(owner, session_uuid, related=("feedback",))
    _require_recordings(runs)
    row = getattr(session, "feedback", None)
    outcome = _session_result(runs, row, goal=Stage.FEEDBACK, board=Board(runs.counting))
    if outcome.row is None:
        return outcome
    notices = tuple(Warn(**notice) for notice in outcome.row.report.get("notices", ()))
    return replace(outcome, warnings=(*outcome.warnings, *notices))


def find_session_evaluation(*, owner: User, session_uuid: UUID) -> Outcome[SessionEvaluation]:
    """Return how the evaluations of all answers stand. Two queries when they are there."""
    runs = _read_runs(owner, session_uuid, related=("question", "evaluation"))
    _get(owner, session_uuid)
    _require_recordings(runs)
    progress = Board(runs.latest).progress(runs.latest, goal=Stage.EVALUATE)
    if progress:
        return Outcome(progress=progress)
    judged = {run.question_id: run for run in runs.answers if has_evaluation(run)}
    if not judged:
        return Outcome(failure=failure_of(runs.latest[0]))
    rows = [_judged(run, judged.get(run.question_id)) for run in runs.latest]
    unjudged = [run for run in runs.latest if not has_evaluation(run)]
    return Outcome(row=SessionEvaluation(rows), warnings=_warn_of(unjudged))


def find_progress(*, owner: User, session_uuid: UUID) -> SessionProgress:
    """Return how far every answer, the score card and the feedback are. A fixed number of queries."""
    runs = _read_runs(owner, session_uuid)
    session = _get(owner, session_uuid, related=("score", "feedback"))
    questions = session.questions.order_by("position")
    board = Board(runs.counting)
    latest = {run.question_id: run for run in runs.latest}
    score, feedback = getattr(session, "score", None), getattr(session, "feedback", None)
    return SessionProgress(
        session=session,
        questions=[_how_far(question, latest.get(question.pk), board) for question in questions],
        scores=_session_result(runs, score, goal=Stage.SCORE, board=board) if latest else None,
        feedback=(
            _session_result(runs, feedback, goal=Stage.FEEDBACK, board=board) if latest else None
        ),
    )


def _get(owner: User, session_uuid: UUID, *, related: Iterable[str] = ()) -> InterviewSession:
    session = (
        InterviewSession.objects.filter(owner=owner, uuid=session_uuid)
        .select_related("owner", *related)
        .first()
    )
    if session is None:
        raise SessionNotFound
    return session


def _read_runs(owner: User, session_uuid: UUID, *, related: Iterable[str] = ("question",)) -> Runs:
    """
    Return the session's runs: the answers in the order of their questions, attempts oldest first. One query.

    They are read before the results: a stage ends together with its result, so what a run has passed is there to be read
    afterwards. The other way round a score that is made in between would be told as missing, or an old one as the last.
    """
    found = PipelineRun.objects.filter(
        session__uuid=session_uuid, session__owner=owner
    ).select_related(*related)
    rows = list(with_queue_facts(found).order_by("question__position", "attempt", "pk"))
    answers = [run for run in rows if run.question_id is not None]
    own = [run for run in rows if run.question_id is None]
    latest = {run.question_id: run for run in answers}
    return Runs(answers=answers, latest=list(latest.values()), own=own[-1] if own else None)


def _require_recordings(runs: Runs) -> Runs:
    if not runs.answers:
        raise NothingUploaded
    return runs


def _session_result(
    runs: Runs, row: Result | None, *, goal: Stage, board: Board
) -> Outcome[Result]:
    """Return how a result that is made of all answers stands; failed answers leave it as it is, with a warning."""
    progress = board.progress(runs.counting, goal=goal)
    if progress:
        return Outcome(progress=progress)
    failed = [
        run
        for run in runs.counting
        if run.state not in PipelineRun.UNFINISHED and not has_passed(run, goal)
    ]
    judged = any(has_passed(run, Stage.EVALUATE) for run in runs.answers)
    if row is None or not judged:
        return Outcome(failure=failure_of(failed[0]) if failed else missing(goal))
    return Outcome(row=row, warnings=_warn_of(failed))


def _warn_of(failed: Iterable[PipelineRun]) -> tuple[Warn, ...]:
    """Return what a client should know of the answers that a result was made without."""
    warnings = []
    for run in failed:
        failure = failure_of(run)
        about = f"Question {run.question.position}" if run.question else "The final calculation"
        message = f"{about}: {failure.message}"
        warnings.append(Warn(failure.code, message))
    return tuple(warnings)


def _judged(latest: PipelineRun, judged: PipelineRun | None) -> JudgedQuestion:
    counting = judged or latest
    if counting.question is None:
        raise ValueError("an answer's run has a question")
    return JudgedQuestion(
        question=counting.question,
        attempt=counting.attempt,
        evaluation=judged.evaluation if judged else None,
        failure=None if judged else failure_of(latest),
    )


def _how_far(question: Question, run: PipelineRun | None, board: Board) -> QuestionProgress:
    if run is None:
        return QuestionProgress(question, attempt=None, work=None)
    if has_passed(run, Stage.FEEDBACK):
        return QuestionProgress(question, attempt=run.attempt, work=Outcome(row=run))
    progress = board.progress([run], goal=Stage.FEEDBACK)
    work: Outcome[PipelineRun] = Outcome(
        progress=progress, failure=None if progress else failure_of(run)
    )
    return QuestionProgress(question, attempt=run.attempt, work=work)
