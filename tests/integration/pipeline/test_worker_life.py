"""What a worker's main process does beside its tasks."""

import os
import threading
from datetime import timedelta

import pytest
from django.db import connection
from django.db.models.functions import Now

from pipeline import upkeep
from pipeline.models import WorkerHeartbeat
from pipeline.worker_life import childless, forget_the_dead, show_life
from tests.factories import make_heartbeat

NOT_YET = 0.3  # seconds in which a child that nothing holds back is made many times over


class TestAChild:
    def test_is_not_made_while_its_parent_is_at_a_database_in_a_file(self) -> None:
        is_at_it, is_through = threading.Event(), threading.Event()

        def look() -> None:
            with childless():
                is_at_it.set()
                is_through.wait()

        at_the_database = threading.Thread(target=look)
        maker = threading.Thread(target=make_child)
        at_the_database.start()
        is_at_it.wait()
        maker.start()
        maker.join(NOT_YET)
        was_held_back = maker.is_alive()
        is_through.set()
        maker.join()
        at_the_database.join()

        assert was_held_back == (connection.vendor == "sqlite")


@pytest.mark.django_db
class TestASignOfLife:
    def test_is_one_row_a_worker(self) -> None:
        for concurrency in (1, 2):
            show_life("gpu@here", queues=["gpu"], concurrency=concurrency)

        assert WorkerHeartbeat.objects.get().concurrency == 2

    def test_is_forgotten_a_day_after_the_worker(self) -> None:
        make_heartbeat(name="alive")
        make_heartbeat(name="dead")
        WorkerHeartbeat.objects.filter(name="dead").update(seen_at=Now() - timedelta(hours=25))

        assert forget_the_dead() == 1
        assert WorkerHeartbeat.objects.get().name == "alive"


class TestUpkeep:
    def test_does_each_job_when_its_time_has_come(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(upkeep, "JOBS", {})
        done: list[str] = []
        upkeep.register("often", every_seconds=0.0, do=lambda: done.append("often"))
        upkeep.register("rarely", every_seconds=3600.0, do=lambda: done.append("rarely"))

        for _ in range(2):
            upkeep.do_what_is_due()

        assert done == ["often", "rarely", "often"]

    def test_has_jobs_for_all_that_grows(self) -> None:
        names = " ".join(upkeep.JOBS)

        for what in ("workers", "recordings", "Idempotency-Key"):
            assert what in names


def make_child() -> None:
    child = os.fork()
    if child == 0:
        os._exit(0)
    os.waitpid(child, 0)
