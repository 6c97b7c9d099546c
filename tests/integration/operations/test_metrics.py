"""A scraper reads what operators must see."""

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.test import override_settings
from django.utils import timezone
from prometheus_client.parser import text_string_to_metric_families
from rest_framework.test import APIClient

from pipeline.models import PipelineRun, Stage, StageRun
from pipeline.runs import metrics
from tests.environment import ROOT
from tests.factories import make_finished_run, make_run, make_session_run, make_stage_run
from tests.private_broker import PrivateBroker

Labels = dict[str, str]
Outcome = StageRun.Outcome
ALERTS = ROOT / "deploy" / "alerts.yml"
NAMED = re.compile(r"\binterview_\w+")
SELECTED = re.compile(r'\b(interview_\w+)\{(\w+)="(\w+)"\}')


class Scraped:
    """What one scrape brought."""

    def __init__(self, text: str) -> None:
        families = text_string_to_metric_families(text)
        self.samples = [sample for family in families for sample in family.samples]

    def names(self) -> set[str]:
        return {sample.name for sample in self.samples}

    def value(self, name: str, **labels: str) -> float:
        (value,) = [
            sample.value
            for sample in self.samples
            if sample.name == name and labels.items() <= sample.labels.items()
        ]
        return float(value)

    def label_values(self, name: str, label: str) -> set[str]:
        return {sample.labels[label] for sample in self.samples if sample.name == name}


@pytest.fixture
def scrape(api: APIClient) -> Callable[[], Scraped]:
    def get() -> Scraped:
        response: Any = api.get("/metrics")
        assert response.status_code == 200
        assert response.headers["Content-Type"].startswith("text/plain; version=0.0.4")
        return Scraped(response.content.decode())

    return get


Scrape = Callable[[], Scraped]


def tried(*, outcome: str, seconds: float, ago: timedelta = timedelta(0)) -> StageRun:
    """Return a try at recognising that ended so, after so many seconds."""
    ended = timezone.now() - ago
    return make_stage_run(
        outcome=outcome, started_at=ended - timedelta(seconds=seconds), ended_at=ended
    )


@pytest.mark.usefixtures("whole_platform")
class TestMetrics:
    def test_tell_what_waits_on_each_queue_and_for_how_long(self, scrape: Scrape) -> None:
        oldest = make_run()
        PipelineRun.objects.filter(pk=oldest.pk).update(
            created_at=timezone.now() - timedelta(seconds=90)
        )
        make_run()
        make_session_run(state=PipelineRun.State.RETRY_WAIT)
        make_finished_run()

        found = scrape()

        assert found.value("interview_queue_depth", queue="gpu") == 2
        assert found.value("interview_queue_depth", queue="cpu") == 1
        assert 89 < found.value("interview_queue_oldest_age_seconds", queue="gpu") < 120
        assert found.value("interview_queue_oldest_age_seconds", queue="cpu") < 30
        assert found.value("interview_runs", state="queued") == 2
        assert found.value("interview_runs", state="completed") == 1
        assert found.value("interview_runs", state="failed") == 0

    def test_tell_an_empty_queue_too(self, scrape: Scrape) -> None:
        found = scrape()

        assert found.value("interview_queue_depth", queue="gpu") == 0
        assert found.value("interview_queue_oldest_age_seconds", queue="cpu") == 0

    def test_tell_how_tries_ended_and_how_long_the_good_ones_took(self, scrape: Scrape) -> None:
        tried(outcome=Outcome.OK, seconds=0.2)
        tried(outcome=Outcome.OK, seconds=7)
        tried(outcome=Outcome.LOST, seconds=60)
        tried(outcome=Outcome.OK, seconds=5, ago=timedelta(hours=2))
        make_stage_run()  # still running

        found = scrape()
        within = {"stage": "transcribe"}

        assert found.value("interview_stage_tries", outcome="ok", **within) == 2
        assert found.value("interview_stage_tries", outcome="lost", **within) == 1
        assert found.value("interview_stage_seconds_bucket", le="0.1", **within) == 0
        assert found.value("interview_stage_seconds_bucket", le="0.25", **within) == 1
        assert found.value("interview_stage_seconds_bucket", le="10.0", **within) == 2
        assert found.value("interview_stage_seconds_bucket", le="+Inf", **within) == 2
        assert found.value("interview_stage_seconds_gsum", **within) == pytest.approx(7.2)

    def test_tell_what_lies_in_the_broker_and_what_was_counted_by_any_process(
        self, scrape: Scrape, broker: PrivateBroker
    ) -> None:
        with broker.client() as client:
            client.rpush("interview:gpu", "a", "b")
            client.hset("interview:unacked", "tag", "message")
        metrics.count("fenced", number=3)

        found = scrape()

        assert found.value("interview_broker_messages", queue="gpu") == 2
        assert found.value("interview_broker_messages", queue="cpu") == 0
        assert found.value("interview_broker_unacknowledged") == 1
        assert found.value("interview_pipeline_events_total", event="fenced") == 3
        assert found.value("interview_pipeline_events_total", event="lost") == 0

    def test_tell_which_workers_live(self, scrape: Scrape) -> None:
        assert scrape().value("interview_workers", queue="gpu") == 1

    def test_tell_the_rest_when_the_broker_is_away(
        self, scrape: Scrape, broker: PrivateBroker
    ) -> None:
        broker.kill()

        found = scrape()

        assert found.value("interview_source_up", source="broker") == 0
        assert found.value("interview_source_up", source="events") == 0
        assert found.value("interview_source_up", source="database") == 1
        assert found.value("interview_queue_depth", queue="gpu") == 0
        assert "interview_broker_messages" not in found.names()

    def test_ask_the_database_a_fixed_number_of_questions(
        self, django_assert_num_queries: Any
    ) -> None:
        from interview_platform.operations.metrics import ask_database

        for _ in range(5):
            tried(outcome=Outcome.OK, seconds=1)

        with django_assert_num_queries(4):
            ask_database()


@pytest.mark.usefixtures("whole_platform")
class TestMetricsToken:
    @override_settings(METRICS_TOKEN="scrape-me-please")
    def test_is_asked_for_when_there_is_one(self, api: APIClient) -> None:
        without = api.get("/metrics")
        wrong = api.get("/metrics", HTTP_AUTHORIZATION="Bearer scrape-me-pleasf")
        right = api.get("/metrics", HTTP_AUTHORIZATION="Bearer scrape-me-please")

        assert [answer.status_code for answer in (without, wrong, right)] == [401, 401, 200]
        assert without.json()["success"] is False
        assert without.headers["WWW-Authenticate"] == "Bearer"


@pytest.mark.usefixtures("whole_platform")
class TestAlerts:
    def test_name_only_metrics_that_are_there(self, scrape: Scrape) -> None:
        tried(outcome=Outcome.OK, seconds=1)
        rules = "\n".join(re.findall(r"^ +expr: (.+)$", ALERTS.read_text("utf-8"), re.MULTILINE))

        found = scrape()

        assert set(NAMED.findall(rules)) <= found.names()
        for name, label, value in SELECTED.findall(rules):
            known = found.label_values(name, label)
            assert value in known | set(Stage.values), f"{name}{{{label}={value}}}"

    def test_each_say_what_to_do(self) -> None:
        text = ALERTS.read_text("utf-8")
        alerts = re.findall(r"- alert: \w+", text)

        assert len(alerts) >= 10
        for word in ("expr", "for", "labels", "summary", "do"):
            assert len(re.findall(rf"^ +{word}: .+", text, re.MULTILINE)) == len(alerts), word
        assert all(line.endswith(".") for line in re.findall(r"^ +do: (.+)$", text, re.MULTILINE))
