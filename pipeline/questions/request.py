"""What an interview asks for, and the entries of the bank that it is answered from."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Final

CATEGORIES: Final = ("behavioral", "technical", "situational")
DIFFICULTIES: Final = ("easy", "medium", "hard")  # neighbours stand side by side


@dataclass(frozen=True, slots=True)
class BankQuestion:
    """A question of the built-in bank."""

    key: str  # stable and unique
    text: str
    category: str
    difficulty: str
    time_limit: int  # seconds
    skills: tuple[str, ...] = ()  # none: general
    roles: tuple[str, ...] = ()  # none: for everybody
    expected_keywords: tuple[str, ...] = ()
    answer_prototype: str = ""
    reference_points: tuple[str, ...] = ()
    follow_ups: tuple[str, ...] = ()
    keyword_variants: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    competency: str = ""  # of a behavioral question: conflict, failure, …


@dataclass(frozen=True, slots=True)
class QuestionRequest:
    """What an interview asks for."""

    num_questions: int
    categories: tuple[str, ...] = CATEGORIES
    skills: tuple[str, ...] = ()
    difficulty: str = "medium"
    target_role: str = ""
    target_company: str = ""
    job_description: str = ""


@lru_cache(maxsize=4096)  # the bank's texts come by at each choice
def same_words(text: str) -> str:
    """Return a text without what two wordings of one question may differ in: case, punctuation, blanks."""
    return " ".join("".join(char if char.isalnum() else " " for char in text.casefold()).split())
