"""
`/metrics` in Prometheus' text format.

The API and the workers are many processes, so nothing is counted in this one: gauges come from the database, counters
from the events server, at each scrape. What the database tells about the past is about the last hour: rows go when
an account is closed, and a counter must never fall.
"""

import logging
import secrets
from collections.abc import Callable, Iterator
from functools import cache
from typing import Final

from django.conf import settings
from django.db import connection
from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe
from prometheus_client import CollectorRegistry
from prometheus_client.core import (
    CounterMetricFamily,
    GaugeHistogramMetricFamily,
    GaugeMetricFamily,
)
from prometheus_client.exposition import CONTENT_TYPE_PLAIN_0_0_4, generate_latest
from prometheus_client.metrics_core import Metric
from prometheus_client.registry import Collector

from interview_platform.http.envelope import error_response
from interview_platform.http.errors import MESSAGES
from interview_platform.operations import selectors
from interview_platform.operations.bounded import Bounded, ask_all
from pipeline.providers import registry
from pipeline.runs.metrics import read_counters

logger = logging.getLogger(__name__)

SCRAPE_SECONDS: Final = 5.0  # that one scrape may take; Prometheus waits for ten
Metrics = list[Metric]


@require_safe
def metrics(request: HttpRequest) -> HttpResponse:
    """Return the metrics, to whoever knows METRICS_TOKEN when there is one."""
    if not _may_scrape(request):
        return error_response(401, MESSAGES[401], headers={"WWW-Authenticate": "Bearer"})
    registry = CollectorRegistry()
    registry.register(PlatformCollector())
    return HttpResponse(generate_latest(registry), content_type=CONTENT_TYPE_PLAIN_0_0_4)


class PlatformCollector(Collector):
    """Asks each source; one that is away is told by `interview_source_up`, and costs its own metrics alone."""

    def collect(self) -> Iterator[Metric]:
        """Yield every metric that can be told within `SCRAPE_SECONDS`."""
        up = GaugeMetricFamily(
            "interview_source_up", "Whether what the metrics come from answers.", labels=("source",)
        )
        for source, outcome in ask_all(_sources(), seconds=SCRAPE_SECONDS).items():
            is_away = isinstance(outcome, BaseException)
            up.add_metric((source,), 0 if is_away else 1)
            if isinstance(outcome, BaseException):
                logger.warning("No metrics from the %s: %r", source, outcome)
            else:
                yield from outcome
        yield up

    def describe(self) -> Metrics:
        """Ask nothing when the collector is registered."""
        return []


def ask_database() -> Metrics:
    """Return what the database tells."""
    try:
        return [*_work(), *_workers(), *_tries()]
    finally:
        connection.close()  # this thread's own


def ask_broker() -> Metrics:
    """Return what lies in the broker: far less than the backlog after a flush, more while workers are away."""
    messages = GaugeMetricFamily(
        "interview_broker_messages", "Messages in the broker.", labels=("queue",)
    )
    unacknowledged = GaugeMetricFamily(
        "interview_broker_unacknowledged", "Messages that a worker has taken and not finished."
    )
    broker = registry.broker()
    for queue, number in broker.waiting(settings.QUEUES).items():
        messages.add_metric((queue,), number)
    unacknowledged.add_metric((), broker.unacknowledged())
    return [messages, unacknowledged]


def ask_events() -> Metrics:
    """Return the counters that API and workers share."""
    events = CounterMetricFamily(
        "interview_pipeline_events",
        "What happened to runs (docs/operations.md).",
        labels=("event",),
    )
    for name, number in read_counters().items():
        events.add_metric((name,), number)
    return [events]


def _work() -> Iterator[Metric]:
    depth = GaugeMetricFamily(
        "interview_queue_depth", "Runs that wait for a worker of the queue.", labels=("queue",)
    )
    age = GaugeMetricFamily(
        "interview_queue_oldest_age_seconds", "Age of the oldest of them.", labels=("queue",)
    )
    for queue, backlog in selectors.measure_backlogs().items():
        depth.add_metric((queue,), backlog.depth)
        age.add_metric((queue,), backlog.oldest_age)
    runs = GaugeMetricFamily("interview_runs", "Runs by state.", labels=("state",))
    for state, count in selectors.count_runs().items():
        runs.add_metric((state,), count)
    yield from (depth, age, runs)


def _workers() -> Iterator[Metric]:
    workers = GaugeMetricFamily("interview_workers", "Workers seen of late.", labels=("queue",))
    for queue, count in selectors.count_live_workers().items():
        workers.add_metric((queue,), count)
    yield workers


def _tries() -> Iterator[Metric]:
    tries = GaugeMetricFamily(
        "interview_stage_tries",
        "Tries at a stage that ended within the last hour.",
        labels=("stage", "outcome"),
    )
    seconds = GaugeHistogramMetricFamily(
        "interview_stage_seconds",
        "Time that the successful ones of the last hour took.",
        labels=("stage",),
    )
    for row in selectors.measure_tries():
        tries.add_metric((row.stage, row.outcome), row.count)
        if row.outcome == "ok":
            bounds = [*map(str, selectors.SECOND_BOUNDS), "+Inf"]
            buckets = list(zip(bounds, [*row.within, row.count], strict=True))
            seconds.add_metric((row.stage,), buckets, row.seconds)
    yield from (tries, seconds)


@cache
def _sources() -> dict[str, Bounded[Metrics]]:
    """Return the questions of this process: the same ones for every scrape."""
    asks: dict[str, Callable[[], Metrics]] = {
        "database": ask_database,
        "broker": ask_broker,
        "events": ask_events,
    }
    return {name: Bounded(ask) for name, ask in asks.items()}


def _may_scrape(request: HttpRequest) -> bool:
    token = settings.METRICS_TOKEN
    given = request.headers.get("Authorization", "")
    return not token or secrets.compare_digest(given.encode(), f"Bearer {token}".encode())
