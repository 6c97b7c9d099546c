"""F14: a worker is told to stop at any moment, also in the middle of a commit."""

import os
import random
import signal
from collections import Counter
from contextlib import suppress
from types import FrameType

import pytest
from celery.exceptions import Ignore
from django.db import connections

from pipeline import tasks
from pipeline.models import PipelineRun, SessionScore, Stage, StageRun
from tests.factories import make_evaluation, make_run, make_transcript
from tests.integration.pipeline.conftest import let_lease_run_out
from tests.private_broker import PrivateBroker
from tests.reliability.laboratory import Stopwatch

pytestmark = pytest.mark.django_db(transaction=True)

SHUTDOWNS = int(os.environ.get("COLD_SHUTDOWNS", "40"))  # 200 were done for docs/reliability.md


def test_a_cold_shutdown_at_any_moment_loses_nothing_and_does_nothing_twice(
    broker: PrivateBroker,
) -> None:
    chance = random.Random(14)  # noqa: S311 - moments that can be had again
    run = make_run(stage=Stage.SCORE)
    make_transcript(run=run)
    make_evaluation(run=run)
    usual = time_of_one_try(run)
    ends: Counter[str] = Counter()

    for _ in range(SHUTDOWNS):
        begin_again(run)
        try_and_stop_after(run, chance.uniform(0.1, 1.2) * usual)
        ends[look_at(run)] += 1

    assert ends["scored"] + ends["given back"] + ends["left to its lease"] == SHUTDOWNS
    assert ends["given back"] > 0
    begin_again(run)
    try_and_stop_after(run, 60.0)
    assert look_at(run) == "scored"


def begin_again(run: PipelineRun) -> None:
    """Put the run before its score, without what was made."""
    StageRun.objects.all().delete()
    SessionScore.objects.all().delete()
    PipelineRun.objects.filter(pk=run.pk).update(
        stage=Stage.SCORE, state="queued", lease_token=None, lease_until=None, attempts=0
    )


def look_at(run: PipelineRun) -> str:
    """Return how the try ended; whatever the moment, the row and the result say the same."""
    run.refresh_from_db()
    scored = SessionScore.objects.filter(session=run.session).count()
    outcomes = list(StageRun.objects.values_list("outcome", flat=True))
    if run.stage == Stage.FEEDBACK:
        assert (scored, outcomes, run.state) == (1, ["ok"], "queued")
        return "scored"
    assert scored == 0
    if run.state == "running":
        assert outcomes == ["running"]
        let_lease_run_out(run)
        return "left to its lease"
    assert (run.state, run.attempts) == ("queued", 0)
    assert outcomes in ([], ["released"])
    return "given back"


def time_of_one_try(run: PipelineRun) -> float:
    watch = Stopwatch()
    try_and_stop_after(run, 60.0)
    return watch.seconds


def try_and_stop_after(run: PipelineRun, seconds: float) -> None:
    """Carry out the stage in a process of its own, as Celery's children do, and stop it as Celery does."""
    connections.close_all()
    child = os.fork()
    if child == 0:
        work_until_told_to_stop(run.pk, seconds)
    os.waitpid(child, 0)


def work_until_told_to_stop(run_id: int, seconds: float) -> None:
    """Be the child: a signal becomes `SystemExit` wherever the program is. Never returns."""

    def stop(_number: int, _frame: FrameType | None) -> None:
        raise SystemExit

    try:
        signal.signal(signal.SIGALRM, stop)
        signal.setitimer(signal.ITIMER_REAL, seconds)
        with suppress(Ignore):
            tasks.score_session.run(run_id=run_id)
    finally:
        os._exit(0)
