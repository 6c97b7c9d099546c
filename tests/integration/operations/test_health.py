"""A probe asks whether the platform lives, and whether it is ready."""

import stat
import threading
import time
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core.files.storage import default_storage
from django.db import connection
from django.utils import timezone
from rest_framework.test import APIClient

from interview_platform.operations import health
from interview_platform.operations.bounded import Bounded, ask_all
from pipeline.models import WorkerHeartbeat
from tests.private_broker import PrivateBroker
from tests.waiting import wait_until

LONG_AGO = timedelta(minutes=5)


def missing_parts(response: Any) -> dict[str, str]:
    """Check that it is a refusal in the envelope; return what it names as missing, with the code."""
    assert response.status_code == 503
    body = response.json()
    assert body["data"] is None
    assert response.headers["Retry-After"]
    return {row["field"]: row["code"] for row in body["error"]["details"]}


class TestLive:
    def test_says_that_the_process_lives_and_asks_nobody(self, api: APIClient) -> None:
        response = api.get("/health/live")  # without a database: the test has no mark for one

        assert response.status_code == 200
        assert response.json()["data"] == {"status": "live"}


class TestReady:
    def test_is_green_when_everything_is_there(
        self, api: APIClient, whole_platform: PrivateBroker
    ) -> None:
        response = api.get("/health/ready")

        assert response.status_code == 200, response.content
        assert response.json()["data"] == {
            "status": "ready",
            "parts": {
                "database": "ok",
                "broker": "ok",
                "storage": "ok",
                "worker_gpu": "ok",
                "worker_cpu": "ok",
                "worker_maint": "ok",
            },
        }

    def test_names_the_broker_that_is_away_and_sees_it_come_back(
        self, api: APIClient, whole_platform: PrivateBroker
    ) -> None:
        whole_platform.kill()
        response = api.get("/health/ready")
        whole_platform.ensure_running()

        assert missing_parts(response) == {"broker": "unavailable"}
        assert response.json()["error"]["message"] == "Not ready: broker"
        assert api.get("/health/ready").status_code == 200

    def test_answers_in_time_when_the_broker_hangs(
        self, api: APIClient, whole_platform: PrivateBroker
    ) -> None:
        whole_platform.hang()

        began = time.monotonic()
        response = api.get("/health/ready")

        assert missing_parts(response) == {"broker": "unavailable"}
        assert time.monotonic() - began < health.ASK_SECONDS

    def test_answers_in_time_when_the_database_hangs(
        self, api: APIClient, whole_platform: PrivateBroker, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        come_back = threading.Event()
        monkeypatch.setattr(health, "ASK_SECONDS", 0.2)
        monkeypatch.setattr(health, "ask_database", come_back.wait)

        response = api.get("/health/ready")
        come_back.set()

        assert missing_parts(response) == {
            "database": "unavailable",
            "worker_gpu": "unknown",
            "worker_cpu": "unknown",
            "worker_maint": "unknown",
        }

    def test_says_nothing_of_where_the_parts_are(
        self, api: APIClient, whole_platform: PrivateBroker
    ) -> None:
        whole_platform.kill()

        response = api.get("/health/ready")

        assert b"127.0.0.1" not in response.content
        assert b"redis" not in response.content

    def test_names_the_queue_whose_worker_went_silent(
        self, api: APIClient, whole_platform: PrivateBroker
    ) -> None:
        WorkerHeartbeat.objects.filter(queues=["gpu"]).update(seen_at=timezone.now() - LONG_AGO)

        response = api.get("/health/ready")

        assert missing_parts(response) == {"worker_gpu": "unavailable"}

    def test_logs_what_changed_and_not_each_look(
        self, api: APIClient, whole_platform: PrivateBroker, caplog: pytest.LogCaptureFixture
    ) -> None:
        WorkerHeartbeat.objects.filter(queues=["gpu"]).update(seen_at=timezone.now() - LONG_AGO)
        api.get("/health/ready")
        api.get("/health/ready")
        WorkerHeartbeat.objects.update(seen_at=timezone.now())
        api.get("/health/ready")

        said = [record.message for record in caplog.records]

        assert said == ["Missing: worker_gpu", "Missing: nothing any more"]

    def test_takes_one_worker_of_all_queues(
        self, api: APIClient, whole_platform: PrivateBroker
    ) -> None:
        WorkerHeartbeat.objects.exclude(queues=["cpu"]).delete()
        WorkerHeartbeat.objects.update(queues=["cpu", "gpu", "maint"])

        assert api.get("/health/ready").status_code == 200

    def test_names_the_storage_that_takes_nothing(
        self,
        api: APIClient,
        whole_platform: PrivateBroker,
        tmp_path: Path,
        monkeypatch: pytest.MonkeyPatch,
    ) -> None:
        (tmp_path / "file").touch()
        monkeypatch.setattr(default_storage, "location", str(tmp_path / "file"))

        response = api.get("/health/ready")

        assert missing_parts(response) == {"storage": "unavailable"}

    def test_names_the_database_without_its_tables(
        self, api: APIClient, whole_platform: PrivateBroker
    ) -> None:
        with connection.schema_editor() as editor:
            editor.alter_db_table(WorkerHeartbeat, "pipeline_workerheartbeat", "set_aside")
        try:
            response = api.get("/health/ready")
        finally:
            with connection.schema_editor() as editor:
                editor.alter_db_table(WorkerHeartbeat, "set_aside", "pipeline_workerheartbeat")

        assert missing_parts(response)["database"] == "unavailable"

    def test_leaves_no_trace_in_the_storage(
        self, api: APIClient, whole_platform: PrivateBroker
    ) -> None:
        api.get("/health/ready")
        folder = Path(default_storage.path(""))

        assert not list(folder.glob("tmp*"))
        assert stat.S_IMODE(folder.stat().st_mode) == 0o700


class TestBounded:
    def test_asks_a_part_that_hangs_only_once(self) -> None:
        asked: list[int] = []
        come_back = threading.Event()

        def hang() -> bool:
            asked.append(1)
            return come_back.wait(60)

        question = Bounded(hang)
        outcomes = [ask_all({"part": question}, seconds=0.01)["part"] for _ in range(5)]
        come_back.set()

        assert [type(outcome) for outcome in outcomes] == [TimeoutError] * 5
        assert len(asked) == 1
        wait_until(lambda: ask_all({"part": question}, seconds=1.0)["part"] is True)

    def test_asks_all_at_once(self) -> None:
        meeting = threading.Barrier(2, timeout=10)
        ask: Callable[[], int] = meeting.wait

        outcomes = ask_all({"one": Bounded(ask), "other": Bounded(ask)}, seconds=10)

        assert set(outcomes.values()) == {0, 1}
