"""What a worker's main process does beside its tasks."""

import json
import os
import threading
import time
from datetime import timedelta
from functools import partial

import pytest
from billiard.exceptions import TimeLimitExceeded, WorkerLostError
from django.db import connection
from django.db.models.functions import Now

from pipeline.models import PipelineRun, Stage, WorkerHeartbeat
from pipeline.runs import dispatch, leases, periodic
from pipeline.runs.worker_signals import (
    _Recovery,
    delete_stale_workers,
    expire_lost_lease,
    no_forks,
    report_alive,
)
from pipeline.tasks import do_upkeep
from tests.factories import make_heartbeat, make_run
from tests.private_broker import PrivateBroker

UNAVAILABLE = leases.ClaimResult.UNAVAILABLE
NOT_YET = 0.3  # seconds in which a child that nothing holds back is made many times over


class TestAChild:
    def test_is_not_made_while_its_parent_is_at_a_database_in_a_file(self) -> None:
        is_at_it, is_through = threading.Event(), threading.Event()

        def look() -> None:
            with no_forks():
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


@pytest.mark.django_db(transaction=True)  # it closes its thread's connection
class TestAChildThatIsGone:
    @pytest.mark.parametrize("trouble", [WorkerLostError(), TimeLimitExceeded(1)])
    def test_holds_its_run_no_longer(
        self, trouble: Exception, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(_Recovery, "name", "gpu@here")
        run = make_run()
        claimed(run, worker="gpu@here")

        expire_lost_lease(sender=None, exception=trouble, kwargs={"run_id": run.pk})

        claimed(run, worker="gpu@there")

    def test_takes_nothing_from_a_worker_elsewhere(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(_Recovery, "name", "gpu@here")
        run = make_run()
        claimed(run, worker="gpu@there")

        expire_lost_lease(sender=None, exception=WorkerLostError(), kwargs={"run_id": run.pk})

        assert leases.claim(run_id=run.pk, stage=Stage.TRANSCRIBE, worker="gpu@here") == UNAVAILABLE


def claimed(run: PipelineRun, *, worker: str) -> None:
    """Take the run for this worker."""
    held = leases.claim(run_id=run.pk, stage=Stage.TRANSCRIBE, worker=worker)
    assert isinstance(held, leases.Claim)


@pytest.mark.django_db
class TestASignOfLife:
    def test_is_one_row_a_worker(self) -> None:
        for concurrency in (1, 2):
            report_alive("gpu@here", queues=["gpu"], concurrency=concurrency)

        assert WorkerHeartbeat.objects.get().concurrency == 2

    def test_is_forgotten_a_day_after_the_worker(self) -> None:
        make_heartbeat(name="alive")
        make_heartbeat(name="dead")
        WorkerHeartbeat.objects.filter(name="dead").update(seen_at=Now() - timedelta(hours=25))

        assert delete_stale_workers() == 1
        assert WorkerHeartbeat.objects.get().name == "alive"


class TestUpkeep:
    @pytest.fixture(autouse=True)
    def _no_other_jobs(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(periodic, "JOBS", dict(periodic.JOBS))
        monkeypatch.setattr(dispatch._Rest, "until", 0.0)

    def test_mends_what_is_due_without_a_broker(self) -> None:
        periodic.JOBS.clear()
        done: list[str] = []
        for name, seconds in (("often", 0.0), ("rarely", 3600.0)):
            periodic.register(
                name, every_seconds=seconds, do=partial(done.append, name), is_mending=True
            )

        for _ in range(2):
            periodic.see_to_what_is_due()

        assert done == ["often", "rarely", "often"]

    def test_has_the_rest_done_on_its_own_queue(self, broker: PrivateBroker) -> None:
        periodic.JOBS.clear()
        done: list[str] = []
        periodic.register("a sweep", every_seconds=3600.0, do=partial(done.append, "swept"))

        seen_to = [periodic.see_to_what_is_due() for _ in range(2)]
        with broker.client() as client:
            [message] = client.lrange("interview:maint", 0, -1)
        do_upkeep(name="a sweep")

        assert seen_to == [["a sweep"], []]
        assert b"do_upkeep" in message
        assert json.loads(message)["headers"]["expires"]
        assert done == ["swept"]

    def test_is_asked_for_again_when_the_broker_is_away(self, broker: PrivateBroker) -> None:
        periodic.JOBS.clear()
        periodic.register("a sweep", every_seconds=3600.0, do=list)
        broker.kill()

        assert periodic.see_to_what_is_due() == []
        assert periodic.JOBS["a sweep"].due_at <= time.monotonic()

    def test_leaves_alone_what_another_version_has_sent(self) -> None:
        do_upkeep(name="what will be thought of next year")

    def test_has_jobs_for_all_that_grows(self) -> None:
        names = " ".join(periodic.JOBS)

        for what in ("workers", "recordings", "Idempotency-Key"):
            assert what in names


def make_child() -> None:
    child = os.fork()
    if child == 0:
        os._exit(0)
    os.waitpid(child, 0)
