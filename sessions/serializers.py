"""What may come in about a session, and what goes out."""

from datetime import UTC, date, datetime, time
from typing import Any

from django.utils.dateparse import parse_date
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from interview_platform.http.fields import TextField
from sessions.languages import AUTO, KNOWN_LANGUAGES, is_known
from sessions.models import Category, Difficulty, InterviewSession, Question

MAX_SEARCH = 200


@extend_schema_field({"allOf": [{"type": "string", "enum": [AUTO, *KNOWN_LANGUAGES]}]})
class LanguageField(TextField):
    """A code of ISO 639-1 that the recogniser knows, or "auto"."""

    default_error_messages = {
        "unknown": "'{language}' is not a language we know. Known: {known}.",
    }

    def __init__(self, **options: Any) -> None:
        super().__init__(**{"help_text": "A code of ISO 639-1, or `auto` to detect it.", **options})

    def to_internal_value(self, data: Any) -> str:
        """Return the code in lower case."""
        language = super().to_internal_value(data).lower()
        if not is_known(language):
            self.fail("unknown", language=language[:20], known=", ".join((AUTO, *KNOWN_LANGUAGES)))
        return language


class MomentField(serializers.DateTimeField):
    """A moment in ISO 8601; a plain date is the beginning of that day in UTC."""

    def to_internal_value(self, value: Any) -> datetime:
        """Return the moment."""
        day = _day(value)
        return datetime.combine(day, time.min, UTC) if day else super().to_internal_value(value)


class SessionFiltersIn(serializers.Serializer[Any]):
    """Which sessions are wanted."""

    status = serializers.ChoiceField(choices=InterviewSession.Status.choices, required=False)
    difficulty = serializers.ChoiceField(choices=Difficulty.choices, required=False)
    search = serializers.CharField(
        max_length=MAX_SEARCH,
        required=False,
        allow_blank=True,
        help_text="Part of the title, the role or the company.",
    )
    created_after = MomentField(required=False, help_text="This moment (or day, UTC) or later.")
    created_before = MomentField(
        required=False, help_text="Earlier than this moment (or day, UTC)."
    )


class SessionIn(serializers.Serializer[Any]):
    """A new session."""

    title = TextField(
        max_length=200,
        required=False,
        allow_blank=True,
        help_text="Made from the role when absent.",
    )
    target_role = TextField(max_length=150)
    target_company = TextField(max_length=150, required=False, allow_blank=True)
    difficulty = serializers.ChoiceField(
        choices=Difficulty.choices, required=False, help_text="`medium` when absent."
    )
    language = LanguageField(max_length=8, required=False)


class SessionChangesIn(SessionIn):
    """Changes to a session; what is left out stays."""

    title = TextField(max_length=200, required=False)
    target_role = TextField(max_length=150, required=False)


class SessionReplacementIn(SessionIn):
    """A session as it shall be; optional fields that are left out stay."""

    title = TextField(max_length=200, required=False)


class SessionOut(serializers.Serializer[Any]):
    """A session with how far it has come."""

    id = serializers.UUIDField(source="uuid")
    title = serializers.CharField()
    target_role = serializers.CharField()
    target_company = serializers.CharField()
    difficulty = serializers.ChoiceField(choices=Difficulty.choices)
    language = serializers.CharField()
    status = serializers.ChoiceField(choices=InterviewSession.Status.choices)
    question_count = serializers.IntegerField()
    answered_count = serializers.IntegerField()
    total_score = serializers.FloatField(allow_null=True, help_text="0 to 100, one decimal.")
    created_at = serializers.DateTimeField()
    updated_at = serializers.DateTimeField()
    started_at = serializers.DateTimeField(allow_null=True, help_text="The first recording.")
    completed_at = serializers.DateTimeField(allow_null=True)


class SessionsOut(serializers.Serializer[Any]):
    """One page of sessions."""

    sessions = SessionOut(many=True)


class DeletedOut(serializers.Serializer[Any]):
    """What was removed."""

    id = serializers.UUIDField()
    deleted = serializers.BooleanField()


class QuestionOut(serializers.Serializer[Any]):
    """A question of a session."""

    id = serializers.UUIDField(source="uuid")
    position = serializers.IntegerField(help_text="From 1.")
    question_text = serializers.CharField(source="text")
    category = serializers.ChoiceField(choices=Category.choices)
    difficulty = serializers.ChoiceField(choices=Difficulty.choices)
    time_limit = serializers.IntegerField(help_text="Seconds.")
    expected_keywords = serializers.ListField(child=serializers.CharField())
    skills = serializers.ListField(child=serializers.CharField())
    source = serializers.ChoiceField(  # type: ignore[assignment] # the base class has an attribute of that name
        choices=Question.Source.choices
    )
    selection_reason = serializers.CharField(help_text="Why this question was chosen.")
    parent_id = serializers.UUIDField(
        source="parent.uuid",
        allow_null=True,
        default=None,
        help_text="The question that this one follows up on.",
    )
    answered = serializers.SerializerMethodField()
    attempt_count = serializers.IntegerField(help_text="Recordings so far.")

    def get_answered(self, question: Question) -> bool:
        """Tell whether there is a recording."""
        return question.attempt_count > 0


class QuestionsOut(serializers.Serializer[Any]):
    """One page of questions."""

    questions = QuestionOut(many=True)


def _day(value: Any) -> date | None:
    try:
        return parse_date(value) if isinstance(value, str) else None
    except ValueError:  # well-formed, and no day of the calendar
        return None
