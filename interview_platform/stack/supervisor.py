"""Starts the parts in order, looks after them, and stops them in the opposite order."""

import os
import signal
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from types import FrameType

from interview_platform.env import env_float
from interview_platform.local import broker_address
from interview_platform.stack import parts
from interview_platform.stack.broker import embedded_broker, is_free, wait_for_broker
from interview_platform.stack.config import StackConfig
from interview_platform.stack.data_directory import held, note_runtime, prepare_directory
from interview_platform.stack.processes import Part, stop
from interview_platform.stack.readiness import is_ready
from interview_platform.stack.schema_stamp import is_prepared, note_prepared
from interview_platform.stack.troubles import CannotStart

READY_SECONDS = 180.0  # a slow machine's first start
LOOK_SECONDS = 0.1
SOFT_SHUTDOWN_SECONDS = (
    5.0  # that a running task gets at Ctrl-C; what it has not done is done after the next start
)
STOP_SECONDS = 30.0  # beyond that
BROKER_STOP_SECONDS = 10.0
MOST_DEATHS = 3  # of one part before the stack is ready


class StopAsked(Exception):  # noqa: N818 - it reads as a sentence where it is raised
    """Somebody pressed Ctrl-C, or sent SIGTERM."""


class Supervisor:
    """The stack on one machine."""

    def __init__(self, config: StackConfig) -> None:
        self._config = config
        self._parts: list[Part] = []
        self._broker: Part | None = None
        self._preparation = parts.preparation(config)
        self._asked = 0  # how often to stop
        self._hurried = False

    def run(self) -> None:
        """Start everything, and return when everything was stopped; raise `CannotStart` with the reason."""
        prepare_directory(self._config.data_dir)
        with ExitStack() as stack:
            stack.enter_context(held(self._config.data_dir))
            self._refuse_taken_port()
            note_runtime(self._config.data_dir, url=self._config.url)
            stack.enter_context(self._listening())
            stack.callback(self._stop)
            try:
                self._start()
                self._look_after_all()
            except StopAsked:
                print("\nStopping …")

    def _refuse_taken_port(self) -> None:
        host, port = self._config.host, self._config.port
        if not is_free(port, host=host):
            raise CannotStart(
                f"Port {port} of {host} is taken by another program, or not yours to open; "
                f"choose another one: make run PORT={port + 1}."
            )

    @contextmanager
    def _listening(self) -> Iterator[None]:
        former = {
            number: signal.signal(number, self._on_signal)
            for number in (signal.SIGINT, signal.SIGTERM)
        }
        try:
            yield
        finally:
            for number, handler in former.items():
                signal.signal(number, handler)

    def _on_signal(self, number: int, _frame: FrameType | None) -> None:
        self._hurried = self._asked > 0 and number == signal.SIGINT  # Ctrl-C again
        self._asked += 1

    def _start(self) -> None:
        started = time.monotonic()
        os.environ.setdefault("PYTHONUNBUFFERED", "1")
        os.environ["DATA_DIR"] = str(self._config.data_dir)
        if not os.environ.get("SOFT_SHUTDOWN_SECONDS"):
            os.environ["SOFT_SHUTDOWN_SECONDS"] = str(SOFT_SHUTDOWN_SECONDS)
        self._preparation.start()
        self._start_broker()
        if not is_prepared(self._config):
            print("Preparing the database and the speech model …")
            self._wait(self._prepared)
        self._start_parts()
        self._wait(self._ready)
        self._announce(seconds=time.monotonic() - started)

    def _start_broker(self) -> None:
        if self._config.broker_url:
            return
        self._broker = embedded_broker(self._config.data_dir)
        self._broker.start()
        wait_for_broker(self._broker, url=broker_address(self._config.data_dir))

    def _start_parts(self) -> None:
        config = self._config
        self._parts = [parts.api(config), *parts.gpu_workers(config), parts.cpu_worker(config)]
        for part in self._parts:
            part.start()

    def _wait(self, done: Callable[[], bool]) -> None:
        """Return when it is done; look after the parts meanwhile."""
        deadline = time.monotonic() + READY_SECONDS
        while not done():
            self._look_after()
            if time.monotonic() > deadline:
                raise CannotStart(
                    f"The platform was not ready after {READY_SECONDS:.0f} s; see the logs in {self._config.logs}."
                )
            time.sleep(LOOK_SECONDS)

    def _prepared(self) -> bool:
        code = self._preparation.exit_code
        if code:
            raise CannotStart(self._preparation.last_line() or f"See {self._preparation.log}.")
        return code == 0

    def _ready(self) -> bool:
        for part in self._parts:
            if part.deaths >= MOST_DEATHS:
                raise CannotStart(f"{part.name} does not stay up: {part.last_line()} ({part.log})")
        return self._prepared() and is_ready(self._config)

    def _look_after(self) -> None:
        if self._asked:
            raise StopAsked
        for part in self._all():
            part.look_after()

    def _look_after_all(self) -> None:
        while True:
            self._look_after()
            time.sleep(LOOK_SECONDS)

    def _all(self) -> list[Part]:
        return [*([self._broker] if self._broker else []), *self._parts]

    def _announce(self, *, seconds: float) -> None:
        note_prepared(self._config)
        url = self._config.url
        print(
            f"The interview platform is ready ({seconds:.1f} s).\n"
            f"  Page            {url}/\n"
            f"  API documents   {url}/docs\n"
            f"  Admin           {url}/admin/   (make admin-user makes an account)\n"
            f"  Data and logs   {self._config.data_dir}\n"
            "Ctrl-C stops everything.",
            flush=True,
        )

    def _stop(self) -> None:
        seconds = STOP_SECONDS + env_float("SOFT_SHUTDOWN_SECONDS", default=SOFT_SHUTDOWN_SECONDS)
        stop([self._preparation, *self._parts], seconds=seconds, impatient=lambda: self._hurried)
        if self._broker:  # last: the workers give their work back
            stop([self._broker], seconds=BROKER_STOP_SECONDS, impatient=lambda: self._hurried)
        print("Stopped.", flush=True)
