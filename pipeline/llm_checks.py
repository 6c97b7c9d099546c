"""Mistakes in the settings of language models, found at start-up."""

from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.core.checks import CheckMessage, Error, Warning, register  # noqa: A004 - Django's name

LONGEST = 60.0  # seconds: the worker that asks is stopped after 75
LOOPBACK = ("localhost", "127.0.0.1", "::1")


@register()
def language_model_can_be_asked(**kwargs: Any) -> list[CheckMessage]:
    """Return an error for a provider without a key or with an address that is none."""
    if settings.LLM_PROVIDER == "none":
        return []
    return [*_check_key(), *_check_address(), *_check_patience()]


def _check_key() -> list[CheckMessage]:
    if settings.LLM_API_KEY or settings.LLM_BASE_URL:  # a server of one's own may need no key
        return []
    hint = "Set LLM_API_KEY, or LLM_PROVIDER=none to take all questions from the built-in bank."
    return [Error(f"LLM_PROVIDER={settings.LLM_PROVIDER} needs a key.", hint=hint, id="llm.E001")]


def _check_address() -> list[CheckMessage]:
    address = settings.LLM_BASE_URL
    if not address:
        return []
    try:
        parts = urlsplit(address)
        host = parts.hostname
    except ValueError:
        host = None
    if not host or parts.scheme not in ("http", "https"):
        return [Error(f"LLM_BASE_URL={address!r}: expected an http(s) address.", id="llm.E002")]
    if parts.scheme == "http" and settings.LLM_API_KEY and host not in LOOPBACK:
        hint = "Use https: the key and the job descriptions travel in the clear."
        return [Warning("LLM_BASE_URL is not encrypted.", hint=hint, id="llm.W003")]
    return []


def _check_patience() -> list[CheckMessage]:
    if settings.LLM_TIMEOUT_SECONDS <= LONGEST:
        return []
    message = (
        f"LLM_TIMEOUT_SECONDS is over {LONGEST:.0f}: the worker that asks would be stopped first."
    )
    return [Error(message, id="llm.E004")]
