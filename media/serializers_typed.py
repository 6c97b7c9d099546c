"""What may come in with a typed answer, and what goes out about it."""

from typing import Any

from rest_framework import serializers

from interview_platform.http.fields import TextField
from pipeline.api.serializers import MAX_TEXT


class TypedAnswerIn(serializers.Serializer[Any]):
    """An answer in writing."""

    text = TextField(max_length=MAX_TEXT)


class TypedAnswerOut(serializers.Serializer[Any]):
    """A typed answer that was received."""

    question_id = serializers.UUIDField(source="question.uuid")
    attempt = serializers.IntegerField(help_text="From 1; recordings count, too.")
    word_count = serializers.IntegerField(source="transcript.word_count")
    status = serializers.ChoiceField(choices=("queued",), source="state")
