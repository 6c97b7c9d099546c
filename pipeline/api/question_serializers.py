"""What may come in about new questions, and what goes out."""

from typing import Any, Final

from rest_framework import serializers

from accounts.serializers import SkillsField
from interview_platform.http.fields import FlagField, TextField, WholeField
from pipeline.api.serializers import UNDER_WAY
from sessions.models import Category
from sessions.serializers import QuestionOut

DEFAULT_QUESTIONS: Final = 5
MAX_QUESTIONS: Final = 20
MAX_JOB_DESCRIPTION: Final = 10_000  # characters


class GenerateIn(serializers.Serializer[Any]):
    """Which questions are wanted."""

    num_questions = WholeField(min_value=1, max_value=MAX_QUESTIONS, default=DEFAULT_QUESTIONS)
    categories = serializers.ListField(
        child=serializers.ChoiceField(choices=Category.choices),
        required=False,
        allow_empty=False,
        min_length=1,  # for the document: a list that may not be empty
        max_length=20,
        help_text="All when absent.",
    )
    skills = SkillsField(required=False, help_text="Yours when absent.")
    job_description = TextField(max_length=MAX_JOB_DESCRIPTION, required=False, allow_blank=True)
    replace = FlagField(
        default=False, help_text="Discard answers that were already given, with their results."
    )


class GeneratedOut(serializers.Serializer[Any]):
    """The session's questions."""

    questions = QuestionOut(many=True)


class FollowUpOut(serializers.Serializer[Any]):
    """A question of the session that follows up on another one, its `parent_id`."""

    question = QuestionOut()


class BeingWrittenOut(serializers.Serializer[Any]):
    """Questions that a language model is writing."""

    status = serializers.ChoiceField(choices=UNDER_WAY)
    stage = serializers.CharField(help_text="`questions`.")
    progress = serializers.FloatField(min_value=0, max_value=1)
    queue_position = serializers.IntegerField(min_value=0)
    eta_seconds = serializers.FloatField(allow_null=True, min_value=0)


class GeneratedUnderWayOut(BeingWrittenOut):
    """A session's questions that are being written: look at `Location` for them."""

    questions = QuestionOut(many=True, allow_null=True)


class FollowUpUnderWayOut(BeingWrittenOut):
    """A follow-up question that is being written: look at `Location` for it."""

    question = QuestionOut(allow_null=True)
