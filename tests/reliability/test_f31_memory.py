"""F31: a worker's child does not grow with its work."""

from contextlib import suppress

import psutil
import pytest
from celery.exceptions import Ignore

from pipeline import tasks
from pipeline.models import PipelineRun, Stage
from tests.factories import make_evaluation, make_run, make_transcript
from tests.private_broker import PrivateBroker

pytestmark = pytest.mark.django_db(transaction=True)

WARM_UP = 20
TASKS = 80  # of two stages each
GROWTH = 1.05


def test_a_child_does_not_grow_with_its_work(broker: PrivateBroker) -> None:
    run = make_run(stage=Stage.SCORE)
    make_transcript(run=run)
    make_evaluation(run=run)

    work(run, times=WARM_UP)
    before = psutil.Process().memory_info().rss
    work(run, times=TASKS)
    after = psutil.Process().memory_info().rss

    assert after <= GROWTH * before


def work(run: PipelineRun, *, times: int) -> None:
    """Carry out the run's last stages so often."""
    for _ in range(times):
        PipelineRun.objects.filter(pk=run.pk).update(stage=Stage.SCORE, state="queued")
        for task in (tasks.score_session, tasks.write_feedback):
            with suppress(Ignore):
                task.run(run_id=run.pk)
