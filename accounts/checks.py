"""Mistakes in the settings of tokens, found at start-up."""

from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error, Tags, register

MIN_KEY_BYTES = 32  # HS256: RFC 7518, section 3.2
EXAMPLES = ("change-me", "changeme", "your-secret", "example", "insecure")


@register(Tags.security)
def jwt_key_is_strong_and_its_own(**kwargs: Any) -> list[CheckMessage]:
    """Return an error for a key that is missing, short, shared or copied from an example."""
    key: str = settings.JWT_SIGNING_KEY
    if not key:
        return [_error("JWT_SIGNING_KEY is missing.", "E001")]
    errors: list[CheckMessage] = []
    if len(key.encode()) < MIN_KEY_BYTES:
        errors.append(_error(f"JWT_SIGNING_KEY has fewer than {MIN_KEY_BYTES} bytes.", "E002"))
    if key == settings.SECRET_KEY:
        errors.append(_error("JWT_SIGNING_KEY equals SECRET_KEY.", "E003"))
    if any(example in key.lower() for example in EXAMPLES):
        errors.append(_error("JWT_SIGNING_KEY is a known example.", "E004"))
    return errors


def _error(message: str, number: str) -> Error:
    hint = "Set it to random text: python -c 'import secrets; print(secrets.token_urlsafe(48))'"
    return Error(message, hint=hint, id=f"accounts.{number}")
