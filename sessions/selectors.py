"""An owner's sessions and questions, as the interface sees them."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.db.models import Count, Q, QuerySet

from accounts.models import User
from interview_platform.errors import NotFound
from sessions.models import InterviewSession, Question

REMEMBERED_SESSIONS = 10  # how far back a question counts as seen


class SessionNotFound(NotFound):
    """No such session, or somebody else's."""

    message = "Interview session not found"


class QuestionNotFound(NotFound):
    """No such question in this session."""

    message = "Question not found"


def list_sessions(*, owner: User, filters: Mapping[str, Any]) -> "QuerySet[InterviewSession]":
    """Return the owner's sessions that pass the filters, newest first, with their counts."""
    return filter_sessions(_own(owner), filters).order_by("-created_at", "-pk")


def filter_sessions(
    sessions: "QuerySet[InterviewSession]", filters: Mapping[str, Any]
) -> "QuerySet[InterviewSession]":
    """Keep the sessions that pass what `SessionFiltersIn` has read; a filter left out lets all pass."""
    lookups = {
        "status": "status",
        "difficulty": "difficulty",
        "created_after": "created_at__gte",
        "created_before": "created_at__lt",
    }
    named = {lookup: filters[name] for name, lookup in lookups.items() if name in filters}
    words = filters.get("search", "")
    return sessions.filter(_mentions(words), **named) if words else sessions.filter(**named)


def get_session(*, owner: User, session_uuid: UUID) -> InterviewSession:
    """Return the owner's session with its counts; raise `SessionNotFound` for anybody else's."""
    session = _own(owner).filter(uuid=session_uuid).first()
    if session is None:
        raise SessionNotFound
    return session


def list_questions(*, owner: User, session_uuid: UUID) -> "QuerySet[Question]":
    """Return the session's questions in order; raise `SessionNotFound`."""
    _require_session(owner=owner, session_uuid=session_uuid)
    asked = Question.objects.filter(session__uuid=session_uuid)
    return asked.select_related("parent").order_by("position")


def get_question(*, owner: User, session_uuid: UUID, question_uuid: UUID) -> Question:
    """Return the question with its session and owner; raise `SessionNotFound` or `QuestionNotFound`."""
    question = (
        Question.objects.select_related("session__owner", "parent")
        .filter(uuid=question_uuid, session__uuid=session_uuid, session__owner=owner)
        .first()
    )
    if question is None:
        _require_session(owner=owner, session_uuid=session_uuid)
        raise QuestionNotFound
    return question


def seen_questions(*, owner: User, sessions: int = REMEMBERED_SESSIONS) -> set[str]:
    """Return the bank keys and the texts of what the owner was asked in his last sessions."""
    latest = owner.interview_sessions.order_by("-created_at", "-pk").values_list("pk", flat=True)
    asked = Question.objects.filter(session__in=list(latest[:sessions]))
    return {word for pair in asked.values_list("bank_key", "text") for word in pair if word}


def _own(owner: User) -> "QuerySet[InterviewSession]":
    return (
        InterviewSession.objects.filter(owner=owner)
        .select_related("owner")
        .annotate(
            question_count=Count("questions"),
            answered_count=Count("questions", filter=Q(questions__attempt_count__gt=0)),
        )
    )


def _mentions(words: str) -> Q:
    return (
        Q(title__icontains=words)
        | Q(target_role__icontains=words)
        | Q(target_company__icontains=words)
    )


def _require_session(*, owner: User, session_uuid: UUID) -> None:
    if not owner.interview_sessions.filter(uuid=session_uuid).exists():
        raise SessionNotFound
