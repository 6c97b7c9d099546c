"""System checks of the pipeline's settings and of the language model."""

import math
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.core.checks import CheckMessage, Error, Warning, register  # noqa: A004 - Django's name


@register()
def score_weights_sum_to_one(**kwargs: Any) -> list[CheckMessage]:
    """Return an error for weights that do not add up to 1, or are negative."""
    total = sum(settings.SCORE_WEIGHTS.values())
    if math.isclose(total, 1.0) and min(settings.SCORE_WEIGHTS.values()) >= 0:
        return []
    return [Error(f"SCORE_WEIGHTS add up to {total}.", hint="Make them 1.0.", id="pipeline.E001")]


@register()
def leases_outlive_heartbeats(**kwargs: Any) -> list[CheckMessage]:
    """Return an error where a lease would run out between two signs of life."""
    if settings.LEASE_SECONDS >= 2 * settings.HEARTBEAT_SECONDS:
        return []
    message = "LEASE_SECONDS is under two HEARTBEAT_SECONDS: a busy worker would lose its run."
    return [Error(message, id="pipeline.E002")]


@register()
def messages_outlive_tasks(**kwargs: Any) -> list[CheckMessage]:
    """Return a warning where the broker would deliver a task again while it runs."""
    longest = max(hard for _, hard in settings.STAGE_LIMITS.values())
    options: dict[str, Any] = settings.CELERY_BROKER_TRANSPORT_OPTIONS
    hidden = options.get("visibility_timeout", math.inf)
    if hidden > longest:
        return []
    message = (
        f"The broker's visibility_timeout ({hidden} s) is under the longest task ({longest} s)."
    )
    return [Warning(message, id="pipeline.W001")]


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
