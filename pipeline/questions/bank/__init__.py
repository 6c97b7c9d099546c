"""The built-in questions: every file of `data/`, one question a line, checked as it is read."""

import json
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from functools import cache
from pathlib import Path
from typing import Annotated, Any, Final, Literal, Self

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError, model_validator

from pipeline.questions.selection import BankQuestion

DATA: Final = Path(__file__).parent / "data"


def _require_distinct(texts: list[str]) -> list[str]:
    if len(set(texts)) < len(texts):
        raise ValueError("Each text must stand once.")
    return texts


Short = Annotated[str, Field(pattern=r"^\S(.*\S)?$", max_length=60)]
Sentence = Annotated[str, Field(pattern=r"^\S(.*\S)?$", max_length=300)]
Shorts = Annotated[list[Short], AfterValidator(_require_distinct)]
Sentences = Annotated[list[Sentence], AfterValidator(_require_distinct)]


class Entry(BaseModel):
    """One line of a file."""

    model_config = ConfigDict(extra="forbid", strict=True)

    key: str = Field(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$", max_length=80)
    text: str = Field(min_length=10, max_length=600)
    category: Literal["behavioral", "technical", "situational"]
    difficulty: Literal["easy", "medium", "hard"]
    time_limit: int = Field(ge=10, le=1800)  # the table's own limits
    skills: Shorts = Field(default=[], max_length=8)
    roles: Shorts = Field(default=[], max_length=12)
    expected_keywords: Shorts = Field(min_length=4, max_length=8)
    keyword_variants: dict[str, Annotated[Shorts, Field(min_length=1, max_length=12)]] = {}
    answer_prototype: str = Field(min_length=40, max_length=2000)
    reference_points: Sentences = Field(min_length=3, max_length=5)
    follow_ups: Sentences = Field(min_length=1, max_length=2)
    competency: str = Field(default="", pattern=r"^([a-z]+( [a-z]+)*)?$", max_length=40)

    @model_validator(mode="after")
    def _require_whole(self) -> Self:
        if self.category == "behavioral" and not self.competency:
            raise ValueError("A behavioral question needs a competency.")
        if strangers := sorted(self.keyword_variants.keys() - set(self.expected_keywords)):
            raise ValueError(f"Variants of no expected keyword: {', '.join(strangers)}.")
        return self


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


def _question(line: object) -> BankQuestion:
    """Return the question; raise `ValueError` with the first thing that is wrong with it."""
    try:
        entry = Entry.model_validate(line)
    except ValidationError as error:
        first = error.errors()[0]
        path = "".join(f".{part}" for part in first["loc"])
        raise ValueError(f"${path}: {first['msg']}") from error
    fields: dict[str, Any] = {
        name: tuple(value) if isinstance(value, list) else value for name, value in entry
    }
    variants = {word: tuple(said) for word, said in entry.keyword_variants.items()}
    return BankQuestion(**{**fields, "keyword_variants": variants})


def _refuse_repetitions(what: str, values: Sequence[str]) -> None:
    repeated = sorted(value for value, times in Counter(values).items() if times > 1)
    if repeated:
        raise BankInvalid(f"Each {what} must stand once: {', '.join(repeated)}")
