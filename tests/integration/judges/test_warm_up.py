"""What is left to load after a worker has warmed up, with the real judges."""

import json
import os
import subprocess
import sys

from tests.environment import ROOT

# In a process of its own: an audit hook cannot be taken off, and other tests load the judges, too.
PROGRAM = """
import json, sys
import django
django.setup()
from django.conf import settings
from benchmarks.eval_cost import judge_one
from pipeline import tasks
from pipeline.runs import preloading, worker_signals
from pipeline.providers import loading, registry

{warm_up}
loaded = []


def notice(event, arguments):
    if event in ("import", "open", "ctypes.dlopen"):
        loaded.append([event, str(arguments[0])])


class Recording(loading.ThreadPoolExecutor):
    def submit(self, load):
        loaded.append(["load", load.__module__])
        return super().submit(load)


loading.ThreadPoolExecutor = Recording
sys.addaudithook(notice)
judge_one(registry.judges(language="en"), number=1)
found = list(loaded)
print(json.dumps(found))
"""


def loaded_by_first_answer(*, warm_up: str) -> list[list[str]]:
    """Judge an answer of 95 seconds after this warm-up; return what was loaded meanwhile."""
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM.format(warm_up=warm_up)],
        cwd=ROOT,
        env={
            **os.environ,
            "DJANGO_SETTINGS_MODULE": "tests.settings",
            "TEST_DATABASE": "sqlite",
        },
        capture_output=True,
        text=True,
        check=True,
    )
    found: list[list[str]] = json.loads(done.stdout.splitlines()[-1])
    return found


class TestTheFirstAnswerOfAWorker:
    def test_loads_nothing_after_the_warm_up(self) -> None:
        assert loaded_by_first_answer(warm_up='preloading.load(["cpu"])') == []

    def test_would_load_every_judge_without_one(self) -> None:
        loads = [name for kind, name in loaded_by_first_answer(warm_up="") if kind == "load"]

        assert set(loads) == {
            f"pipeline.providers.{name}"
            for name in ("nlp.minilm", "nlp.harper", "nlp.spacy", "nlp.bigrams")
        }
