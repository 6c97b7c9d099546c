"""What may come in about shared reports, and what goes out."""

from typing import Any

from rest_framework import serializers

from analytics.serializers_report import ReportOut, ReportUnderWayOut
from interview_platform.http.fields import FlagField, TextField, WholeField
from sessions.shares import MAX_DAYS


class ShareIn(serializers.Serializer[Any]):
    """For how long, and what the visitor gets."""

    expires_in_days = WholeField(min_value=1, max_value=MAX_DAYS, default=14)
    with_audio = FlagField(default=False)
    with_name = FlagField(default=True)


class CommentIn(serializers.Serializer[Any]):
    """What a visitor says."""

    author = TextField(max_length=80, required=False, allow_blank=True, default="")
    text = TextField(max_length=2000)
    score = WholeField(min_value=0, max_value=100, required=False, allow_null=True, default=None)


class CommentOut(serializers.Serializer[Any]):
    """What a visitor said."""

    id = serializers.UUIDField(source="uuid")
    author = serializers.CharField(allow_blank=True)
    text = serializers.CharField()
    score = serializers.IntegerField(allow_null=True, min_value=0, max_value=100)
    created_at = serializers.DateTimeField()


class ShareOut(serializers.Serializer[Any]):
    """A link."""

    id = serializers.UUIDField(source="uuid")
    with_audio = serializers.BooleanField()
    with_name = serializers.BooleanField()
    created_at = serializers.DateTimeField()
    expires_at = serializers.DateTimeField()


class ListedShareOut(ShareOut):
    """A link and what visitors left by it."""

    comments = CommentOut(source="comments.all", many=True)


class NewShareOut(ShareOut):
    """A link that was made just now."""

    token = serializers.CharField(help_text="The secret; it is told this once.")
    path = serializers.CharField(help_text="Where the report can be read.")


class SharesOut(serializers.Serializer[Any]):
    """The links of a session."""

    shares = ListedShareOut(many=True)


class RevokedOut(serializers.Serializer[Any]):
    """A link that leads nowhere now."""

    id = serializers.UUIDField()
    revoked = serializers.BooleanField()


class SharedFields(serializers.Serializer[Any]):
    """What a visitor should know of the link."""

    with_audio = serializers.BooleanField()
    expires_at = serializers.DateTimeField()


class SharedOut(ReportOut, SharedFields):
    """A shared report."""


class SharedUnderWayOut(ReportUnderWayOut, SharedFields):
    """A shared report whose results are being made."""
