"""What may come in about a person, and what goes out."""

from functools import cache
from typing import Any
from zoneinfo import available_timezones

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from accounts.languages import ISO_639_1
from accounts.links import MAX_LENGTH
from interview_platform.http.fields import TextField, WholeField

MAX_PASSWORD = 128
MAX_SKILLS = 50
MAX_SKILL_LENGTH = 60
MAX_EXPERIENCE = 70  # years


class PasswordField(TextField):
    """A password: blanks at its ends belong to it."""

    def __init__(self, **options: Any) -> None:
        options = {"max_length": MAX_PASSWORD, "trim_whitespace": False, **options}
        super().__init__(write_only=True, style={"input_type": "password"}, **options)


class SkillsField(serializers.ListField):
    """Trimmed skills, each once whatever its case."""

    child = TextField(max_length=MAX_SKILL_LENGTH)

    def __init__(self, **options: Any) -> None:
        super().__init__(max_length=MAX_SKILLS, **options)

    def to_internal_value(self, data: Any) -> list[Any]:
        """Return the list without repetitions, in the order given; they count for how many there may be."""
        if isinstance(data, list) and len(data) > MAX_SKILLS:
            self.fail("max_length", max_length=MAX_SKILLS)
        first: dict[str, str] = {}
        for skill in super().to_internal_value(data):
            first.setdefault(skill.casefold(), skill)
        return list(first.values())


@extend_schema_field({"allOf": [{"type": "string", "enum": list(ISO_639_1)}]})
class IsoLanguageField(TextField):
    """A code of ISO 639-1."""


class RegisterIn(serializers.Serializer[Any]):
    """A new person."""

    email = serializers.EmailField(max_length=254)
    password = PasswordField(min_length=8)
    full_name = TextField(max_length=150)


class LoginIn(serializers.Serializer[Any]):
    """A log-in."""

    email = serializers.EmailField(max_length=254)
    password = PasswordField()


class RefreshIn(serializers.Serializer[Any]):
    """A refresh token to trade for the next pair."""

    refresh_token = TextField(max_length=4096)


class LogoutIn(serializers.Serializer[Any]):
    """The refresh token to revoke; all of them when it is left out."""

    refresh_token = TextField(max_length=4096, required=False, allow_null=True)


class ResetIn(serializers.Serializer[Any]):
    """Whose password was forgotten."""

    email = serializers.EmailField(max_length=254)


class ConfirmResetIn(serializers.Serializer[Any]):
    """A new password, with what the link brings."""

    token = TextField(max_length=MAX_LENGTH)
    password = PasswordField(min_length=8)


class VerifyIn(serializers.Serializer[Any]):
    """What the link brings."""

    token = TextField(max_length=MAX_LENGTH)


class SkillsIn(serializers.Serializer[Any]):
    """The whole list."""

    skills = SkillsField()


class ProfileIn(serializers.Serializer[Any]):
    """Changes to a profile; what is left out stays."""

    full_name = TextField(max_length=150, required=False)
    target_role = TextField(max_length=150, required=False, allow_blank=True)
    experience_years = WholeField(
        min_value=0, max_value=MAX_EXPERIENCE, required=False, allow_null=True
    )
    skills = SkillsField(required=False)
    timezone = TextField(max_length=64, required=False, help_text="A name of the IANA database.")
    language = IsoLanguageField(
        min_length=2, max_length=2, required=False, help_text="A code of ISO 639-1."
    )
    password = PasswordField(
        min_length=8, required=False, help_text="The new one; ends every session."
    )
    current_password = PasswordField(required=False, help_text="Goes with a new password.")

    def validate_timezone(self, value: str) -> str:
        """Accept the names of the IANA database."""
        if value not in _timezones():
            raise serializers.ValidationError(f"{value!r} is not a time zone.", code="unknown")
        return value

    def validate_language(self, value: str) -> str:
        """Accept the codes of ISO 639-1."""
        if value not in ISO_639_1:
            raise serializers.ValidationError(f"{value!r} is not a language.", code="unknown")
        return value


class SignedInOut(serializers.Serializer[Any]):
    """A person with the tokens that he has just been given."""

    id = serializers.UUIDField(source="user.uuid")
    email = serializers.EmailField(source="user.email")
    full_name = serializers.CharField(source="user.full_name")
    token = serializers.CharField(help_text="Access token: `Authorization: Bearer <token>`.")
    refresh_token = serializers.CharField(help_text="Good for one use.")


class BrowserSignedInOut(serializers.Serializer[Any]):
    """A person who has just logged in from a page; the refresh token is in the cookie."""

    id = serializers.UUIDField()
    email = serializers.EmailField()
    full_name = serializers.CharField()
    token = serializers.CharField(help_text="Access token: `Authorization: Bearer <token>`.")


class BrowserTokenOut(serializers.Serializer[Any]):
    """The next access token; the refresh token is in the cookie."""

    token = serializers.CharField()


class TokensOut(serializers.Serializer[Any]):
    """The next pair."""

    token = serializers.CharField(source="access")
    refresh_token = serializers.CharField(source="refresh")


class VerifiedOut(serializers.Serializer[Any]):
    """An address that was verified."""

    email_verified = serializers.BooleanField()


class ProfileOut(serializers.Serializer[Any]):
    """A person as he sees himself."""

    id = serializers.UUIDField(source="uuid")
    email = serializers.EmailField()
    email_verified = serializers.BooleanField()
    full_name = serializers.CharField()
    target_role = serializers.CharField()
    experience_years = serializers.IntegerField(allow_null=True)
    skills = serializers.ListField(child=serializers.CharField())
    timezone = serializers.CharField()
    language = serializers.CharField()
    created_at = serializers.DateTimeField()


@cache
def _timezones() -> frozenset[str]:
    return frozenset(available_timezones())
