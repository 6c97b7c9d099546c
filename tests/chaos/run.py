"""`make chaos SEED=7 UPLOADS=200`: people upload while everything breaks, and nothing may be lost."""

import argparse
import os
import shutil
import statistics
import sys
import threading
import time
from collections import Counter

from tests.chaos.crowd import Crowd, choose_kinds
from tests.chaos.faults import Faults
from tests.chaos.recordings import Kind, Marked, make_recording, real_answer
from tests.chaos.stack import ChaosStack, chaos_stack

READY_SECONDS = 60.0
MOST_DRAIN_SECONDS = 30.0  # of the stand-in; what Whisper takes is the machine's time
LOOK_SECONDS = 0.2


def main() -> int:
    """Run one chaos; return 0 when nothing was lost, duplicated or unexpected, and all was done in time."""
    sys.stdout.reconfigure(line_buffering=True)  # type: ignore[union-attr] # progress is to be seen as it comes
    options = _options()
    print(
        f"chaos: seed {options.seed}, {options.uploads} uploads, {options.database}, "
        f"{options.seconds:.0f} s of faults, stages of {options.stage_seconds} s"
    )
    with chaos_stack(
        database=options.database,
        stage_seconds=options.stage_seconds,
        real_speech=options.real_speech,
    ) as stack:
        import django

        os.environ.update(stack.environment)  # its rows are ours from here on
        django.setup()
        _wait_until_ready(stack)
        code = _go(stack, options)
        if options.logs:
            shutil.copytree(stack.config.logs, options.logs, dirs_exist_ok=True)
        return code


def _go(stack: ChaosStack, options: argparse.Namespace) -> int:
    from tests.chaos.verdict import judge

    make = real_answer if options.real_speech else make_recording
    kinds = [Marked(number, Kind.GOOD) for number in range(1, options.uploads + 1)]
    if not options.real_speech:
        kinds = choose_kinds(options.uploads)
    crowd = Crowd(stack.config.url, kinds, options.seconds * 0.8, make)
    faults = Faults(stack, options.seed, options.seconds, options.rounds)
    crowd.begin()
    faults.run()
    ended = time.monotonic()
    drained = _drain(stack, crowd, since=ended, seconds=options.drain_seconds)
    crowd.wait()
    verdict = judge(stack, crowd)
    times = sorted(upload.seconds for upload in crowd.accepted)
    print("\nfaults:")
    for name, count in sorted(Counter(name for _, name in faults.done).items()):
        print(f"  {count} x {name}")
    print(f"tries by outcome: {dict(verdict.outcomes)}")
    print(
        f"uploads answered: {len(times)}, p50 {statistics.median(times):.2f} s, p99 {times[int(len(times) * 0.99) - 1]:.2f} s"
    )
    for sentence in (*verdict.lost, *verdict.duplicated, *verdict.unexpected):
        print(f"  ! {sentence}")
    print(
        f"lost {len(verdict.lost)}, duplicated {len(verdict.duplicated)}, "
        f"unexpected {len(verdict.unexpected)}, recovered {verdict.recovered}; "
        f"poison executions {verdict.poison_executions}; drained {drained:.1f} s after the last fault"
    )
    most = options.drain_seconds if options.real_speech else MOST_DRAIN_SECONDS
    return 0 if verdict.is_clean and drained <= most else 1


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--uploads", type=int, default=200)
    parser.add_argument("--seconds", type=float, default=116.0, help="over which faults are spread")
    parser.add_argument("--rounds", type=int, default=2, help="how often each fault is done")
    parser.add_argument("--database", choices=("sqlite", "postgres"), default="sqlite")
    parser.add_argument("--stage-seconds", type=float, default=0.7)
    parser.add_argument("--real-speech", action="store_true", help="Whisper, not the stand-in")
    parser.add_argument(
        "--drain-seconds", type=float, default=120.0, help="to wait for the last answer"
    )
    parser.add_argument("--logs", help="a directory to copy the parts' logs to")
    return parser.parse_args()


def _wait_until_ready(stack: ChaosStack) -> None:
    from interview_platform.stack.readiness import is_ready

    deadline = time.monotonic() + READY_SECONDS
    while not is_ready(stack.config):
        assert time.monotonic() < deadline, f"not ready; see {stack.config.logs}"
        stack.look_after()
        threading.Event().wait(LOOK_SECONDS)


def _drain(stack: ChaosStack, crowd: Crowd, *, since: float, seconds: float) -> float:
    """Return the seconds until nothing is in work any more."""
    from django.db import DatabaseError, connection

    from tests.chaos.verdict import unfinished

    pause = threading.Event()
    left = -1
    while time.monotonic() - since < seconds:
        stack.look_after()
        try:
            now = unfinished()
        except DatabaseError:
            now = -1
        finally:
            connection.close()
        if now == 0 and crowd.is_through:
            break
        if now != left:
            print(f"  in work: {now}")
            left = now
        pause.wait(LOOK_SECONDS)
    return time.monotonic() - since


if __name__ == "__main__":
    sys.exit(main())
