"""`make audit`: known weaknesses of what the locks name, where a database of them can be reached."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any, Final

from tests.environment import ROOT

LOCKS: Final = ("requirements.lock", "requirements-dev.lock")
SECONDS: Final = 600
MOST_UNKNOWN: Final = (
    0.5  # of the packages: with more the index that answers has no database behind it
)


def main() -> int:
    """Ask about each lock; return 1 for a known weakness, 0 also where nobody can be asked."""
    return max(report(lock, ask(ROOT / lock)) for lock in LOCKS)


def ask(lock: Path) -> list[dict[str, Any]] | None:
    """Return what the database says of each package; None when it cannot be reached."""
    command = [
        *(sys.executable, "-m", "pip_audit", "--requirement", str(lock)),
        *("--disable-pip", "--no-deps", "--format", "json", "--progress-spinner", "off"),
    ]
    try:
        done = subprocess.run(command, capture_output=True, timeout=SECONDS, check=False)
        answer: dict[str, Any] = json.loads(done.stdout)
    except (subprocess.TimeoutExpired, ValueError):
        return None
    rows: list[dict[str, Any]] = answer["dependencies"]
    unknown = sum("skip_reason" in row for row in rows)
    return None if unknown > MOST_UNKNOWN * len(rows) else rows


def report(lock: str, rows: list[dict[str, Any]] | None) -> int:
    """Print what was found; return 1 when there is something to mend."""
    if rows is None:
        print(f"{lock}: not audited, as no database of weaknesses can be reached from here.")
        return 0
    weak = [(row, one) for row in rows for one in row.get("vulns", ())]
    for row, one in weak:
        print(f"{row['name']} {row['version']}: {one['id']}, mended in {one['fix_versions']}")
    print(f"{lock}: {len(rows)} packages, {len(weak)} known weaknesses.")
    return int(bool(weak))


if __name__ == "__main__":
    sys.exit(main())
