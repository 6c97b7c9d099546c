"""`make demo`: a whole interview over HTTP with two recordings, against a running stack or one of its own."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from interview_platform.env import env_text
from interview_platform.stack.config import StackConfig, read_config
from interview_platform.stack.data_directory import running_url
from interview_platform.stack.demo_client import DemoClient, StepFailed
from interview_platform.stack.demo_interview import Interview, find_recordings
from interview_platform.stack.demo_report import print_report
from interview_platform.stack.processes import die_with
from interview_platform.stack.readiness import is_ready
from interview_platform.stack.troubles import CannotStart

LOOK_SECONDS = 0.2
STEPS = 9


def main() -> int:
    """Run the demonstration; return the exit code."""
    console = Console(highlight=False)
    try:
        with stack_url(console) as url:
            console.print(f"Talking to {url}")
            interview = Interview(DemoClient(url), find_recordings())
            go_through(console, interview)
            print_report(console, interview)
            console.print(f"\nThe account stays: {interview.account['email']}")
    except (CannotStart, StepFailed) as reason:
        print(reason, file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130
    return 0


def go_through(console: Console, interview: Interview) -> None:
    """Do the steps, and show each as it goes."""
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())
    with Progress(*columns, TimeElapsedColumn(), console=console, transient=True) as progress:
        bar = progress.add_task("", total=STEPS)
        for number, (title, do) in enumerate(interview.steps(), start=1):
            progress.update(bar, description=title)
            started = time.monotonic()
            try:
                do()
            except StepFailed as reason:
                raise StepFailed(f"Step {number}, {title}, failed: {reason}.") from reason
            seconds = time.monotonic() - started
            progress.console.print(f"{number}/{STEPS} {title} ({seconds:.1f} s)", markup=False)
            progress.advance(bar)


@contextmanager
def stack_url(console: Console) -> Iterator[str]:
    """Give the address of a ready stack: URL, the one that runs on DATA_DIR, or one made for the time of the block."""
    given = env_text("URL").rstrip("/")
    if given:
        yield given
        return
    config = read_config()
    running = running_url(config.data_dir)
    if running:
        yield running
        return
    console.print("No platform runs here; starting one …")
    with _own_stack(config):
        yield config.url


@contextmanager
def _own_stack(config: StackConfig) -> Iterator[None]:
    command = [sys.executable, "-m", "interview_platform.stack.run"]
    process = subprocess.Popen(
        command,
        stdout=subprocess.DEVNULL,
        process_group=0,
        preexec_fn=die_with(os.getpid()),  # noqa: PLW1509 - before the first thread
    )
    try:
        while not is_ready(config):
            if process.poll() is not None:  # it said why
                raise CannotStart("The platform did not start.")
            time.sleep(LOOK_SECONDS)
        yield
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait()


if __name__ == "__main__":
    sys.exit(main())
