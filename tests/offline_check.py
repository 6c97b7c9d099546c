"""`make offline-check`: the demonstration, in a network that has nothing but this machine."""

import ctypes
import fcntl
import os
import socket
import struct
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Final

from interview_platform.stack.broker import free_port
from tests.environment import ROOT, isolated

CLONE_NEWUSER: Final = 0x10000000
CLONE_NEWNET: Final = 0x40000000
SET_FLAGS: Final = 0x8914  # SIOCSIFFLAGS
UP: Final = 0x1 | 0x40  # IFF_UP, IFF_RUNNING
OUTSIDE: Final = (("192.0.2.1", 443), ("2001:db8::1", 443))  # RFC 5737 and 3849: documentation


def main() -> int:
    """Leave the network, show that it is gone, hold an interview; return the exit code."""
    if not leave_network():
        print("Not checked: this machine lets nobody make a network namespace.")
        print(
            "The watch in tests/integration/privacy/test_offline.py looks at every connection instead."
        )
        return 0
    for address in OUTSIDE:
        print(f"{address[0]} cannot be reached: {trouble_with(address)}")
    with tempfile.TemporaryDirectory(prefix="offline-check-") as folder:
        own = {"DATA_DIR": str(Path(folder)), "PORT": str(free_port())}
        environment = isolated(DJANGO_SETTINGS_MODULE="interview_platform.settings", **own)
        command = [sys.executable, "-m", "interview_platform.stack.demo"]
        status = subprocess.run(command, cwd=ROOT, env={**os.environ, **environment}, check=False)
    print("The interview was held without a network." if status.returncode == 0 else "It failed.")
    return status.returncode


def leave_network() -> bool:
    """Move this process into a network of its own, with the loopback alone; tell whether that is allowed."""
    library = ctypes.CDLL(None, use_errno=True)
    if library.unshare(CLONE_NEWNET) != 0 and library.unshare(CLONE_NEWUSER | CLONE_NEWNET) != 0:
        return False
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as door:
        fcntl.ioctl(door, SET_FLAGS, struct.pack("16sH14s", b"lo", UP, b""))
    return True


def trouble_with(address: tuple[str, int]) -> str:
    """Return why the address cannot be reached; raise when it can."""
    family = socket.AF_INET6 if ":" in address[0] else socket.AF_INET
    with socket.socket(family) as outside:
        outside.settimeout(2)
        try:
            outside.connect(address)
        except OSError as trouble:
            return str(trouble)
    raise SystemExit("There is a network here after all.")


if __name__ == "__main__":
    sys.exit(main())
