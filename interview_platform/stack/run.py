"""`make run`: the whole platform on this machine, until Ctrl-C."""

import sys

from interview_platform.stack.config import read_config
from interview_platform.stack.supervisor import Supervisor
from interview_platform.stack.troubles import CannotStart


def main() -> int:
    """Run the stack; return the exit code."""
    sys.stdout.reconfigure(line_buffering=True)  # type: ignore[union-attr] # a log follows it too
    try:
        Supervisor(read_config()).run()
    except CannotStart as reason:
        print(reason, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
