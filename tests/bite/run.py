"""`make bite`: take one mechanism out of a copy of the product at a time; the tests must go red each time."""

import argparse
import os
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Final

from tests.bite.costs import COSTS
from tests.bite.mutations import MUTATIONS, Mutation
from tests.bite.recovery import RECOVERY
from tests.bite.security import GUARDS
from tests.environment import ROOT

GREEN: Final = 0  # pytest's own exit codes; the others are no verdicts
RED: Final = 1
VERDICTS: Final = {GREEN: "green", RED: "red"}
SECONDS: Final = 600.0  # for the tests of one mutation on a busy machine
ALL_SECONDS: Final = 3000.0  # for those of all mutations together


def main() -> int:
    """Try every mutation; return 0 when the tests noticed each of them and nothing else."""
    sys.stdout.reconfigure(line_buffering=True)  # type: ignore[union-attr] # the table is to be seen as it grows
    only = _options().only
    known = (*MUTATIONS, *RECOVERY, *GUARDS, *COSTS)
    chosen = [mutation for mutation in known if only in mutation.name]
    with tempfile.TemporaryDirectory(prefix="interview-bite-") as directory:
        copy = Path(directory)
        _copy_tree(copy)
        print(f"{'taken out':62} {'tests':44} seconds  verdict")
        whole = _try(copy, chosen)
        noticed = [_bites(copy, mutation) for mutation in chosen] if whole else [False]
    return 0 if all(noticed) else 1


def _try(copy: Path, mutations: list[Mutation]) -> bool:
    """Run all the tests on the whole product: red means nothing unless they are green there."""
    verdicts = []
    for postgres in sorted({mutation.postgres for mutation in mutations}):
        files = sorted({test for m in mutations if m.postgres == postgres for test in m.tests})
        code, seconds = _run_tests(copy, files, postgres=postgres, limit=ALL_SECONDS)
        _tell("(nothing)", f"{len(files)} files", seconds, code)
        verdicts.append(code == GREEN)
    return all(verdicts)


def _bites(copy: Path, mutation: Mutation) -> bool:
    """Tell whether the tests go red without the mechanism."""
    path = copy / mutation.file
    whole = path.read_text("utf-8")
    assert whole.count(mutation.before) == 1, f"{mutation.name}: {mutation.file} has changed"
    path.write_text(whole.replace(mutation.before, mutation.after), "utf-8")
    try:
        code, seconds = _run_tests(copy, list(mutation.tests), postgres=mutation.postgres)
    finally:
        path.write_text(whole, "utf-8")
    _tell(mutation.name, " ".join(_short(test) for test in mutation.tests), seconds, code)
    return code == RED


def _run_tests(
    copy: Path, tests: list[str], *, postgres: bool, limit: float = SECONDS
) -> tuple[int, float]:
    """Return pytest's exit code, and how long it took."""
    began = time.monotonic()
    own = {
        "TEST_DATABASE": "postgres" if postgres else "sqlite",
        "PYTHONDONTWRITEBYTECODE": "1",  # a file that changes twice a second must be read each time
    }
    process = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-x", "-p", "no:cacheprovider", *tests],
        cwd=copy,
        env={**os.environ, "HOLD_TIMES": "yes", **own},
        capture_output=True,
        text=True,
        check=False,
        timeout=limit,
    )
    if process.returncode not in VERDICTS:
        print(process.stdout[-2000:] + process.stderr[-2000:])
    return process.returncode, time.monotonic() - began


def _copy_tree(target: Path) -> None:
    """Copy the files that are under version control, as they are now."""
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, check=True)
    for name in filter(None, listed.stdout.decode().split("\0")):
        if (ROOT / name).is_file():
            (target / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(ROOT / name, target / name)


def _tell(name: str, tests: str, seconds: float, code: int) -> None:
    print(f"{name:62} {tests:44} {seconds:7.1f}  {VERDICTS.get(code, f'no verdict ({code})')}")


def _short(test: str) -> str:
    return test.removeprefix("tests/integration/")


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--only", default="", help="a part of the mutation's name")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
