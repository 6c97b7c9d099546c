import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

from pipeline.providers.audio.sandbox import PROGRAM

REPORT = """
import json, resource, runpy, socket, sys
child = runpy.run_path(sys.argv[1])
child["limit_resources"]("probe", output_bytes=65536)
child["leave_network"]()
found = {name: resource.getrlimit(getattr(resource, name))[0] for name in dir(resource) if name.startswith("RLIMIT_")}
try:
    bytearray(2_000_000_000)
except MemoryError:
    found["memory_error"] = True
try:
    found["interfaces"] = len(socket.if_nameindex())
except OSError:
    found["interfaces"] = 0
print(json.dumps(found))
"""


def limited() -> dict[str, Any]:
    answer = subprocess.run(
        [sys.executable, "-I", "-c", REPORT, str(PROGRAM)], capture_output=True, check=True
    )
    found: dict[str, Any] = json.loads(answer.stdout)
    return found


class TestAudioChild:
    def test_lives_under_limits(self) -> None:
        found = limited()

        assert found["RLIMIT_AS"] <= 1.5 * 2**30
        assert found["RLIMIT_CPU"] <= 60
        assert found["RLIMIT_NOFILE"] <= 32
        assert found["RLIMIT_FSIZE"] <= 65_536
        assert found["RLIMIT_CORE"] == 0
        assert found["memory_error"]

    def test_sees_no_network_where_the_machine_lets_it_leave(self) -> None:
        beside_loopback = limited()["interfaces"] - 1

        assert beside_loopback <= 0 or os.getuid() != 0

    def test_imports_nothing_of_the_project(self) -> None:
        program = (
            "import runpy, sys; runpy.run_path(sys.argv[1]);"
            "print(any(name.split('.')[0] in ('django', 'pipeline', 'numpy', 'av') for name in sys.modules))"
        )

        answer = subprocess.run(
            [sys.executable, "-I", "-c", program, str(PROGRAM)],
            capture_output=True,
            text=True,
            check=True,
        )

        assert answer.stdout.strip() == "False"

    def test_says_nothing_but_its_answer(self) -> None:
        answer = subprocess.run(
            [sys.executable, "-I", str(PROGRAM), "probe", "mp3", "60", str(Path(__file__))],
            capture_output=True,
            check=True,
        )

        assert json.loads(answer.stdout) == {"error": "unsupported_format"}
        assert answer.stderr == b""
