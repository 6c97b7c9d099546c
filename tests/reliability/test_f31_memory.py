"""F31: a worker's child does not grow with its work."""

import os
import subprocess
import sys
from contextlib import suppress

import psutil
import pytest
from celery.exceptions import Ignore

from interview_platform.stack.parts import CPU_KILOBYTES_PER_CHILD
from pipeline import tasks
from pipeline.models import PipelineRun, Stage
from tests.environment import ROOT
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


def test_a_child_that_has_loaded_its_models_is_far_from_its_limit() -> None:
    """A child over its limit is replaced after each task: then every answer would wait for all models to load."""
    program = (
        "import django; django.setup()\n"
        "import psutil\n"
        "from pipeline.providers import registry\n"
        "judges = registry.judges(language='en')\n"
        "text = 'We were late, so I spoke with the team and we agreed on a plan.'\n"
        "judges.encoder.encode([text]), judges.parser.parse(text), judges.grammar.check(text)\n"
        "print(psutil.Process().memory_info().rss // 1024)\n"  # ru_maxrss would be the parent's, from before the exec
    )
    own = {"DJANGO_SETTINGS_MODULE": "tests.settings", "TEST_DATABASE": "sqlite"}

    judge = subprocess.run(
        [sys.executable, "-c", program],
        cwd=ROOT,
        env={**os.environ, **own},
        capture_output=True,
        text=True,
        check=True,
    )

    kilobytes = int(judge.stdout.split()[-1])
    assert kilobytes <= 0.7 * CPU_KILOBYTES_PER_CHILD
