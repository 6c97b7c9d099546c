"""
`make simulate`: what 1 k, 100 k and 10 M answers a day take, by the measured costs of one; `CHECK=1` holds the model to a real run.

`python -m benchmarks.simulate [--answers N …] [--check]`. The costs are `benchmarks/measured.json`, which `make bench` writes. The check
plays arrivals of known times through a private stack whose stages take known times, and the same arrivals through the model.
"""

import argparse
import json
import random
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from statistics import mean, median
from typing import Any, Final

from benchmarks.capacity import (
    SEED,
    Assumed,
    Hardware,
    Measured,
    Plan,
    p95,
    plan,
    poisson,
    simulate,
)

MEASURED_FILE: Final = Path(__file__).with_name("measured.json")
SCALES: Final = (1_000, 100_000, 10_000_000)
# Not measured: published figures of faster-whisper for large models in float16 on one GPU of its class, batched, halved.
GPU: Final = Hardware("GPU, large-v3-turbo", fixed=0.3, per_second=0.02, price=0.80)
MOST_OFF: Final = 0.20
CHECKED_ANSWERS: Final = 40
CALIBRATED_ANSWERS: Final = 10
CHECKED_WAITS: Final = {"transcribe": 1.0, "evaluate": 0.3, "score": 0.1, "feedback": 0.1}
CHECKED_PROCESSES: Final = {"gpu": 2, "cpu": 2}
CHECKED_LOAD: Final = 0.85  # of the processes of the queue gpu


@dataclass(frozen=True, slots=True)
class Comparison:
    """One measure of the check: what the model said, what the stack did."""

    what: str
    model: float
    real: float

    @property
    def off(self) -> float:
        """The model's error, as a share of what was real."""
        return abs(self.model - self.real) / self.real


def main(arguments: Sequence[str]) -> int:
    """Print the table; with --check hold the model to a real run, and fail where it is too far off."""
    reader = argparse.ArgumentParser(description=__doc__)
    reader.add_argument("--answers", type=int, nargs="+", default=SCALES)
    reader.add_argument("--check", action="store_true")
    asked = reader.parse_args(arguments)
    measured = load_measured()
    if asked.check:
        return check(measured)
    for line in table(asked.answers, measured=measured, assumed=Assumed()):
        print(line)  # noqa: T201 - a program for people
    return 0


def load_measured() -> Measured:
    """Return what one answer costs."""
    return Measured(**json.loads(MEASURED_FILE.read_text("utf-8")))


def keep_measured(**found: float) -> None:
    """Write down what was found anew; the rest stays."""
    kept: dict[str, Any] = json.loads(MEASURED_FILE.read_text("utf-8"))
    rounded = {name: float(f"{value:.3g}") for name, value in found.items()}
    MEASURED_FILE.write_text(json.dumps({**kept, **rounded}, indent=2) + "\n", "utf-8")


def table(answers: Sequence[int], *, measured: Measured, assumed: Assumed) -> Iterator[str]:
    """Yield the rows, in Markdown."""
    core = Hardware(
        "core, base int8",
        measured.transcribe_fixed,
        measured.transcribe_per_second,
        assumed.core_price,
    )
    heads = (
        *("answers a day", "speech on", "transcribers", "judges", "API cores", "wait p95 s"),
        *("feedback p95 s", "commits/s", "rows/s", "GB/day", "US$/day", "cents an answer"),
    )
    yield f"| {' | '.join(heads)} |"
    yield "|---" * len(heads) + "|"
    for number in answers:
        for hardware in (core, GPU):
            yield _row(plan(number, hardware=hardware, measured=measured, assumed=assumed))


def _row(made: Plan) -> str:
    cells = (
        f"{made.answers:,}",
        made.hardware,
        str(made.transcribers),
        str(made.judges),
        f"{made.api_cores:.2f}",
        f"{made.delay_p95:.1f}",
        f"{made.total_p95:.1f}",
        f"{made.commits:,.0f}",
        f"{made.rows:,.0f}",
        f"{made.storage:,.1f}",
        f"{made.cost:,.2f}",
        f"{made.cents:.3f}",
    )
    return f"| {' | '.join(cells)} |"


def check(measured: Measured) -> int:
    """Play the same arrivals through a stack and through the model; return the exit code."""
    rng = random.Random(SEED)  # noqa: S311 - no secret
    rate = CHECKED_LOAD * CHECKED_PROCESSES["gpu"] / CHECKED_WAITS["transcribe"]
    arrivals = poisson(rate, CHECKED_ANSWERS, rng=rng)
    before, report = play(arrivals)
    compared = list(compare(arrivals, measured=calibrate(measured, before), report=report))
    print("| measure | model | real run | off |\n|---|---|---|---|")  # noqa: T201 - a program for people
    for row in compared:
        print(f"| {row.what} | {row.model:.2f} | {row.real:.2f} | {row.off:.0%} |")  # noqa: T201 - likewise
    return 0 if all(row.off <= MOST_OFF for row in compared) else 1


def play(arrivals: Sequence[float]) -> tuple[dict[str, Any], dict[str, Any]]:
    """Return what a real stack reports of a few answers at once, and then of these arrivals."""
    from benchmarks.stack import Workers, private_stack

    workers = (
        Workers("gpu", processes=CHECKED_PROCESSES["gpu"]),
        Workers("cpu", processes=CHECKED_PROCESSES["cpu"]),
    )
    with private_stack(workers=workers, waits=CHECKED_WAITS) as stack:
        wanted = {"gpu": 1, "cpu": 1}
        stack.ask({"workers": wanted, "answers": 4})  # imports and first connections
        few = stack.ask({"workers": wanted, "answers": CALIBRATED_ANSWERS})
        order = {"workers": wanted, "answers": len(arrivals), "arrivals": list(arrivals)}
        return few, stack.ask(order)


def calibrate(measured: Measured, report: dict[str, Any]) -> Measured:
    """Return the costs with this machine's own, of this hour, for a task and a message; by other answers than the checked ones."""
    stages = [run["stages"] for run in report["runs"]]
    begins = sorted(stage["transcribe"][0] for stage in stages)
    at_once = CHECKED_PROCESSES["gpu"]
    turns = [later - sooner for sooner, later in zip(begins, begins[at_once:], strict=False)]
    hops = [stage["evaluate"][0] - stage["transcribe"][1] for stage in stages]
    task = mean(turns) - CHECKED_WAITS["transcribe"]
    return replace(measured, task=max(0.0, task), hop=max(0.0, median(hops)))


def compare(
    arrivals: Sequence[float], *, measured: Measured, report: dict[str, Any]
) -> Iterator[Comparison]:
    """Yield what the model says beside what was real."""
    known = replace(
        measured,
        evaluate=CHECKED_WAITS["evaluate"],
        score=CHECKED_WAITS["score"],
        feedback=CHECKED_WAITS["feedback"],
    )
    steps = [
        ("gpu", CHECKED_WAITS["transcribe"] + known.task),
        *(
            ("cpu", seconds + known.task)
            for seconds in (known.evaluate, known.score, known.feedback)
        ),
    ]
    passages = simulate(
        arrivals, [steps] * len(arrivals), processes=CHECKED_PROCESSES, hop=known.hop
    )
    runs = report["runs"]
    delays = [run["stages"]["transcribe"][0] - run["created"] for run in runs]
    totals = [run["finished"] - run["created"] for run in runs]
    took = max(run["finished"] for run in runs) - min(run["created"] for run in runs)
    modelled = max(passage.finished for passage in passages) - arrivals[0]
    yield Comparison("wait, mean, s", mean(passage.delay for passage in passages), mean(delays))
    yield Comparison("wait, p95, s", p95([passage.delay for passage in passages]), p95(delays))
    yield Comparison("feedback, mean, s", mean(passage.total for passage in passages), mean(totals))
    yield Comparison("feedback, p95, s", p95([passage.total for passage in passages]), p95(totals))
    yield Comparison("answers/s", len(arrivals) / modelled, len(runs) / took)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
