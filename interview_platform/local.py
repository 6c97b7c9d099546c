"""What `make run` keeps in the data directory: secrets and the embedded broker's address."""

import json
from pathlib import Path

BROKER_FILE = "broker.json"


def read_secret(data_dir: Path, name: str) -> str:
    """Return a secret made by `make run`, or "" when there is none (a system check then says so)."""
    try:
        secrets: dict[str, str] = json.loads((data_dir / "secrets.json").read_text("utf-8"))
    except FileNotFoundError:
        return ""
    return secrets.get(name, "")


def broker_address(data_dir: Path) -> str:
    """Return the embedded broker's address as `make run` wrote it down, or Redis' usual one."""
    try:
        return str(json.loads((data_dir / BROKER_FILE).read_text("utf-8"))["url"])
    except FileNotFoundError:
        return "redis://127.0.0.1:6379/0"
