"""How each part is started; the reasons stand in docs/operations.md."""

import os
import sys
from pathlib import Path

from interview_platform.env import env_bool, env_int
from interview_platform.stack.config import StackConfig
from interview_platform.stack.processes import Part

API_PROCESSES = 2
API_CONCURRENCY = 16  # requests in work of each, where `API_CONCURRENCY` says nothing else
LOG_CONFIG = Path(__file__).with_name(
    "server_log.json"
)  # leaves its logs to the project's settings
API_KEEP_ALIVE = 75  # seconds; longer than any client or proxy keeps an idle connection to use it again (60 at most)
API_GRACE = 30  # seconds that running requests have at a stop
CPU_TASKS_PER_CHILD = (
    1000  # a new one loads the models for seconds: as much work as hundreds of answers
)
CPU_KILOBYTES_PER_CHILD = (
    1_200_000  # twice what the judges load: a smaller limit makes each answer load them anew
)

# A slow broker must not hold up a request.
API_ENVIRONMENT = {
    "BROKER_SOCKET_TIMEOUT": "0.7",
    "BROKER_CONNECT_TIMEOUT": "0.7",
    "DATABASE_STATEMENT_SECONDS": "30",  # nobody waits any longer for an answer
}
WORKER_ENVIRONMENT = {
    "REMAP_SIGTERM": "SIGQUIT",  # give work back at a stop, do not wait for its end
    "KMP_BLOCKTIME": "0",  # OpenMP's threads must not spin between two calls
    "OMP_NUM_THREADS": "1",  # the processes are as many as the cores already
    "DATABASE_POOL": "0",  # its threads do not outlive a fork, and a process needs one connection
    "DATABASE_STATEMENT_SECONDS": "300",
}
# Each window that Whisper looks at takes 600 MB in pieces and gives them back. glibc fetches large pieces from the system one by
# one and returns them at once: a third of the encoder's time went into page faults. Kept, they are there for the next window.
RECOGNISER_ENVIRONMENT = {
    "MALLOC_ARENA_MAX": "1",  # other arenas than the first have no room for large pieces
    "MALLOC_MMAP_THRESHOLD_": "1073741824",
    "MALLOC_TRIM_THRESHOLD_": "1073741824",
    "MALLOC_TOP_PAD_": "67108864",
}


def preparation(config: StackConfig) -> Part:
    """The tables and the speech model."""
    return Part(
        name="The preparation",
        command=[sys.executable, "-m", "interview_platform.stack.prepare"],
        log=config.logs / "prepare.log",
    )


def api(config: StackConfig) -> Part:
    """The web server."""
    options = {
        "host": config.host,
        "port": config.port,
        "workers": API_PROCESSES,
        "loop": "asyncio",
        "http": "h11",  # it limits the length of a head
        "ws": "none",
        "lifespan": "on",
        "timeout-keep-alive": API_KEEP_ALIVE,
        "timeout-graceful-shutdown": API_GRACE,
        "log-config": LOG_CONFIG,
    }
    access_log = env_bool("ACCESS_LOG", default=False)
    return Part(
        name="The API",
        command=[
            *(sys.executable, "-m", "uvicorn", "interview_platform.asgi:application"),
            *("--no-proxy-headers", "--no-server-header"),
            "--access-log" if access_log else "--no-access-log",
            *(f"--{name}={value}" for name, value in options.items()),
        ],
        log=config.logs / "api.log",
        environment={**API_ENVIRONMENT, "DATABASE_POOL": str(_pool())},
    )


def _pool() -> int:
    """Return how many connections an API process may have: one for each request in work, and for probes."""
    concurrency = env_int("API_CONCURRENCY", default=API_CONCURRENCY, minimum=1)
    return env_int("DATABASE_POOL", default=0) or concurrency + 2


def gpu_workers(config: StackConfig) -> list[Part]:
    """The workers that recognise speech: one for each GPU, or one on the machine's cores."""
    if config.gpus == 0:
        return [gpu_worker(config)]
    return [gpu_worker(config, gpu=number) for number in range(config.gpus)]


def gpu_worker(config: StackConfig, *, gpu: int | None = None) -> Part:
    """A worker that recognises speech, on this GPU or on the machine's cores."""
    part = worker(
        config,
        name="gpu" if not gpu else f"gpu-{gpu}",
        queues="gpu",
        options=(f"--concurrency={config.gpu_concurrency}",),
    )
    if gpu is not None:  # the process sees this one alone, as number 0
        part.environment = {**part.environment, "CUDA_VISIBLE_DEVICES": _cuda_name(gpu)}
    return part


def cpu_worker(config: StackConfig, *, queues: str = "cpu,maint") -> Part:
    """The worker that judges; on one machine it does the upkeep, too."""
    return worker(
        config,
        name="cpu",
        queues=queues,
        options=(
            f"--concurrency={config.cpu_concurrency}",
            f"--max-tasks-per-child={CPU_TASKS_PER_CHILD}",
            f"--max-memory-per-child={CPU_KILOBYTES_PER_CHILD}",
        ),
    )


def maint_worker(config: StackConfig) -> Part:
    """The worker for what nobody waits for: exports, the sweeper, the upkeep of rows."""
    return worker(config, name="maint", queues="maint", options=("--concurrency=1",))


def worker(config: StackConfig, *, name: str, queues: str, options: tuple[str, ...]) -> Part:
    """A Celery worker for some of the queues."""
    return Part(
        name=f"The {name} worker",
        command=[
            *(sys.executable, "-m", "celery", "--app", "celery_app", "worker"),
            *("--queues", queues, "--hostname", f"{name}-{config.port}@%h", "--pool", "prefork"),
            *("--without-gossip", "--without-mingle", "--without-heartbeat", "--loglevel", "INFO"),
            *options,
        ],
        log=config.logs / f"worker-{name}.log",
        environment={
            **WORKER_ENVIRONMENT,
            **(RECOGNISER_ENVIRONMENT if "gpu" in queues.split(",") else {}),
        },
    )


def _cuda_name(number: int) -> str:
    """Return CUDA's name of one of the GPUs that the operator lets us see."""
    visible = [name for name in os.environ.get("CUDA_VISIBLE_DEVICES", "").split(",") if name]
    return visible[number] if number < len(visible) else str(number)
