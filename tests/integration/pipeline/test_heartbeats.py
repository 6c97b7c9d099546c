"""How long a lease is kept alive, and what the thread that does so outlives."""

import pytest
from django.db import DatabaseError
from pytest_django.fixtures import Settings

from pipeline import heartbeats, leases
from pipeline.heartbeats import kept_alive
from pipeline.leases import Claim
from pipeline.models import Stage
from tests.factories import make_run
from tests.waiting import wait_until

pytestmark = pytest.mark.django_db(transaction=True)


class Beats:
    """Stands in for the lease's own beat, and counts."""

    def __init__(self, *answers: bool | Exception) -> None:
        self.count = 0
        self.answers = list(answers)

    def __call__(self, held: Claim) -> bool:
        self.count += 1
        answer = self.answers.pop(0) if self.answers else True
        if isinstance(answer, Exception):
            raise answer
        return answer

    def come_to(self, count: int) -> None:
        wait_until(lambda: self.count >= count, seconds=10)


@pytest.fixture
def held(settings: Settings) -> Claim:
    settings.HEARTBEAT_SECONDS = 0.02
    taken = leases.claim(run_id=make_run().pk, stage=Stage.TRANSCRIBE, worker="gpu@test")
    assert isinstance(taken, Claim)
    return taken


def beats_of(monkeypatch: pytest.MonkeyPatch, *answers: bool | Exception) -> Beats:
    beats = Beats(*answers)
    monkeypatch.setattr(leases, "beat", beats)
    return beats


def test_it_beats_again_and_again(held: Claim, monkeypatch: pytest.MonkeyPatch) -> None:
    beats = beats_of(monkeypatch)

    with kept_alive(held):
        beats.come_to(3)


def test_it_goes_on_when_the_database_was_away(
    held: Claim, monkeypatch: pytest.MonkeyPatch
) -> None:
    beats = beats_of(monkeypatch, DatabaseError("away"))

    with kept_alive(held):
        beats.come_to(2)


def test_it_ends_with_the_stage(held: Claim, monkeypatch: pytest.MonkeyPatch) -> None:
    beats = beats_of(monkeypatch)
    with kept_alive(held):
        beats.come_to(1)
    after = beats.count

    with kept_alive(_other()):
        beats.come_to(after + 3)

    assert not is_kept(held)


def test_it_ends_with_the_lease(held: Claim, monkeypatch: pytest.MonkeyPatch) -> None:
    beats = beats_of(monkeypatch, False)

    with kept_alive(held):
        beats.come_to(1)
        wait_until(lambda: not is_kept(held), seconds=10)


def test_it_ends_at_the_hard_limit_of_a_stage_that_hangs(
    held: Claim, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.STAGE_LIMITS = {**settings.STAGE_LIMITS, "transcribe": (0.1, 0.2)}
    beats = beats_of(monkeypatch)

    with kept_alive(held):
        beats.come_to(1)
        wait_until(lambda: not is_kept(held), seconds=10)


def test_a_child_has_a_thread_of_its_own(held: Claim, monkeypatch: pytest.MonkeyPatch) -> None:
    beats = beats_of(monkeypatch)
    with kept_alive(held):
        beats.come_to(1)
    before = heartbeats._Process.heart

    heartbeats._begin_anew()

    assert heartbeats._Process.heart is not before
    with kept_alive(held):
        beats.come_to(beats.count + 1)


def is_kept(held: Claim) -> bool:
    return held.token in heartbeats._Process.heart._kept


def _other() -> Claim:
    taken = leases.claim(run_id=make_run().pk, stage=Stage.TRANSCRIBE, worker="gpu@test")
    assert isinstance(taken, Claim)
    return taken
