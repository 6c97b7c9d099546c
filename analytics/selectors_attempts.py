"""The attempts at a question, and two attempts or two sessions side by side."""

from collections.abc import Mapping, Sequence
from uuid import UUID

from django.db.models import Case, Exists, F, OuterRef, Q, QuerySet, Value, When
from django.db.models.functions import Coalesce

from accounts.models import User
from analytics.areas import mean_delivery
from analytics.comparison import compare
from analytics.selectors import read_attempts, read_slips
from analytics.stats import as_answer, counted_answers, metric_means
from analytics.values import Answer, Attempt, Comparison, Side, Slip
from pipeline.api.selectors import NoSuchAttempt
from pipeline.models import EvaluationRecord, PipelineRun, Stage, TranscriptRecord
from sessions.models import InterviewSession, Question
from sessions.selectors import QuestionNotFound, SessionNotFound, get_question

State = PipelineRun.State
SCORES = {
    "relevance_score": "relevance",
    "grammar_score": "grammar",
    "fluency_score": "fluency",
    "keyword_score": "keywords",
}


def list_attempts(
    *, owner: User, session_uuid: UUID, question_uuid: UUID
) -> "QuerySet[PipelineRun]":
    """Return the answers to the question, newest first; `counts` marks the one that scores are made of."""
    question = get_question(owner=owner, session_uuid=session_uuid, question_uuid=question_uuid)
    later = EvaluationRecord.objects.filter(
        run__question=question, run__attempt__gt=OuterRef("attempt")
    )
    counts = Q(evaluation__scorable=True) & ~Exists(later)
    return (
        PipelineRun.objects.filter(question=question)
        .annotate(
            answered_at=Coalesce("recording__created_at", "created_at"),
            counts=Case(When(counts, then=Value(value=True)), default=Value(value=False)),
            scorable=F("evaluation__scorable"),
            overall_score=F("evaluation__overall"),
            **{name: F(f"evaluation__{column}") for name, column in SCORES.items()},
            status=_status(),
            word_count=F("transcript__word_count"),
        )
        .select_related("recording")
        .order_by("-attempt")
    )


def compare_sessions(*, owner: User, uuids: tuple[UUID, UUID]) -> Comparison:
    """Return what changed from one of the owner's sessions to the other; raise `SessionNotFound`."""
    sessions = InterviewSession.objects.filter(owner=owner, uuid__in=uuids)
    found = {session.uuid: session for session in sessions}
    if any(uuid not in found for uuid in uuids):
        raise SessionNotFound
    counted = counted_answers(read_attempts(owner=owner, question__session__uuid__in=uuids))
    slips = read_slips(counted)
    first, second = ([one for one in counted if one.session_id == uuid] for uuid in uuids)
    return compare(
        "sessions",
        _session_side(found[uuids[0]], first),
        _session_side(found[uuids[1]], second),
        slips=(_of(first, slips), _of(second, slips)),
        texts=None,
    )


def compare_attempts(*, owner: User, question_uuid: UUID, numbers: tuple[int, int]) -> Comparison:
    """Return what changed between two attempts; raise `QuestionNotFound` or `NoSuchAttempt`."""
    made = read_attempts(owner=owner, question__uuid=question_uuid, attempt__in=numbers)
    attempts = {attempt.number: attempt for attempt in made}
    if any(number not in attempts for number in numbers):
        _refuse(owner, question_uuid)
    before, after = (attempts[number] for number in numbers)
    first, second = ([answer] if (answer := as_answer(one)) else [] for one in (before, after))
    slips = read_slips([*first, *second])
    texts = _texts(question_uuid, numbers)
    return compare(
        "attempts",
        _attempt_side(before, first),
        _attempt_side(after, second),
        slips=(_of(first, slips), _of(second, slips)),
        texts=(texts[before.number], texts[after.number]) if len(texts) == len(made) else None,
    )


def _status() -> Case:
    """Return the four words of the interface; an answer that another one superseded brought no result."""
    return Case(
        When(evaluation__isnull=False, then=Value("completed")),
        When(state__in=(State.FAILED, State.SUPERSEDED), then=Value("failed")),
        When(state=State.QUEUED, stage=Stage.TRANSCRIBE, then=Value("queued")),
        default=Value("processing"),
    )


def _session_side(session: InterviewSession, answers: Sequence[Answer]) -> Side:
    return Side(
        id=session.uuid,
        label=session.title,
        at=session.completed_at or session.started_at or session.created_at,
        overall=session.total_score,
        scores=metric_means(answers),
        delivery=mean_delivery(answers),
    )


def _attempt_side(attempt: Attempt, answers: Sequence[Answer]) -> Side:
    """Return one attempt; `answers` holds what it was judged as, or nothing."""
    return Side(
        id=attempt.id,
        label=f"Attempt {attempt.number}",
        at=attempt.recorded_at,
        overall=answers[0].overall if answers else None,
        scores=metric_means(answers),
        delivery=mean_delivery(answers),
    )


def _of(answers: Sequence[Answer], slips: Mapping[int, Sequence[Slip]]) -> list[Slip]:
    return [slip for answer in answers for slip in slips[answer.key]]


def _texts(question_uuid: UUID, numbers: tuple[int, int]) -> dict[int, str]:
    transcripts = TranscriptRecord.objects.filter(
        run__question__uuid=question_uuid, run__attempt__in=numbers
    )
    return dict(transcripts.values_list("run__attempt", "text"))


def _refuse(owner: User, question_uuid: UUID) -> None:
    """Say what is missing: the question, or a recording of it."""
    if Question.objects.filter(uuid=question_uuid, session__owner=owner).exists():
        raise NoSuchAttempt
    raise QuestionNotFound
