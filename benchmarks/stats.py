"""
Print the size and shape of the code base: `make stats`.

`--trace` also runs one upload from the view to the stored feedback, with the real models, and counts the modules it enters.
"""

import argparse
import ast
import re
import statistics
import subprocess
import sys
import threading
import tomllib
from collections.abc import Iterator
from enum import Enum
from pathlib import Path
from typing import Any, Final

ROOT: Final = Path(__file__).resolve().parent.parent
PUBLIC: Final = (
    "_exit",
    "_replace",
    "_meta",
    "_default_manager",
)  # documented, despite their names
PRODUCT: Final = ("accounts", "analytics", "interview_platform", "media", "pipeline", "sessions")
OWN: Final = (*PRODUCT, "tests", "benchmarks")
LONG_FUNCTION: Final = 60  # lines
Function = ast.FunctionDef | ast.AsyncFunctionDef


def main() -> None:
    """Print one line for each figure."""
    options = _options()
    files = product_files()
    functions = [f for path in files for f in functions_of(path)]
    lengths = [length_of(function) for function in functions]
    sizes = [len(path.read_text("utf-8").splitlines()) for path in files]
    _show("product lines, without migrations", sum(sizes))
    _show("product files, without migrations and empty ones", sum(size > 0 for size in sizes))
    _show("lines of a file, median / most", f"{statistics.median(sizes):.0f} / {max(sizes)}")
    ninth = statistics.quantiles(lengths, n=10)[-1]
    _show("lines of a function, median / 90th percentile / most", _three(lengths, ninth))
    _show(f"functions of more than {LONG_FUNCTION} lines", _longer(lengths))
    _show("annotated functions", f"{100 * _annotated(functions):.1f} %")
    _show("run-time dependencies", len(run_time_dependencies()))
    private = [found for path in files for found in private_names(path)]
    _show("private names of other packages", len(private))
    _list(private)
    _show("test lines", _lines_below("tests"))
    _show("commit subjects of the last 50, median characters", _subject_length())
    if options.trace:
        modules = trace_upload()
        _show("modules that one upload runs through", len(modules))
        _list(sorted(modules) if options.names else [])
        overridden = list(overridden_private_methods())
        _show("private methods of other packages that are overridden", len(overridden))
        _list(overridden)


def product_files() -> list[Path]:
    """Return the product's Python files, migrations left out."""
    return [
        path
        for app in PRODUCT
        for path in sorted((ROOT / app).rglob("*.py"))
        if "migrations" not in path.parts
    ]


def functions_of(path: Path) -> Iterator[Function]:
    """Yield the functions and methods of a file."""
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, Function):
            yield node


def length_of(function: Function) -> int:
    """Return the lines of a function, its decorators left out."""
    return (function.end_lineno or function.lineno) - function.lineno + 1


def private_names(path: Path) -> Iterator[str]:
    """Yield imports of private modules or names, and private attributes of imported packages."""
    tree = ast.parse(path.read_text("utf-8"))
    foreign: set[str] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and (node.module or "").split(".")[0] not in OWN:
            names = [*(node.module or "").split("."), *(alias.name for alias in node.names)]
            foreign |= {alias.asname or alias.name for alias in node.names}
            if any(_is_private(name) for name in names):
                yield f"{_place(path, node)} from {node.module} import {names[-1]}"
        elif isinstance(node, ast.Import):
            foreign |= {(alias.asname or alias.name).split(".")[0] for alias in node.names}
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute) and _is_private(node.attr):
            name = ast.unparse(node)
            if re.split(r"\W", name)[0] in foreign and node.attr not in PUBLIC:
                yield f"{_place(path, node)} {name}"


def run_time_dependencies() -> list[str]:
    """Return the packages that the product asks for by name."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    names = [re.split(r"[\[<>=!~; ]", entry, maxsplit=1)[0] for entry in project["dependencies"]]
    return sorted(set(names))


def trace_upload() -> set[str]:
    """Return the product's modules that run from an upload to the answer of its feedback."""
    sys.path.insert(0, str(ROOT))
    from benchmarks.upload_path import UploadPath

    entered: set[str] = set()

    def note(frame: Any, event: str, _argument: Any) -> None:
        if event == "call":
            entered.add(frame.f_code.co_filename)

    path = UploadPath()
    threading.setprofile(note)
    sys.setprofile(note)
    try:
        path.run()
    finally:
        sys.setprofile(None)
        threading.setprofile(None)
    found = (Path(name) for name in entered if name.startswith(f"{ROOT}/"))
    names = {str(path.relative_to(ROOT)) for path in found}
    return {name for name in names if name.split("/")[0] in PRODUCT}


def overridden_private_methods() -> Iterator[str]:
    """Yield methods of ours that override a private method of another package's class."""
    for name, module in sorted(sys.modules.items()):
        if name.split(".")[0] not in PRODUCT:
            continue
        for cls in vars(module).values():
            if isinstance(cls, type) and cls.__module__ == name and not issubclass(cls, Enum):
                yield from (f"{name}.{cls.__name__}.{member}" for member in _overridden(cls))


def _overridden(cls: type) -> Iterator[str]:
    foreign = [base for base in cls.__mro__[1:] if base.__module__.split(".")[0] not in OWN]
    for member, value in vars(cls).items():
        if _is_private(member) and callable(value) and any(member in vars(b) for b in foreign):
            yield member


def _annotated(functions: list[Function]) -> float:
    return sum(function.returns is not None for function in functions) / len(functions)


def _longer(lengths: list[int]) -> int:
    return sum(length > LONG_FUNCTION for length in lengths)


def _three(lengths: list[int], ninth: float) -> str:
    return f"{statistics.median(lengths):.0f} / {ninth:.0f} / {max(lengths)}"


def _lines_below(folder: str) -> int:
    return sum(len(path.read_text("utf-8").splitlines()) for path in (ROOT / folder).rglob("*.py"))


def _subject_length() -> str:
    log = subprocess.run(
        ["/usr/bin/env", "git", "log", "-50", "--no-merges", "--format=%s"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    lengths = [len(line) for line in log.stdout.splitlines()]
    return f"{statistics.median(lengths):.0f}" if lengths else "no history"


def _is_private(name: str) -> bool:
    return name.startswith("_") and not name.startswith("__")


def _place(path: Path, node: ast.AST) -> str:
    return f"{path.relative_to(ROOT)}:{getattr(node, 'lineno', 0)}"


def _list(names: list[str]) -> None:
    for name in names:
        print(f"    {name}")


def _show(name: str, value: object) -> None:
    print(f"{name:60} {value}")


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--trace", action="store_true", help="run one upload (half a minute)")
    parser.add_argument("--names", action="store_true", help="list the modules it enters")
    return parser.parse_args()


if __name__ == "__main__":
    main()
