"""What answers about work that takes time have in common: how it stands, and why it failed."""

from functools import cache
from typing import Any

from rest_framework import serializers

from pipeline.progress import STAGES

SETTLED = ("completed", "failed")
UNDER_WAY = ("queued", "processing")
STATUSES = (*UNDER_WAY, *SETTLED)
REACHED = (*STAGES, "done")
SCORE_HELP = "0 to 100, one decimal."


def score(help_text: str = SCORE_HELP) -> serializers.FloatField:
    """Return a field for points of a hundred; null where nothing could be judged."""
    return serializers.FloatField(allow_null=True, min_value=0, max_value=100, help_text=help_text)


def text(help_text: str = "") -> serializers.CharField:
    """Return a field for text; null while there is no result."""
    return serializers.CharField(allow_null=True, help_text=help_text)


class FailureOut(serializers.Serializer[Any]):
    """Why there is no result."""

    code = serializers.CharField(help_text="A stable word.")
    message = serializers.CharField(help_text="A sentence for a person.")
    retryable = serializers.BooleanField(help_text="Whether asking again can help.")
    stage = serializers.ChoiceField(choices=REACHED)


class SettledOut(serializers.Serializer[Any]):
    """A result that is there, or that failed: then the documented fields are null."""

    status = serializers.ChoiceField(choices=SETTLED)
    failure = FailureOut(required=False, help_text="Only when `status` is `failed`.")


class UnderWayOut(serializers.Serializer[Any]):
    """A result that is being worked on: the documented fields are null."""

    status = serializers.ChoiceField(choices=UNDER_WAY)
    stage = serializers.ChoiceField(choices=STAGES)
    progress = serializers.FloatField(min_value=0, max_value=1)
    queue_position = serializers.IntegerField(
        min_value=0, help_text="Waiting answers before this one; 0 when it is being worked on."
    )
    eta_seconds = serializers.FloatField(
        allow_null=True,
        min_value=0,
        help_text="Measured on the latest answers; null while no worker is there.",
    )


class AttemptOut(serializers.Serializer[Any]):
    """Which recording it is about."""

    attempt = serializers.IntegerField(min_value=1, help_text="The recording's number, from 1.")


@cache
def names_of(fields: type[serializers.Serializer[Any]]) -> tuple[str, ...]:
    """Return the names of a serializer's fields, in order."""
    return tuple(fields().get_fields())
