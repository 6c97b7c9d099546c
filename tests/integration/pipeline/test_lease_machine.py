"""
Whatever order claims, beats, expiries, redeliveries, finishes, new recordings and deletions come in: nothing counts twice,
nothing that was superseded or deleted comes back, and nothing that is unfinished is forgotten by the reconciler.
"""

from collections import Counter
from contextlib import ExitStack
from datetime import timedelta
from typing import Any, ClassVar

import pytest
from django.db import transaction
from django.db.models.functions import Now
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from pipeline.domain.ports import PermanentError, TransientError
from pipeline.models import Lease, PipelineRun, Stage, StageRun
from pipeline.runs import leases, recovery
from pipeline.runs.dispatch import ORDER, step_after
from pipeline.runs.leases import Claim, ClaimResult, LeaseLost
from pipeline.runs.services import retry_run, start_run
from tests.factories import make_question

LONG = timedelta(hours=1)
MOMENTS = ("lease_until", "heartbeat_at", "next_run_at", "published_at", "created_at")


class OneQuestion(RuleBasedStateMachine):
    """People record answers to one question; workers come, go, and come back late."""

    workers: ClassVar[st.SearchStrategy[int]] = st.integers(0, 3)

    def __init__(self) -> None:
        super().__init__()
        self._history = ExitStack()
        self._history.enter_context(transaction.atomic())
        self.question = make_question()
        self.held: dict[int, Claim] = {}
        self.effects: Counter[tuple[int, str]] = Counter()
        self.attempts = 0
        self.deleted = False

    @property
    def run(self) -> PipelineRun | None:
        """The run of the latest recording."""
        return PipelineRun.objects.order_by("-attempt").first()

    @precondition(lambda self: not self.deleted and self.attempts < 4)
    @rule()
    def record(self) -> None:
        self.attempts += 1
        start_run(
            question=self.question,
            attempt=self.attempts,
            audio_key=f"{self.attempts}.mp3",
            audio_sha256="0" * 64,
            audio_format="mp3",
            audio_duration=1.0,
            language="en",
        )

    @precondition(lambda self: self.run is not None)
    @rule(worker=workers, stage=st.sampled_from(ORDER), back=st.integers(0, 3))
    def deliver(self, worker: int, stage: Stage, back: int) -> None:
        """A message comes: the right one, one for an earlier recording, or one for another stage."""
        runs = list(PipelineRun.objects.order_by("-attempt")[: back + 1])
        held = leases.claim(run_id=runs[-1].pk, stage=stage, worker=f"worker {worker}")
        if isinstance(held, Claim):
            self.held[worker] = held
        else:
            assert held in ClaimResult

    @rule(worker=workers)
    def beat(self, worker: int) -> None:
        if worker in self.held:
            leases.renew(self.held[worker])

    @rule(worker=workers)
    def finish(self, worker: int) -> None:
        held = self.held.pop(worker, None)
        if held is None:
            return
        try:
            leases.finish(held, keep=lambda run: self._keep(run, held.stage))
        except LeaseLost:
            return

    @rule(worker=workers, transient=st.booleans())
    def fail(self, worker: int, *, transient: bool) -> None:
        held = self.held.pop(worker, None)
        if held is None:
            return
        if transient:
            leases.retry(held, TransientError("busy", "Later."))
        else:
            leases.fail(held, PermanentError("broken", "Never."))

    @rule(worker=workers)
    def stop_worker(self, worker: int) -> None:
        held = self.held.pop(worker, None)
        if held is not None:
            leases.release(held)

    @rule()
    def let_time_pass(self) -> None:
        """An hour goes by: every lease is over, every wait is due."""
        for run in PipelineRun.objects.all():
            moved = {
                name: moment - LONG
                for name in MOMENTS
                if (moment := getattr(run, name)) is not None
            }
            PipelineRun.objects.filter(pk=run.pk).update(**moved)

    @rule()
    def reap(self) -> None:
        leases.fail_expired()

    @precondition(lambda self: self.run is not None and self.run.state == "failed")
    @rule()
    def ask_again(self) -> None:
        run: Any = self.run
        self.effects[run.pk, run.stage] = 0
        retry_run(run)

    @precondition(lambda self: self.attempts > 1 and not self.deleted)
    @rule()
    def delete(self) -> None:
        self.deleted = True
        self.question.session.delete()

    @invariant()
    def no_stage_takes_effect_twice(self) -> None:
        assert all(count <= 1 for count in self.effects.values()), self.effects

    @invariant()
    def only_the_latest_recording_is_in_work(self) -> None:
        unfinished = PipelineRun.objects.filter(state__in=PipelineRun.UNFINISHED)
        assert list(unfinished.values_list("attempt", flat=True)) in ([], [self.attempts])

    @invariant()
    def one_try_at_most_is_open(self) -> None:
        running = PipelineRun.objects.filter(state="running").count()
        assert StageRun.objects.filter(outcome="running").count() == running

    @invariant()
    def nothing_comes_back_after_a_deletion(self) -> None:
        assert not (self.deleted and PipelineRun.objects.exists())

    def teardown(self) -> None:
        """After all of it: once time has passed, the reconciler knows of every run that is not at its end."""
        self.let_time_pass()
        leases.fail_expired()
        epoch, _ = Lease.objects.get_or_create(
            name=recovery.EPOCH, defaults={"holder": "", "until": Now()}
        )
        epoch.refresh_from_db()
        unfinished = set(PipelineRun.objects.filter(state__in=PipelineRun.UNFINISHED))
        due = set(recovery.due_runs(epoch.until))
        transaction.set_rollback(True)
        self._history.close()
        assert due == unfinished

    def _keep(self, run: PipelineRun, stage: Stage) -> None:
        assert step_after(stage) != stage
        self.effects[run.pk, stage] += 1


@pytest.mark.django_db
def test_runs_keep_their_promises_in_every_order() -> None:
    run_state_machine_as_test(
        OneQuestion,
        settings=settings(
            max_examples=60,
            stateful_step_count=30,
            deadline=None,
            suppress_health_check=[HealthCheck.too_slow],
            derandomize=True,
        ),
    )
