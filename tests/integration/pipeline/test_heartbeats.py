"""How long a heartbeat renews the lease of a stage."""

import threading

import pytest
from django.db import DatabaseError
from pytest_django.fixtures import Settings

from pipeline.models import Stage
from pipeline.runs import leases
from pipeline.runs.leases import Claim, keep_lease_alive
from tests.factories import make_run
from tests.waiting import wait_until

pytestmark = pytest.mark.django_db(transaction=True)


class Renewals:
    """Stands in for `leases.renew`, and counts."""

    def __init__(self, *answers: bool | Exception) -> None:
        self.count = 0
        self.answers = list(answers)

    def __call__(self, held: Claim) -> bool:
        self.count += 1
        answer = self.answers.pop(0) if self.answers else True
        if isinstance(answer, Exception):
            raise answer
        return answer

    def reach(self, count: int) -> None:
        wait_until(lambda: self.count >= count, seconds=10)


@pytest.fixture
def held(settings: Settings) -> Claim:
    settings.HEARTBEAT_SECONDS = 0.02
    taken = leases.claim(run_id=make_run().pk, stage=Stage.TRANSCRIBE, worker="gpu@test")
    assert isinstance(taken, Claim)
    return taken


def renewals_of(monkeypatch: pytest.MonkeyPatch, *answers: bool | Exception) -> Renewals:
    renewals = Renewals(*answers)
    monkeypatch.setattr(leases, "renew", renewals)
    return renewals


def test_it_renews_the_lease_again_and_again(held: Claim, monkeypatch: pytest.MonkeyPatch) -> None:
    renewals = renewals_of(monkeypatch)

    with keep_lease_alive(held):
        renewals.reach(3)


def test_it_continues_after_a_database_error(held: Claim, monkeypatch: pytest.MonkeyPatch) -> None:
    renewals = renewals_of(monkeypatch, DatabaseError("down"))

    with keep_lease_alive(held):
        renewals.reach(2)


def test_it_ends_with_the_stage(held: Claim, monkeypatch: pytest.MonkeyPatch) -> None:
    renewals = renewals_of(monkeypatch)

    with keep_lease_alive(held):
        renewals.reach(1)

    assert not is_running()


def test_it_ends_with_the_lease(held: Claim, monkeypatch: pytest.MonkeyPatch) -> None:
    renewals = renewals_of(monkeypatch, False)

    with keep_lease_alive(held):
        renewals.reach(1)
        wait_until(lambda: not is_running(), seconds=10)

    assert renewals.count == 1


def test_it_ends_at_the_hard_limit_of_a_stage_that_hangs(
    held: Claim, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.STAGE_LIMITS = {**settings.STAGE_LIMITS, "transcribe": (0.1, 0.2)}
    renewals = renewals_of(monkeypatch)

    with keep_lease_alive(held):
        renewals.reach(1)
        wait_until(lambda: not is_running(), seconds=10)


def is_running() -> bool:
    return any(thread.name == "heartbeat" for thread in threading.enumerate())
