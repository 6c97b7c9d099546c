"""Upload spoilt recordings by the thousand to the whole decision, and count who is hurt: `make attack-media N=5000`."""

import argparse
import os
import resource
import sys
import tempfile
import time
from collections import Counter
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tests.settings")

import django  # noqa: E402 - after the path above, so the file runs by itself

django.setup()

from tests.attack import Verdict, decide  # noqa: E402 - likewise
from tests.media_corpus import mutate  # noqa: E402 - likewise

BATCH = 100  # mutations that one process does before it reports
EACH_SECONDS = 5.0
MOST_MEGABYTES = 256  # that a process of the server may grow by
MEGABYTE = 1024  # kilobytes


@dataclass(frozen=True, slots=True)
class Report:
    """What one batch came to."""

    verdicts: list[tuple[str, Verdict]]
    own_growth: int  # kilobytes of this process, which stands for one of the web server
    child_peak: int  # kilobytes
    leaked_descriptors: int
    leftovers: int  # files


def main() -> int:
    """Attack, print, and return 1 when something was hurt."""
    options = _options()
    began = time.monotonic()
    batches = [
        (options.seed, range(first, min(first + BATCH, options.count)))
        for first in range(0, options.count, BATCH)
    ]
    reports = []
    with ProcessPoolExecutor(options.processes) as pool:
        for report in pool.map(_attack, batches):
            reports.append(report)
            done = sum(len(one.verdicts) for one in reports)
            sys.stderr.write(f"\r{done} of {options.count}")
    sys.stderr.write("\n")
    return _print(reports, seconds=time.monotonic() - began)


def _options() -> argparse.Namespace:
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--count", type=int, default=5000)
    arguments.add_argument("--seed", type=int, default=1)
    arguments.add_argument("--processes", type=int, default=os.cpu_count() or 1)
    return arguments.parse_args()


def _attack(batch: tuple[int, range]) -> Report:
    seed, numbers = batch
    before, descriptors = _memory(), _open_descriptors()
    verdicts = []
    with tempfile.TemporaryDirectory(prefix="media-attack-") as name:
        folder = Path(name)
        for number in numbers:
            mutation = mutate(number, seed=seed)
            verdicts.append((mutation.name, decide(mutation.content, folder=folder)))
        leftovers = len(list(folder.iterdir()))
    return Report(
        verdicts=verdicts,
        own_growth=_memory() - before,
        child_peak=resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss,
        leaked_descriptors=_open_descriptors() - descriptors,
        leftovers=leftovers,
    )


def _memory() -> int:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss


def _open_descriptors() -> int:
    folder = Path("/proc/self/fd")
    return len(list(folder.iterdir())) if folder.is_dir() else 0


def _print(reports: list[Report], *, seconds: float) -> int:
    verdicts = [verdict for report in reports for verdict in report.verdicts]
    hurt = [(name, verdict.trouble) for name, verdict in verdicts if verdict.is_our_fault]
    refusals = Counter(verdict.refusal or "" for _, verdict in verdicts)
    late = Counter(verdict.late_refusal or "" for _, verdict in verdicts)
    slowest = max(verdicts, key=lambda pair: pair[1].seconds)
    growth = max(report.own_growth for report in reports) / MEGABYTE
    leaks = max(report.leaked_descriptors for report in reports)
    leftovers = sum(report.leftovers for report in reports)
    accepted = refusals.pop("")
    late.pop("", None)
    rows = {
        "tried": len(verdicts),
        "accepted": f"{accepted - len(hurt)}, of which the decoder refused {_counts(late)}",
        "refused": _counts(refusals),
        "server errors": len(hurt),
        "slowest decision": f"{slowest[1].seconds:.2f} s ({slowest[0]})",
        "mean decision": f"{sum(v.seconds for _, v in verdicts) / len(verdicts):.3f} s",
        "web process grew by": f"{growth:.0f} MB",
        "peak of a child": f"{max(report.child_peak for report in reports) / MEGABYTE:.0f} MB",
        "leaked descriptors": leaks,
        "files left": leftovers,
        "took": f"{seconds:.0f} s",
    }
    for name, value in rows.items():
        sys.stdout.write(f"{name:<20} {value}\n")
    for name, trouble in hurt:
        sys.stdout.write(f"  {name}: {trouble}\n")
    slow = slowest[1].seconds > EACH_SECONDS
    return int(bool(hurt or slow or leaks > 0 or leftovers or growth > MOST_MEGABYTES))


def _counts(counter: Counter[str]) -> str:
    total = sum(counter.values())
    parts = ", ".join(f"{code} {count}" for code, count in counter.most_common())
    return f"{total} ({parts})" if parts else str(total)


if __name__ == "__main__":
    sys.exit(main())
