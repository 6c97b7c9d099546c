"""What a worker's child loads before it takes work."""

import logging

import pytest
from celery import current_app
from pytest_django.fixtures import Settings

from pipeline.domain.ports import Judges, TransientError
from pipeline.providers import registry
from pipeline.runs import preloading
from tests.answers import small_judges


class Recogniser:
    """A recogniser that counts how often it was warmed up, or has no model."""

    def __init__(self, *, trouble: Exception | None = None) -> None:
        self.warmed = 0
        self.trouble = trouble

    def warm_up(self) -> None:
        if self.trouble:
            raise self.trouble
        self.warmed += 1


@pytest.fixture
def recogniser(monkeypatch: pytest.MonkeyPatch) -> Recogniser:
    """Stand in for the real models."""
    made = Recogniser()
    monkeypatch.setattr(registry, "speech_to_text", lambda: made)
    return made


def serve(monkeypatch: pytest.MonkeyPatch, *queues: str) -> None:
    """Let the worker serve these queues alone."""
    monkeypatch.setattr(current_app.amqp.queues, "_consume_from", dict.fromkeys(queues))


class TestAChild:
    def test_has_the_recogniser_ready_where_it_serves_the_gpu_queue(
        self, monkeypatch: pytest.MonkeyPatch, recogniser: Recogniser
    ) -> None:
        serve(monkeypatch, "gpu")
        preloading.load_what_the_queues_need()

        assert recogniser.warmed == 1

    def test_has_the_judges_ready_where_it_serves_the_cpu_queue(
        self, monkeypatch: pytest.MonkeyPatch, recogniser: Recogniser
    ) -> None:
        asked: list[str] = []

        def judges(*, language: str) -> Judges:
            asked.append(language)
            return small_judges()

        monkeypatch.setattr(registry, "judges", judges)
        serve(monkeypatch, "cpu", "maint")
        preloading.load_what_the_queues_need()

        assert asked == ["en"]
        assert recogniser.warmed == 0

    def test_loads_nothing_where_it_is_told_not_to(
        self, monkeypatch: pytest.MonkeyPatch, recogniser: Recogniser, settings: Settings
    ) -> None:
        settings.WORKER_PRELOAD = False
        serve(monkeypatch, "gpu")
        preloading.load_what_the_queues_need()

        assert recogniser.warmed == 0

    def test_starts_all_the_same_without_a_model(
        self,
        monkeypatch: pytest.MonkeyPatch,
        recogniser: Recogniser,
        caplog: pytest.LogCaptureFixture,
    ) -> None:
        recogniser.trouble = TransientError("speech_model_unavailable", "There are no weights.")
        serve(monkeypatch, "gpu")
        with caplog.at_level(logging.WARNING):
            preloading.load_what_the_queues_need()

        assert "There are no weights" in caplog.text
