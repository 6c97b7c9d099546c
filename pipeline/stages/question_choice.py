"""Which questions are asked: chosen from the bank. Equal input and seed give equal questions."""

import random
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import cycle, islice
from typing import Final

from pipeline.stages.question_request import (
    CATEGORIES,
    DIFFICULTIES,
    BankQuestion,
    QuestionRequest,
    same_words,
)
from pipeline.stages.skill_names import is_about, named_in, related
from pipeline.values import DraftQuestion

MAX_REASON: Final = 300  # characters
MAX_NAMED_SKILLS: Final = 10  # taken from a job description

# Words of a role that say little about what one is asked.
WEAK_WORDS: Final = frozenset(
    {
        *("a", "an", "and", "at", "for", "in", "of", "the", "to"),
        *(
            "i",
            "ii",
            "iii",
            "junior",
            "senior",
            "mid",
            "lead",
            "principal",
            "staff",
            "chief",
            "head",
        ),
        *("associate", "intern", "trainee", "graduate", "level", "engineer", "developer"),
        *("specialist", "officer", "professional", "expert", "member", "team"),
    }
)
FOR_EVERYBODY: Final = frozenset({"any", "all", "general", "every", "everyone", "everybody"})
SAME_WORDS: Final = {
    "programmer": "software",
    "coder": "software",
    "sre": "devops",
    "reliability": "devops",
    "ml": "machine",
    "qa": "test",
    "tester": "test",
    "testing": "test",
    "quality": "test",
    "ui": "frontend",
    "ux": "design",
    "designer": "design",
    "analytics": "data",
    "management": "manager",
}


@dataclass(frozen=True, slots=True)
class Wish:
    """What the next question is to be about."""

    category: str
    skill: str | None = None  # as it was asked for
    subject: str | None = None  # the skill itself, or its nearest relation


def select_questions(
    *,
    request: QuestionRequest,
    bank: Sequence[BankQuestion],
    seen: Collection[str],
    seed: int,
) -> list[DraftQuestion]:
    """
    Return the questions asked for, fewer only when the bank has no more in the categories.

    `seen` holds keys or texts of earlier questions: they come back only when nothing else of the category is left.
    """
    categories = tuple(dict.fromkeys(request.categories)) or CATEGORIES
    ranking = _Ranking(request, bank=bank, seen=seen, seed=seed)
    wishes = _wishes(categories, _technical_wishes(request, bank))
    chosen: list[DraftQuestion] = []
    for wish in islice(wishes, request.num_questions):
        found = ranking.take(wish)
        if found is not None:
            chosen.append(found)
    for category in cycle(categories):  # a category may have run dry
        if len(chosen) == request.num_questions or not ranking.has_any(categories):
            return chosen
        found = ranking.take(Wish(category))
        if found is not None:
            chosen.append(found)
    return chosen


class _Ranking:
    """The questions that are left, and which of them comes first."""

    def __init__(
        self,
        request: QuestionRequest,
        *,
        bank: Sequence[BankQuestion],
        seen: Collection[str],
        seed: int,
    ) -> None:
        chance = random.Random(seed)  # noqa: S311 - variety between interviews, no secret
        self._request = request
        self._seen = frozenset(seen)
        role = role_words(request.target_role)
        self._fit = {entry.key: role_fit(entry.roles, role) for entry in bank}
        self._left = {entry.key: entry for entry in bank}
        self._lot = {key: chance.random() for key in sorted(self._left)}

    def has_any(self, categories: Collection[str]) -> bool:
        """Tell whether a question of these categories is left."""
        return any(entry.category in categories for entry in self._left.values())

    def take(self, wish: Wish) -> DraftQuestion | None:
        """Take the best question for the wish out of what is left; None when the category is empty."""
        candidates = [entry for entry in self._left.values() if entry.category == wish.category]
        if not candidates:
            return None
        best = min(candidates, key=lambda entry: self._rank(entry, wish))
        same_text = same_words(best.text)
        self._left = {
            key: entry for key, entry in self._left.items() if same_words(entry.text) != same_text
        }
        return _draft(best, self._reason(best, wish))

    def _rank(self, entry: BankQuestion, wish: Wish) -> tuple[float, ...]:
        """Return what decides, most important first; less is better."""
        fit = self._fit[entry.key]
        return (
            self._is_seen(entry),
            _skill_distance(entry, wish, fit=fit),
            fit < 0,
            difficulty_distance(entry.difficulty, self._request.difficulty),
            -fit,
            self._lot[entry.key],
        )

    def _is_seen(self, entry: BankQuestion) -> bool:
        return entry.key in self._seen or entry.text in self._seen

    def _reason(self, entry: BankQuestion, wish: Wish) -> str:
        return "; ".join(self._reasons(entry, wish))[:MAX_REASON]

    def _reasons(self, entry: BankQuestion, wish: Wish) -> Iterator[str]:
        asked = self._request.difficulty
        yield f"{entry.category}, {entry.difficulty}" + (
            "" if entry.difficulty == asked else f" (no {asked} one was left)"
        )
        about = _shared_skill(entry, wish)
        if about and wish.skill != wish.subject:
            yield f"about {about}, the nearest to {wish.skill}"
        elif about:
            yield f"about {wish.skill}"
        elif wish.skill:
            yield f"general, as no other question about {wish.skill} was left"
        if self._fit[entry.key] > 0:
            yield f"for the role {self._request.target_role}"
        if self._is_seen(entry):
            yield "asked before, as all others were too"


def difficulty_distance(one: str, other: str) -> int:
    """Return 0 for the same difficulty, 1 for neighbours, 2 for the ends."""
    return abs(DIFFICULTIES.index(one) - DIFFICULTIES.index(other))


def role_fit(roles: Iterable[str], wanted: frozenset[str]) -> float:
    """Return how well a question's roles fit: up to 1; 0 for a question for everybody, -1 for other people's."""
    known = [words for words in map(role_words, roles) if words]
    if not known or not wanted or any(words & FOR_EVERYBODY for words in known):
        return 0.0
    fit = max(len(words & wanted) / len(words | wanted) for words in known)
    return fit or -1.0


def role_words(role: str) -> frozenset[str]:
    """Return the words of a role that say what somebody does."""
    words = role.casefold().replace("back-end", "backend").replace("front-end", "frontend")
    words = words.replace("back end", "backend").replace("front end", "frontend")
    letters = "".join(char if char.isalnum() else " " for char in words)
    strong = (word for word in letters.split() if word not in WEAK_WORDS)
    return frozenset(SAME_WORDS.get(word, word) for word in strong)


def _technical_wishes(request: QuestionRequest, bank: Sequence[BankQuestion]) -> list[Wish]:
    """Return a wish for each skill, about the nearest thing that the bank knows; none for unknown ones."""
    technical = [entry for entry in bank if entry.category == "technical"]
    subjects = list(dict.fromkeys(skill for entry in technical for skill in entry.skills))
    skills = request.skills or named_in(request.job_description, subjects)[:MAX_NAMED_SKILLS]
    wishes = []
    for skill in skills:
        names = [name for name in (skill, related(skill)) if name and is_about(subjects, name)]
        if names:
            wishes.append(Wish("technical", skill=skill, subject=names[0]))
    return wishes


def _wishes(categories: Sequence[str], skills: Sequence[Wish]) -> Iterator[Wish]:
    """Go round the categories, and within the technical one round the skills: no category is ahead by two."""
    technical = cycle(skills or [Wish("technical")])
    for category in cycle(categories):
        yield next(technical) if category == "technical" else Wish(category)


def _shared_skill(entry: BankQuestion, wish: Wish) -> str | None:
    """Return the question's skill that answers the wish, as the bank spells it."""
    subject = wish.subject or ""
    return next((skill for skill in entry.skills if is_about([skill], subject)), None)


def _skill_distance(entry: BankQuestion, wish: Wish, *, fit: float) -> int:
    """Return 0 for a question about the wish, 1 for a general one, 2 for one about something else."""
    if wish.subject is None or is_about(entry.skills, wish.subject):
        return 0
    return 1 if not entry.skills or fit > 0 else 2


def _draft(entry: BankQuestion, reason: str) -> DraftQuestion:
    return DraftQuestion(
        text=entry.text,
        category=entry.category,
        difficulty=entry.difficulty,
        time_limit=entry.time_limit,
        expected_keywords=entry.expected_keywords,
        skills=entry.skills,
        answer_prototype=entry.answer_prototype,
        reference_points=entry.reference_points,
        keyword_variants=entry.keyword_variants,
        follow_ups=entry.follow_ups,
        source="bank",
        bank_key=entry.key,
        selection_reason=reason,
    )
