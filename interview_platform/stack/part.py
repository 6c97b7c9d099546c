"""`make api`, `make worker QUEUES=gpu`: one part alone, in the foreground, started as `make run` starts it."""

import os
import sys

from interview_platform.stack import parts
from interview_platform.stack.config import StackConfig, read_config
from interview_platform.stack.processes import Part
from interview_platform.stack.troubles import CannotStart

QUEUES = {"gpu", "cpu", "maint"}


def main(arguments: list[str]) -> None:
    """Become the part that the arguments name: `api`, or `worker` with its queues."""
    try:
        part = choose(arguments, config=read_config())
    except CannotStart as reason:
        sys.exit(str(reason))
    command = list(part.command)
    os.execvpe(command[0], command, {**os.environ, **part.environment})  # noqa: S606 - it becomes the part


def choose(arguments: list[str], *, config: StackConfig) -> Part:
    """Return the part, or raise `CannotStart` with what there is."""
    match arguments:
        case ["api"]:
            return parts.api(config)
        case ["worker", "gpu"]:
            return parts.gpu_worker(config, gpu=config.gpu_index)
        case ["worker", "cpu"]:
            return parts.cpu_worker(config, queues="cpu")
        case ["worker", "maint"]:
            return parts.maint_worker(config)
        case ["worker", "cpu,maint" | "maint,cpu"]:
            return parts.cpu_worker(config)
        case ["worker", queues] if "gpu" in queues and set(queues.split(",")) <= QUEUES:
            return parts.worker(config, name=queues, queues=queues, options=())
    raise CannotStart(
        "There are: make api, make worker QUEUES=gpu, make worker QUEUES=cpu, "
        "make worker QUEUES=maint, and several queues with commas between."
    )


if __name__ == "__main__":
    main(sys.argv[1:])
