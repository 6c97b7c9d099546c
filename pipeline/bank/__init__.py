"""The built-in questions: every file of `data/`, checked as it is read."""

import json
from collections.abc import Iterable, Sequence
from functools import cache
from pathlib import Path
from typing import Any

import jsonschema

from pipeline.stages.questions import CATEGORIES, DIFFICULTIES, BankQuestion

DATA = Path(__file__).parent / "data"

_WORDS = {
    "type": "array",
    "items": {"type": "string", "pattern": r"\S", "maxLength": 100},
    "uniqueItems": True,
}
_SENTENCES = {"type": "array", "items": {"type": "string", "pattern": r"\S", "maxLength": 500}}
ENTRY = {
    "type": "object",
    "additionalProperties": False,
    "required": ["key", "text", "category", "difficulty", "time_limit", "expected_keywords"],
    "properties": {
        "key": {"type": "string", "pattern": r"^\S{1,80}$"},
        "text": {"type": "string", "minLength": 10, "maxLength": 1000},
        "category": {"enum": list(CATEGORIES)},
        "difficulty": {"enum": list(DIFFICULTIES)},
        "time_limit": {"type": "integer", "minimum": 10, "maximum": 1800},  # the table's own limits
        "skills": _WORDS,
        "roles": _WORDS,
        "expected_keywords": {**_WORDS, "minItems": 1},
        "answer_prototype": {"type": "string", "maxLength": 4000},
        "reference_points": _SENTENCES,
        "follow_ups": _SENTENCES,
    },
}


class BankInvalid(ValueError):  # noqa: N818 - it reads as a sentence where it is raised
    """A file of the bank is not what it should be; the message says which and where."""


@cache
def load_bank() -> tuple[BankQuestion, ...]:
    """Return every question of the bank; raise `BankInvalid`."""
    return read_bank(sorted(DATA.glob("*.json")))


def read_bank(files: Iterable[Path]) -> tuple[BankQuestion, ...]:
    """Return the questions of these files in order; raise `BankInvalid`."""
    questions = tuple(question for file in files for question in _read(file))
    if not questions:
        raise BankInvalid("The bank has no questions.")
    _refuse_repetitions("key", [question.key for question in questions])
    _refuse_repetitions("text", [question.text.casefold() for question in questions])
    return questions


def _read(file: Path) -> list[BankQuestion]:
    try:
        entries = json.loads(file.read_text(encoding="utf-8"))
        jsonschema.validate(entries, {"type": "array", "items": ENTRY})
    except jsonschema.ValidationError as error:
        raise BankInvalid(f"{file.name}: {error.json_path}: {error.message}") from error
    except ValueError as error:
        raise BankInvalid(f"{file.name}: {error}") from error
    return [_question(entry) for entry in entries]


def _question(entry: dict[str, Any]) -> BankQuestion:
    lists = {name: tuple(value) for name, value in entry.items() if isinstance(value, list)}
    return BankQuestion(**{**entry, **lists})


def _refuse_repetitions(what: str, values: Sequence[str]) -> None:
    repeated = {value for value in values if values.count(value) > 1}
    if repeated:
        raise BankInvalid(f"Each {what} must stand once: {', '.join(sorted(repeated))}")
