"""The front door for changes to sessions and questions. Whoever locks takes the session first, then its questions."""

from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any, Protocol

from django.db import transaction
from django.db.models import Max
from django.utils import timezone

from accounts.files import remove_folder
from accounts.models import User
from interview_platform.errors import Conflict
from sessions.folders import list_recordings, remove_recordings, session_folder
from sessions.languages import known_or_auto
from sessions.models import InterviewSession, Question
from sessions.selectors import QuestionNotFound, SessionNotFound

Status = InterviewSession.Status


class SessionCompleted(Conflict):
    """A completed session takes no recordings, no questions and no changes but of its title."""

    code = "session_completed"
    message = "Session is already complete"


class QuestionsAnswered(Conflict):
    """New questions would throw answers away."""

    code = "questions_answered"
    message = "Questions of this session are already answered; send replace=true to discard them"


class Draft(Protocol):
    """A question before it belongs to a session."""

    @property
    def text(self) -> str: ...
    @property
    def category(self) -> str: ...
    @property
    def difficulty(self) -> str: ...
    @property
    def time_limit(self) -> int: ...
    @property
    def expected_keywords(self) -> Sequence[str]: ...
    @property
    def skills(self) -> Sequence[str]: ...
    @property
    def answer_prototype(self) -> str: ...
    @property
    def reference_points(self) -> Sequence[str]: ...
    @property
    def keyword_variants(self) -> Mapping[str, Sequence[str]]: ...
    @property
    def follow_ups(self) -> Sequence[str]: ...
    @property
    def source(self) -> str: ...
    @property
    def bank_key(self) -> str: ...
    @property
    def selection_reason(self) -> str: ...


def open_session(*, owner: User, fields: Mapping[str, Any]) -> InterviewSession:
    """Return a new session; without a title it is named after the role, without a language it is the owner's."""
    named = {name: value for name, value in fields.items() if value != ""}
    return InterviewSession.objects.create(
        owner=owner,
        **{
            "title": f"{fields['target_role']} interview",
            "language": known_or_auto(owner.language),
            **named,
        },
    )


@transaction.atomic
def change_session(session: InterviewSession, *, changes: Mapping[str, Any]) -> None:
    """Change what is named; raise `SessionCompleted` when more than the title of a completed one would change."""
    stored = _lock(session)
    changed = [name for name, value in changes.items() if getattr(stored, name) != value]
    if stored.status == Status.COMPLETED and set(changed) - {"title"}:
        raise SessionCompleted
    for name in changed:
        setattr(stored, name, changes[name])
    if changed:
        stored.save(update_fields=[*changed, "updated_at"])


@transaction.atomic
def delete_session(session: InterviewSession) -> None:
    """Remove the session with all rows of it, and, once that is committed, its recordings."""
    folder = session_folder(session)
    _lock(session).delete()
    transaction.on_commit(partial(remove_folder, folder), robust=True)


def note_recording(*, question: Question) -> int:
    """
    Count one more recording of the question and return its number. Needs the caller's transaction.

    The session's first one starts it. Raise `SessionCompleted`, or the not-found of what was removed meanwhile.
    """
    session = _lock(question.session)
    if session.status == Status.COMPLETED:
        raise SessionCompleted
    stored = Question.objects.select_for_update(no_key=True).filter(pk=question.pk).first()
    if stored is None:
        raise QuestionNotFound
    stored.attempt_count += 1
    stored.save(update_fields=["attempt_count"])
    question.attempt_count = stored.attempt_count
    _start(session)
    return stored.attempt_count


def note_removal(*, question: Question, is_answered: bool) -> None:
    """Let a question whose last recording was removed count as not answered. Needs the caller's hold on the session."""
    if not is_answered:
        Question.objects.filter(pk=question.pk).update(attempt_count=0)


def complete_session(*, session: InterviewSession) -> bool:
    """Close the session for recordings; tell whether that changed it. Needs the caller's transaction."""
    stored = _lock(session)
    changed = stored.status != Status.COMPLETED
    if changed:
        stored.status = Status.COMPLETED
        stored.completed_at = timezone.now()
        stored.save(update_fields=["status", "completed_at", "updated_at"])
    for name in ("status", "completed_at", "updated_at"):
        setattr(session, name, getattr(stored, name))
    return changed


@transaction.atomic
def put_questions(
    *, session: InterviewSession, drafts: Sequence[Draft], replace: bool
) -> list[Question]:
    """
    Make these the session's questions, from position 1 on.

    Unanswered ones give way; answered ones only to `replace`, and take their answers and recordings with them. Raise
    `SessionCompleted` or `QuestionsAnswered`.
    """
    stored = require_open_for_questions(session=session, replace=replace)
    if stored.questions.filter(attempt_count__gt=0).exists():
        _forget_answers(stored)
    stored.questions.all().delete()
    questions = [
        _question(stored, position=position, draft=draft)
        for position, draft in enumerate(drafts, start=1)
    ]
    stored.save(update_fields=["updated_at"])
    return Question.objects.bulk_create(questions)


@transaction.atomic
def add_question(*, parent: Question, draft: Draft) -> Question:
    """Ask this after the session's last question, as it follows up on `parent`; raise `SessionCompleted` or a not-found."""
    stored = require_open_for_questions(session=parent.session, replace=True)
    last = stored.questions.aggregate(last=Max("position"))["last"]
    if last is None or not stored.questions.filter(pk=parent.pk).exists():
        raise QuestionNotFound
    question = _question(stored, position=last + 1, draft=draft)
    question.parent = parent
    question.save(force_insert=True)
    stored.save(update_fields=["updated_at"])
    return question


@transaction.atomic
def require_open_for_questions(*, session: InterviewSession, replace: bool) -> InterviewSession:
    """Return the session as it is stored; refuse as `put_questions` does, before any question has been written."""
    stored = _lock(session)
    if stored.status == Status.COMPLETED:
        raise SessionCompleted
    if not replace and stored.questions.filter(attempt_count__gt=0).exists():
        raise QuestionsAnswered
    return stored


def _lock(session: InterviewSession) -> InterviewSession:
    """Return the session as it is stored, held until the transaction ends."""
    stored = (
        InterviewSession.objects.select_for_update(of=("self",), no_key=True)
        .select_related("owner")
        .filter(pk=session.pk)
        .first()
    )
    if stored is None:
        raise SessionNotFound
    return stored


def _start(session: InterviewSession) -> None:
    if session.status == Status.CREATED:
        session.status = Status.IN_PROGRESS
        session.started_at = timezone.now()
    session.save(update_fields=["status", "started_at", "updated_at"])


def _forget_answers(session: InterviewSession) -> None:
    """
    Remove the recordings that are there now, after the commit; the score that was made of them goes at once.

    They are listed under the lock, so that a recording of one of the new questions is never among them.
    """
    names = list_recordings(session_folder(session))
    transaction.on_commit(partial(remove_recordings, names), robust=True)
    session.total_score = None
    session.save(update_fields=["total_score"])


def _question(session: InterviewSession, *, position: int, draft: Draft) -> Question:
    return Question(
        session=session,
        position=position,
        text=draft.text,
        category=draft.category,
        difficulty=draft.difficulty,
        time_limit=draft.time_limit,
        expected_keywords=list(draft.expected_keywords),
        keyword_variants={word: list(names) for word, names in draft.keyword_variants.items()},
        skills=list(draft.skills),
        follow_ups=list(draft.follow_ups),
        answer_prototype=draft.answer_prototype,
        reference_points=list(draft.reference_points),
        source=draft.source,
        bank_key=draft.bank_key,
        selection_reason=draft.selection_reason,
    )
