"""Mistakes in the settings of the pipeline, found at start-up."""

import math
from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error, Warning, register  # noqa: A004 - Django's name

from pipeline import llm_checks  # noqa: F401 - its import registers the checks of the language model


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
