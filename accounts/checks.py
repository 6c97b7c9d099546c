"""Mistakes in the settings of who may come in and how, found at start-up."""

import re
from typing import Any, Final
from urllib.parse import urlsplit

from django.conf import settings
from django.core.checks import CheckMessage, Error, Tags, Warning, register  # noqa: A004 - Django's name

MIN_KEY_BYTES = 32  # HS256: RFC 7518, section 3.2
ADMIN_PATH: Final = re.compile(r"[\w-]+(/[\w-]+)*")
TAKEN: Final = {"api", "docs", "redoc", "health", "metrics", "static", "uploads", "openapi.json"}
LOOPBACK: Final = {"127.0.0.1", "localhost", "::1"}
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


@register(Tags.security)
def admin_has_a_path_of_its_own(**kwargs: Any) -> list[CheckMessage]:
    """Return an error for a path that something else has, or that is none."""
    path: str = settings.ADMIN_PATH
    if ADMIN_PATH.fullmatch(path) and path.partition("/")[0] not in TAKEN:
        return []
    hint = "Letters, digits, - and _, such as desk-7; not the first part of a path that is taken."
    return [Error(f"ADMIN_PATH is {path!r}.", hint=hint, id="accounts.E006")]


@register(Tags.security, deploy=True)
def links_in_mails_lead_here(**kwargs: Any) -> list[CheckMessage]:
    """Return a warning when mails go out with links that lead nowhere."""
    if not settings.EMAIL_URL or urlsplit(settings.PUBLIC_URL).hostname not in LOOPBACK:
        return []
    hint = "Set PUBLIC_URL to the address that people open."
    return [Warning("Links in mails lead to this machine.", hint=hint, id="accounts.W001")]


def _error(message: str, number: str) -> Error:
    hint = "Set it to random text: python -c 'import secrets; print(secrets.token_urlsafe(48))'"
    return Error(message, hint=hint, id=f"accounts.{number}")
