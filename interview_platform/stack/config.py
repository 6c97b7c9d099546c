"""What the environment and `.env` ask of the stack."""

import os
from dataclasses import dataclass
from pathlib import Path

from django.core.exceptions import ImproperlyConfigured

from interview_platform.env import env_int, env_text, load_dotenv
from interview_platform.stack.troubles import CannotStart

ROOT = Path(__file__).resolve().parent.parent.parent
MOST_GPU_PROCESSES = (
    4  # each holds the speech model; more than this many gain little on one machine
)


@dataclass(frozen=True, slots=True)
class StackConfig:
    """What is started, and where."""

    data_dir: Path
    host: str
    port: int
    broker_url: str  # "" = start the embedded one
    database_url: str  # "" = SQLite in the data directory
    gpu_concurrency: int  # processes of each gpu worker
    cpu_concurrency: int
    gpus: int = 0  # gpu workers, each on a GPU of its own; 0 = speech is recognised on the cores
    gpu_index: int | None = None  # of the one gpu worker that is started alone; None = all are its

    @property
    def url(self) -> str:
        """The address that a person on this machine opens."""
        host = "127.0.0.1" if self.host in {"0.0.0.0", "::", ""} else self.host  # noqa: S104 - compared, not bound
        return f"http://{f'[{host}]' if ':' in host else host}:{self.port}"

    @property
    def logs(self) -> Path:
        """Where each part writes its log."""
        return self.data_dir / "logs"


def read_config() -> StackConfig:
    """Return the configuration; raise `CannotStart` with the sentence about a bad value."""
    load_dotenv(ROOT / ".env")
    try:
        return StackConfig(
            data_dir=Path(env_text("DATA_DIR", default=str(ROOT / "var"))).expanduser().resolve(),
            host=env_text("HOST", default="127.0.0.1"),
            port=_port(env_int("PORT", default=8000)),
            broker_url=env_text("BROKER_URL"),
            database_url=env_text("DATABASE_URL"),
            gpu_concurrency=env_int("GPU_WORKER_CONCURRENCY", default=0) or _gpu_processes(),
            cpu_concurrency=env_int("CPU_WORKER_CONCURRENCY", default=2, minimum=1),
            gpus=_gpus(),
            gpu_index=_gpu_index(),
        )
    except ImproperlyConfigured as trouble:
        raise CannotStart(f"{trouble}.") from trouble


def _port(number: int) -> int:
    if not 1 <= number <= 65535:  # noqa: PLR2004 - what TCP has
        raise ImproperlyConfigured(f"PORT={number}: expected 1 to 65535")
    return number


def _gpus() -> int:
    """Return how many GPUs get a worker: as many as `GPUS` says, else all that the machine shows."""
    if env_text("WHISPER_DEVICE", default="auto") == "cpu":
        return 0
    return env_int("GPUS", default=0) or count_gpus()


def _gpu_index() -> int | None:
    number = env_text("GPU_INDEX")
    return env_int("GPU_INDEX", default=0) if number else None


def _gpu_processes() -> int:
    """One process for a GPU; on a CPU one for each core, as each recognises with one thread."""
    if _gpus():
        return 1
    return max(1, min(usable_cores(), MOST_GPU_PROCESSES))


def usable_cores() -> int:
    """Return how many cores this process may use."""
    if hasattr(os, "sched_getaffinity"):  # not on macOS
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def count_gpus() -> int:
    """Return how many NVIDIA GPUs there are for us to see, without loading CUDA into this process."""
    if (visible := os.environ.get("CUDA_VISIBLE_DEVICES")) is not None:
        return len([name for name in visible.split(",") if name.strip() not in {"", "-1"}])
    return len(list(Path("/dev").glob("nvidia[0-9]*")))
