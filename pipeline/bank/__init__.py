"""The built-in questions: every file of `data/`, one question a line, checked as it is read."""

import json
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from functools import cache
from pathlib import Path
from typing import Any, Final

from jsonschema import Draft202012Validator

from pipeline.stages.questions import CATEGORIES, DIFFICULTIES, BankQuestion

DATA: Final = Path(__file__).parent / "data"


def _texts(*, least: int = 0, most: int, length: int) -> dict[str, Any]:
    """Return the schema of a list of different texts."""
    item = {"type": "string", "pattern": r"^\S(.*\S)?$", "maxLength": length}
    return {
        "type": "array",
        "items": item,
        "uniqueItems": True,
        "minItems": least,
        "maxItems": most,
    }


ENTRY: Final[dict[str, Any]] = {
    "type": "object",
    "additionalProperties": False,
    "required": [
        *("key", "text", "category", "difficulty", "time_limit"),
        *("expected_keywords", "answer_prototype", "reference_points", "follow_ups"),
    ],
    "properties": {
        "key": {"type": "string", "pattern": r"^[a-z0-9]+(-[a-z0-9]+)*$", "maxLength": 80},
        "text": {"type": "string", "minLength": 10, "maxLength": 600},
        "category": {"enum": list(CATEGORIES)},
        "difficulty": {"enum": list(DIFFICULTIES)},
        "time_limit": {"type": "integer", "minimum": 10, "maximum": 1800},  # the table's own limits
        "skills": _texts(most=8, length=60),
        "roles": _texts(most=12, length=60),
        "expected_keywords": _texts(least=4, most=8, length=60),
        "keyword_variants": {
            "type": "object",
            "additionalProperties": _texts(least=1, most=12, length=60),
        },
        "answer_prototype": {"type": "string", "minLength": 40, "maxLength": 2000},
        "reference_points": _texts(least=3, most=5, length=300),
        "follow_ups": _texts(least=1, most=2, length=300),
        "competency": {"type": "string", "pattern": r"^[a-z]+( [a-z]+)*$", "maxLength": 40},
    },
    "if": {"properties": {"category": {"const": "behavioral"}}},
    "then": {"required": ["competency"]},
}
_CHECK: Final = Draft202012Validator(ENTRY)


class BankInvalid(ValueError):  # noqa: N818 - it reads as a sentence where it is raised
    """A file of the bank is not what it should be; the message says which, and in which line."""


@cache
def load_bank() -> tuple[BankQuestion, ...]:
    """Return every question of the bank; raise `BankInvalid`."""
    return read_bank(sorted(DATA.glob("*.jsonl")))


def read_bank(files: Iterable[Path]) -> tuple[BankQuestion, ...]:
    """Return the questions of these files in order; raise `BankInvalid`."""
    questions = tuple(question for file in files for question in _read(file))
    if not questions:
        raise BankInvalid("The bank has no questions.")
    _refuse_repetitions("key", [question.key for question in questions])
    _refuse_repetitions("text", [question.text.casefold() for question in questions])
    return questions


def _read(file: Path) -> Iterator[BankQuestion]:
    try:
        lines = file.read_text(encoding="utf-8").split("\n")
    except UnicodeDecodeError as error:
        raise BankInvalid(f"{file.name}: {error}") from error
    for number, line in enumerate(lines, start=1):
        if not line.strip():
            continue
        try:
            yield _question(json.loads(line))
        except ValueError as error:
            raise BankInvalid(f"{file.name}, line {number}: {error}") from error


def _question(entry: Any) -> BankQuestion:
    """Return the question; raise `ValueError` with the first thing that is wrong with it."""
    wrong = min(_CHECK.iter_errors(entry), key=lambda error: error.json_path, default=None)
    if wrong is not None:
        raise ValueError(f"{wrong.json_path}: {wrong.message}")
    variants = {word: tuple(said) for word, said in entry.pop("keyword_variants", {}).items()}
    if strangers := sorted(variants.keys() - set(entry["expected_keywords"])):
        raise ValueError(f"$.keyword_variants: not in expected_keywords: {', '.join(strangers)}")
    lists = {name: tuple(value) for name, value in entry.items() if isinstance(value, list)}
    return BankQuestion(**{**entry, **lists, "keyword_variants": variants})


def _refuse_repetitions(what: str, values: Sequence[str]) -> None:
    repeated = sorted(value for value, times in Counter(values).items() if times > 1)
    if repeated:
        raise BankInvalid(f"Each {what} must stand once: {', '.join(repeated)}")
