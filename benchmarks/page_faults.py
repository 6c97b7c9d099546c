"""
What a window costs the speech model, with the worker's settings of the allocator and without: seconds and page faults.

`python -m benchmarks.page_faults`. Both ways take turns, in processes of their own, as the settings are read when one starts.
"""

import json
import os
import resource
import subprocess
import sys
from collections.abc import Mapping
from statistics import median
from typing import Final

from interview_platform.stack.parts import RECOGNISER_ENVIRONMENT
from tests.environment import ROOT

TURNS: Final = 3
WINDOWS: Final = 6  # a turn; the first two are not counted
WARM: Final = 2
WAYS: Final[dict[str, Mapping[str, str]]] = {
    "as it comes": {},
    "as a worker has it": RECOGNISER_ENVIRONMENT,
}
KINDS: Final = ("user, s", "system, s", "page faults")


def main() -> None:
    """Print a table: the encoder's pass over one window of 30 s, as medians."""
    found: dict[str, list[list[float]]] = {name: [] for name in WAYS}
    for _ in range(TURNS):
        for name, environment in WAYS.items():
            found[name] += _turn(environment)
    print(f"| one window, {TURNS * (WINDOWS - WARM)} times | {' | '.join(KINDS)} |")  # noqa: T201 - a program for people
    print("|---|" + "---|" * len(KINDS))  # noqa: T201 - likewise
    for name, rows in found.items():
        user, system, faults = (median(column) for column in zip(*rows, strict=True))
        print(f"| {name} | {user:.2f} | {system:.2f} | {faults:,.0f} |")  # noqa: T201 - likewise


def _turn(environment: Mapping[str, str]) -> list[list[float]]:
    done = subprocess.run(
        [sys.executable, "-m", "benchmarks.page_faults", "turn"],
        env={**os.environ, "OMP_NUM_THREADS": "1", "KMP_BLOCKTIME": "0", **environment},
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    rows: list[list[float]] = json.loads(done.stdout.splitlines()[-1])
    return rows


def _measure() -> None:
    """Encode windows of noise, and print what each took."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "interview_platform.settings")
    import numpy as np
    from faster_whisper import WhisperModel

    from pipeline.providers.speech.whisper_weights import ensure_model

    model = WhisperModel(
        str(ensure_model("base")), device="cpu", compute_type="int8", cpu_threads=1
    )
    window = np.random.default_rng(1).random((80, 3000), dtype=np.float32)
    rows = []
    for _ in range(WINDOWS):
        before = _spent()
        model.encode(window)
        rows.append([after - then for after, then in zip(_spent(), before, strict=True)])
    print(json.dumps(rows[WARM:]))  # noqa: T201 - for whoever started it


def _spent() -> list[float]:
    usage = resource.getrusage(resource.RUSAGE_SELF)
    return [usage.ru_utime, usage.ru_stime, float(usage.ru_minflt)]


if __name__ == "__main__":
    _measure() if sys.argv[1:] == ["turn"] else main()
