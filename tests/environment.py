"""What tests put into the environment before the project's settings are read."""

import os
import re
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VARIABLE = re.compile(r"^#?([A-Z][A-Z0-9_]*)=", re.MULTILINE)


def documented_variables() -> list[str]:
    """Return every variable that `.env.example` names."""
    return VARIABLE.findall((ROOT / ".env.example").read_text("utf-8"))


def isolated(**own: str) -> dict[str, str]:
    """Return variables that shut out the operator's environment and `.env`: what is empty has its default."""
    everything = dict.fromkeys(documented_variables(), "")
    return {**everything, "HF_HUB_OFFLINE": "1", "LOG_LEVEL": "WARNING", **own}


def enter(**own: str) -> None:
    """Put them into this process's environment."""
    os.environ.update(isolated(**own))
