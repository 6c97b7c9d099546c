"""Who may work on a run, and whose result counts."""

import threading
import uuid
from collections.abc import Callable
from contextlib import suppress
from datetime import timedelta
from threading import Timer
from typing import Final

import pytest
from django.db import OperationalError, transaction
from django.db.models.functions import Now
from pytest_django.fixtures import Settings

from pipeline.domain.ports import PermanentError, TransientError
from pipeline.models import PipelineRun, Stage, StageRun
from pipeline.runs import leases
from pipeline.runs.leases import Claim, ClaimResult, LeaseLost
from tests.factories import make_run, make_session_run
from tests.integration.pipeline.conftest import let_lease_run_out
from tests.waiting import wait_until

pytestmark = pytest.mark.django_db

TIRED = TransientError("tired", "Come again later.")
BROKEN = PermanentError("broken", "This is no recording.")


def take(run: PipelineRun, stage: Stage = Stage.TRANSCRIBE) -> Claim:
    held = leases.claim(run_id=run.pk, stage=stage, worker="gpu@test")
    assert isinstance(held, Claim)
    return held


def outcomes(run: PipelineRun) -> list[str]:
    return list(run.stage_runs.order_by("pk").values_list("outcome", flat=True))


def keep_nothing(run: PipelineRun) -> None:
    """A stage without a result."""


class TestAClaim:
    def test_gives_the_run_to_one_worker(self) -> None:
        run = make_run()

        held = take(run)
        second = leases.claim(run_id=run.pk, stage=Stage.TRANSCRIBE, worker="gpu@other")

        run.refresh_from_db()
        assert second is ClaimResult.UNAVAILABLE
        assert (run.state, run.attempts, run.lease_token) == ("running", 1, held.token)
        assert run.started_at is not None

    def test_lets_a_chain_walk_on_past_a_stage_that_is_done(self) -> None:
        run = make_run(stage=Stage.SCORE)

        assert (
            leases.claim(run_id=run.pk, stage=Stage.EVALUATE, worker="") is ClaimResult.ALREADY_DONE
        )

    @pytest.mark.parametrize("state", ["completed", "failed", "superseded"])
    def test_leaves_alone_what_has_ended(self, state: str) -> None:
        run = make_run(state=state)

        assert (
            leases.claim(run_id=run.pk, stage=Stage.TRANSCRIBE, worker="")
            is ClaimResult.UNAVAILABLE
        )

    def test_leaves_alone_what_is_gone_or_not_there_yet(self) -> None:
        run = make_run()

        assert leases.claim(run_id=run.pk, stage=Stage.SCORE, worker="") is ClaimResult.UNAVAILABLE
        assert (
            leases.claim(run_id=2**31 - 1, stage=Stage.SCORE, worker="") is ClaimResult.UNAVAILABLE
        )

    def test_waits_until_a_retry_is_due(self) -> None:
        run = make_run(state="retry_wait")
        PipelineRun.objects.filter(pk=run.pk).update(next_run_at=Now() + timedelta(seconds=30))
        early = leases.claim(run_id=run.pk, stage=Stage.TRANSCRIBE, worker="")
        PipelineRun.objects.filter(pk=run.pk).update(next_run_at=Now() - timedelta(seconds=1))

        assert early is ClaimResult.UNAVAILABLE
        assert take(run).run.next_run_at is None

    def test_waits_for_a_sessions_answers(self) -> None:
        answer = make_run()
        own = make_session_run(session=answer.session)
        early = leases.claim(run_id=own.pk, stage=Stage.SCORE, worker="")
        PipelineRun.objects.filter(pk=answer.pk).update(state="completed", stage=Stage.DONE)

        assert early is ClaimResult.UNAVAILABLE
        assert take(own, Stage.SCORE).run == own

    def test_takes_over_from_a_worker_that_went_silent(self) -> None:
        run = make_run()
        take(run)
        let_lease_run_out(run)

        take(run)

        run.refresh_from_db()
        assert (run.attempts, run.lost_count) == (2, 1)
        assert outcomes(run) == ["lost", "running"]

    def test_is_refused_when_a_stage_has_lost_too_many_workers(self, settings: Settings) -> None:
        settings.MAX_STAGE_LOSSES = 3
        run = make_run()
        executions = 0
        while isinstance(leases.claim(run_id=run.pk, stage=Stage.TRANSCRIBE, worker=""), Claim):
            executions += 1
            let_lease_run_out(run)

        assert executions == 4


class TestAHeartbeat:
    def test_keeps_the_lease_alive(self) -> None:
        run = make_run()
        held = take(run)
        let_lease_run_out(run)

        assert leases.renew(held)
        assert (
            leases.claim(run_id=run.pk, stage=Stage.TRANSCRIBE, worker="")
            is ClaimResult.UNAVAILABLE
        )

    def test_is_told_when_the_run_was_taken_over(self) -> None:
        run = make_run()
        held = take(run)
        let_lease_run_out(run)
        take(run)

        assert not leases.renew(held)


class TestAFinish:
    def test_moves_the_run_on_and_keeps_the_result_with_it(self) -> None:
        run = make_run()
        kept: list[PipelineRun] = []

        leases.finish(take(run), keep=kept.append)

        run.refresh_from_db()
        assert kept == [run]
        assert (run.stage, run.state, run.attempts, run.lease_token) == (
            "evaluate",
            "queued",
            0,
            None,
        )
        assert outcomes(run) == ["ok"]

    def test_ends_the_run_after_the_last_stage(self) -> None:
        run = make_run(stage=Stage.FEEDBACK)

        leases.finish(take(run, Stage.FEEDBACK), keep=keep_nothing)

        run.refresh_from_db()
        assert (run.stage, run.state) == ("done", "completed")
        assert run.finished_at is not None

    def test_of_a_late_worker_is_thrown_away(self) -> None:
        run = make_run()
        late = take(run)
        let_lease_run_out(run)
        successor = take(run)
        kept: list[str] = []

        with pytest.raises(LeaseLost):
            leases.finish(late, keep=lambda _: kept.append("late"))
        leases.finish(successor, keep=lambda _: kept.append("successor"))

        assert kept == ["successor"]
        assert outcomes(run) == ["fenced", "ok"]

    def test_of_a_superseded_attempt_is_thrown_away(self) -> None:
        run = make_run()
        held = take(run)
        PipelineRun.objects.filter(pk=run.pk).update(state="superseded", lease_token=None)

        with pytest.raises(LeaseLost):
            leases.finish(held, keep=keep_nothing)

    def test_of_a_deleted_session_brings_nothing_back(self) -> None:
        run = make_run(stage=Stage.SCORE)
        held = take(run, Stage.SCORE)
        run.session.delete()

        with pytest.raises(LeaseLost):
            leases.finish(held, keep=keep_nothing)

        assert not PipelineRun.objects.exists()

    @pytest.mark.django_db(transaction=True)
    def test_leaves_everything_as_it_was_when_the_result_cannot_be_kept(self) -> None:
        run = make_run()
        held = take(run)

        def fall_over(_: PipelineRun) -> None:
            StageRun.objects.filter(token=held.token).delete()
            raise RuntimeError

        with pytest.raises(RuntimeError):
            leases.finish(held, keep=fall_over)

        run.refresh_from_db()
        assert (run.stage, run.state, run.lease_token) == ("transcribe", "running", held.token)
        assert outcomes(run) == ["running"]


class TestARetry:
    def test_waits_longer_each_time(self, settings: Settings) -> None:
        settings.RETRY_BASE_SECONDS = 10.0
        run = make_run()
        waits = []
        for _ in range(3):
            leases.retry(take(run), TIRED)
            run.refresh_from_db()
            assert run.next_run_at is not None
            with transaction.atomic():
                now = PipelineRun.objects.values_list(Now(), flat=True)[0]
            waits.append((run.next_run_at - now).total_seconds())
            PipelineRun.objects.filter(pk=run.pk).update(next_run_at=Now() - timedelta(seconds=1))

        assert run.state == "retry_wait"
        assert waits[0] < waits[1] < waits[2] < 60
        assert outcomes(run) == ["transient"] * 3

    def test_ends_with_the_last_error_when_it_was_tried_often_enough(
        self, settings: Settings
    ) -> None:
        settings.MAX_STAGE_ATTEMPTS = 1
        run = make_run()

        leases.retry(take(run), TIRED)

        run.refresh_from_db()
        assert (run.state, run.failure_code, run.failure_retryable) == ("failed", "tired", True)


class TestAFailure:
    def test_says_why_in_words_for_a_person(self) -> None:
        run = make_run()

        leases.fail(take(run), BROKEN)

        run.refresh_from_db()
        assert (run.state, run.failure_code) == ("failed", "broken")
        assert run.failure_message == "This is no recording."
        assert not run.failure_retryable
        assert outcomes(run) == ["permanent"]

    def test_of_a_late_worker_does_not_touch_the_run(self) -> None:
        run = make_run()
        late = take(run)
        let_lease_run_out(run)
        take(run)

        leases.fail(late, BROKEN)

        run.refresh_from_db()
        assert run.state == "running"
        assert outcomes(run) == ["fenced", "running"]


class TestARelease:
    def test_gives_the_run_back_as_if_it_had_not_been_taken(self) -> None:
        run = make_run()

        leases.release(take(run))

        run.refresh_from_db()
        assert (run.state, run.attempts, run.lease_token) == ("queued", 0, None)
        assert outcomes(run) == ["released"]
        assert take(run).token != uuid.UUID(int=0)


class TestReaping:
    def test_fails_what_lost_its_worker_once_too_often(self, settings: Settings) -> None:
        settings.MAX_STAGE_LOSSES = 1
        run = make_run()
        take(run)
        let_lease_run_out(run)
        take(run)
        let_lease_run_out(run)

        assert leases.fail_expired() == [run]
        assert leases.fail_expired() == []
        run.refresh_from_db()
        assert (run.state, run.failure_code) == ("failed", "worker_lost")
        assert outcomes(run) == ["lost", "lost"]

    def test_leaves_alone_what_can_be_tried_again(self) -> None:
        run = make_run()
        take(run)
        let_lease_run_out(run)

        assert leases.fail_expired() == []


class TestASilentDatabase:
    @pytest.fixture
    def exits(self, settings: Settings, monkeypatch: pytest.MonkeyPatch) -> list[int]:
        """The exit codes of this process, which is spared."""
        settings.LEASE_SECONDS = 0.01
        found: list[int] = []
        monkeypatch.setattr("pipeline.runs.leases.os._exit", found.append)
        return found

    def test_ends_the_process_after_three_leases(
        self, exits: list[int], caplog: pytest.LogCaptureFixture
    ) -> None:
        with leases.exit_if_silent("a claim"):
            wait_until(lambda: exits, seconds=10)

        assert exits == [leases.SILENT_EXIT]
        assert "silent for 3 leases during a claim" in caplog.text

    def test_that_raises_errors_is_not_silent(self, exits: list[int], settings: Settings) -> None:
        settings.LEASE_SECONDS = 60.0

        with suppress(OperationalError), leases.exit_if_silent("a claim"):
            raise OperationalError

        wait_until(lambda: not any(isinstance(each, Timer) for each in threading.enumerate()))
        assert exits == []

    @pytest.mark.parametrize("change", ["claim", "renew", "finish", "retry", "fail", "release"])
    def test_ends_a_worker_that_waits_for_it(
        self, exits: list[int], monkeypatch: pytest.MonkeyPatch, change: str
    ) -> None:
        held = take(make_run())

        def wait_for_exit(_: object) -> None:
            wait_until(lambda: exits, seconds=10)
            raise OperationalError

        monkeypatch.setattr(leases, "lock_session", wait_for_exit)
        monkeypatch.setattr(leases, "_held", wait_for_exit)

        with pytest.raises(OperationalError):
            CHANGES[change](held)

        assert exits


CHANGES: Final[dict[str, Callable[[Claim], object]]] = {
    "claim": lambda held: leases.claim(run_id=held.run.pk, stage=held.stage, worker=""),
    "renew": leases.renew,
    "finish": lambda held: leases.finish(held, keep=keep_nothing),
    "retry": lambda held: leases.retry(held, TIRED),
    "fail": lambda held: leases.fail(held, BROKEN),
    "release": leases.release,
}
