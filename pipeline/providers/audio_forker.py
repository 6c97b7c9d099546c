"""
A program that stands ready to open untrusted recordings: it has loaded what that takes, and copies itself for each.

Started by `audio_process` with `python -I audio_forker.py`, a socket as its standard input. An order is a line on it, the
arguments of `audio_child` as JSON, and a descriptor for the answer, behind which a line says how the copy ended. The program
itself opens no recording, so nothing hostile is ever in it. Each copy opens one, under the limits of `audio_child`, and
ends; it is killed as soon as nobody waits for its answer. All end with the socket.
"""

import contextlib
import gc
import importlib.util
import json
import os
import select
import signal
import socket
import sys
from typing import Any

CHILD = os.path.join(os.path.dirname(os.path.abspath(__file__)), "audio_child.py")  # noqa: PTH100, PTH118, PTH120 - pathlib costs start-up time
ORDERS = 0  # the descriptor
ANSWER = 1  # likewise, of a copy
REST = 3  # descriptors from here on are not for a copy
MOST_BYTES = 65_536
MOST_AT_ONCE = 16


class Forker:
    """Takes orders, and looks after the copies."""

    def __init__(self, child: Any) -> None:
        self.child = child
        self.orders = socket.socket(fileno=ORDERS)
        self.text = b""
        self.answers: list[int] = []  # descriptors whose order has not come whole
        self.copies: dict[int, int] = {}  # descriptor → process
        self.poller = select.poll()
        self.alarm, wake = socket.socketpair()
        for end in (self.alarm, wake):
            end.setblocking(False)  # noqa: FBT003 - it has no name
        self.wake = wake
        signal.signal(signal.SIGCHLD, lambda *_: None)
        signal.set_wakeup_fd(wake.fileno())
        for end in (self.orders, self.alarm):
            self.poller.register(end, select.POLLIN)

    def serve(self) -> None:
        """Go on until nobody can give an order any more."""
        while True:
            for descriptor, _ in self.poller.poll():
                if descriptor == self.alarm.fileno():
                    self._bury()
                elif descriptor in self.copies:  # whoever asked has hung up
                    self._kill(self.copies[descriptor])
                    self.poller.unregister(descriptor)
                elif descriptor == ORDERS and not self._take_orders():
                    return

    def end(self) -> None:
        """Leave no copy behind."""
        for process in self.copies.values():
            self._kill(process)

    def _take_orders(self) -> bool:
        text, descriptors, _, _ = socket.recv_fds(self.orders, MOST_BYTES, MOST_AT_ONCE)
        self.text += text
        self.answers += descriptors
        while b"\n" in self.text and self.answers:
            line, _, self.text = self.text.partition(b"\n")
            answer = self.answers.pop(0)
            self.copies[answer] = self._copy(json.loads(line), answer)
            self.poller.register(answer, 0)  # tells when the other end hangs up
        return bool(text)

    def _copy(self, arguments: list[str], answer: int) -> int:
        process = os.fork()
        if process:
            return process
        try:
            signal.set_wakeup_fd(-1)
            signal.signal(signal.SIGCHLD, signal.SIG_DFL)
            os.setpgid(0, 0)
            os.dup2(answer, ANSWER)
            os.dup2(os.open(os.devnull, os.O_RDONLY), ORDERS)
            os.closerange(REST, os.sysconf("SC_OPEN_MAX"))
            status = self.child.main(arguments, has_left_network=True)
            sys.stdout.flush()
            os._exit(status)
        finally:  # whatever it was, a copy does not go on as the program
            os._exit(1)

    def _bury(self) -> None:
        """Say of each copy that has ended how it did."""
        with contextlib.suppress(BlockingIOError):
            while self.alarm.recv(MOST_BYTES):
                pass
        for answer, process in list(self.copies.items()):
            ended, status = os.waitpid(process, os.WNOHANG)
            if not ended:
                continue
            del self.copies[answer]
            with contextlib.suppress(KeyError):
                self.poller.unregister(answer)
            with contextlib.suppress(OSError):  # nobody may be waiting
                os.write(answer, f"\n{os.waitstatus_to_exitcode(status)}".encode())
            os.close(answer)

    @staticmethod
    def _kill(process: int) -> None:
        with contextlib.suppress(ProcessLookupError):
            os.kill(process, signal.SIGKILL)


def main() -> int:
    """Load everything, and take orders."""
    import av.audio.resampler  # noqa: F401 - for the copies: it takes ten times as long as all else

    child = _load_child()
    child.leave_network()  # the copies are born without one
    gc.freeze()  # the collector would touch, and so copy, all memory of each copy
    forker = Forker(child)
    try:
        forker.serve()
    finally:
        forker.end()
    return 0


def _load_child() -> Any:
    """Return the module beside this file: the isolated interpreter looks for none there."""
    found = importlib.util.spec_from_file_location("audio_child", CHILD)
    if found is None or found.loader is None:
        raise ImportError(CHILD)
    module = importlib.util.module_from_spec(found)
    found.loader.exec_module(module)
    return module


if __name__ == "__main__":
    sys.exit(main())
