"""The API alone, as `make run` starts it: real processes on a private data directory, and a broker that is away."""

import os
import secrets
import shlex
import socket
import subprocess
import sys
from collections.abc import Mapping
from http.client import HTTPResponse
from pathlib import Path

import httpx
import psutil

from interview_platform.stack.broker import free_port
from interview_platform.stack.config import StackConfig
from interview_platform.stack.parts import api
from interview_platform.stack.processes import die_with
from media.storage import INCOMING
from tests.candidate import Candidate
from tests.environment import ROOT, isolated
from tests.integration.media.conftest import files_below
from tests.waiting import wait_until

PATIENCE = 60  # seconds for one answer
BOUNDARY = "a-boundary-that-no-recording-holds"
MEGABYTE = 1_048_576


class ApiServer:
    """The API's server with the project's own settings; nobody works on what is uploaded."""

    def __init__(  # noqa: PLR0913 - tests want it different in many ways
        self,
        data_dir: Path,
        *,
        database_url: str = "",
        wrapper: tuple[str, ...] = (),
        environment: Mapping[str, str] | None = None,
        command: str = "",  # of another server, with {port}; "" = the API's own
        directory: Path = ROOT,
        processes: int = 0,  # 0 = as many as `make run` starts
    ) -> None:
        config = StackConfig(
            data_dir=data_dir,
            host="127.0.0.1",
            port=free_port(),
            broker_url="",
            database_url=database_url,
            gpu_concurrency=1,
            cpu_concurrency=1,
        )
        part = api(config)
        self.url, self.port, self.storage = config.url, config.port, data_dir / "uploads"
        own = shlex.split(command.format(port=config.port)) if command else part.command
        if processes:
            own = [
                f"--workers={processes}" if word.startswith("--workers=") else word for word in own
            ]
        self._command = [*wrapper, *own]
        self._directory = directory
        self._environment = {
            **os.environ,
            **isolated(
                DJANGO_SETTINGS_MODULE="interview_platform.settings",
                DATA_DIR=str(data_dir),
                DATABASE_URL=database_url,
                SECRET_KEY=secrets.token_hex(32),
                JWT_SIGNING_KEY=secrets.token_hex(32),
                BROKER_URL=f"redis://127.0.0.1:{free_port()}/0",
            ),
            **part.environment,
            **(environment or {}),
        }
        self._log = data_dir / "api.log"
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Make the tables, start the server, return when it answers."""
        self._log.parent.mkdir(parents=True, exist_ok=True)
        migrate = [sys.executable, "manage.py", "migrate", "--verbosity=0"]
        subprocess.run(migrate, cwd=self._directory, env=self._environment, check=True)
        with self._log.open("wb") as log:
            self._process = subprocess.Popen(
                self._command,
                cwd=self._directory,
                env=self._environment,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                preexec_fn=die_with(os.getpid()),  # noqa: PLW1509 - it takes no lock
            )
        wait_until(self._answers)

    def stop(self) -> None:
        """Stop the server."""
        if self._process is not None:
            self._process.terminate()
            self._process.wait(timeout=PATIENCE)

    def log(self) -> str:
        """Return what the server has said."""
        return self._log.read_text("utf-8", "replace")

    def peak_megabytes(self) -> float:
        """Return the most memory that one of its processes has had since its start."""
        return max(_peak(process.pid) for process in self.processes()) / MEGABYTE

    def processes(self) -> list[psutil.Process]:
        """Return its processes, the first one first."""
        assert self._process is not None
        first = psutil.Process(self._process.pid)
        return [first, *first.children(recursive=True)]

    def waiting_files(self) -> list[Path]:
        """Return the temporary files of uploads that have not ended."""
        return files_below(self.storage / INCOMING)

    def spooled_bodies(self) -> list[str]:
        """Return the files without a name that bodies of requests lie in (Linux)."""
        open_files = [
            link.readlink()
            for process in self.processes()
            for link in Path(f"/proc/{process.pid}/fd").iterdir()
            if link.is_symlink()
        ]
        return [str(path) for path in open_files if INCOMING in path.parts]

    def recordings(self) -> list[Path]:
        """Return the files of all recordings."""
        return [path for path in files_below(self.storage) if INCOMING not in path.parts]

    def _answers(self) -> bool:
        assert self._process is not None
        assert self._process.poll() is None, self.log()
        try:
            return httpx.get(f"{self.url}/health/live", timeout=PATIENCE).is_success
        except httpx.HTTPError:
            return False


class Answering(Candidate):
    """A candidate at the first question of an interview."""

    def __init__(self, server: ApiServer) -> None:
        super().__init__(server.url)
        self.server = server
        self.register()
        self.create_session()
        self.generate_questions()
        first = self.data("generate_questions")["questions"][0]["id"]
        self.path = f"{self.session_path}/questions/{first}/audio"

    def send(self, content: bytes) -> httpx.Response:
        """Upload these bytes."""
        return self.http.post(self.path, files={"file": ("answer.wav", content)})

    def open_upload(self, *, announced: int, also: str = "") -> socket.socket:
        """Send the head of an upload that announces so many bytes; return the connection."""
        connection = socket.create_connection(("127.0.0.1", self.server.port), timeout=PATIENCE)
        connection.sendall(
            (
                f"POST {self.path} HTTP/1.1\r\nHost: 127.0.0.1\r\n"
                f"Authorization: {self.http.headers['Authorization']}\r\n"
                f"Content-Type: multipart/form-data; boundary={BOUNDARY}\r\n"
                f"Content-Length: {announced}\r\n{also}\r\n"
            ).encode()
        )
        return connection


def unread_bytes(port: int) -> int:
    """Return how much lies at the server's sockets that it has not read, clients that it has not taken among it (Linux)."""
    rows = [line.split() for line in Path("/proc/net/tcp").read_text("ascii").splitlines()[1:]]
    return sum(int(row[4].split(":")[1], 16) for row in rows if row[1].endswith(f":{port:04X}"))


def form(content: bytes) -> bytes:
    """Return the body of an upload."""
    head = f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="file"; filename="a.wav"\r\n\r\n'
    return head.encode() + content + f"\r\n--{BOUNDARY}--\r\n".encode()


def read_answer(connection: socket.socket) -> tuple[HTTPResponse, str]:
    """Return head and body of the answer, as soon as they are there."""
    answer = HTTPResponse(connection)
    answer.begin()
    return answer, answer.read().decode()


def _peak(pid: int) -> int:
    [line] = [
        line
        for line in Path(f"/proc/{pid}/status").read_text("utf-8").splitlines()
        if line.startswith("VmHWM")
    ]
    return int(line.split()[1]) * 1024
