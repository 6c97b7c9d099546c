"""Selection of questions from the bank for a request."""

import random
from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import cycle
from typing import Final

from pipeline.domain.ports import Judges
from pipeline.domain.values import DraftQuestion
from pipeline.questions.job_description import JobText, competency_of, read_job_text
from pipeline.questions.prompt import SCHEMA_NAME, parse_questions, question_prompt
from pipeline.questions.request import (
    CATEGORIES,
    DIFFICULTIES,
    BankQuestion,
    QuestionRequest,
    same_words,
)
from pipeline.questions.roles import role_fit, role_words
from pipeline.questions.skills import canonical
from pipeline.questions.slots import (
    PART,
    SkillFinder,
    Wish,
    make_wishes,
    take_turns,
    technical_wishes,
    weakness,
)

MAX_REASON: Final = 300  # characters
NO_JUDGES: Final = Judges(encoder=None, parser=None, grammar=None)


@dataclass(frozen=True, slots=True)
class Leaning:
    """What draws the choice among questions that are equally good otherwise."""

    competencies: Mapping[str, str] = field(default_factory=dict)  # → who asks for it
    weak: Mapping[str, float] = field(default_factory=dict)  # category, competency, skill → score


def select_questions(
    *,
    request: QuestionRequest,
    bank: Sequence[BankQuestion],
    seen: Collection[str],
    seed: int,
    weak: Mapping[str, float] | None = None,
    judges: Judges = NO_JUDGES,
) -> list[DraftQuestion]:
    """
    Return the questions asked for, fewer only when the bank has no more in the categories.

    `seen` holds keys or texts of earlier questions: they come back only when nothing else that suits the role is left
    in the category. `weak` holds mean scores, 0..100, by category, metric, competency or skill. The encoder finds what is
    nearest to a skill that the bank does not know, the parser reads the job's text; both may be missing.
    """
    categories = tuple(dict.fromkeys(request.categories)) or CATEGORIES
    lacks = {canonical(name): score for name, score in (weak or {}).items()}
    role = role_words(request.target_role)
    finder = SkillFinder(bank, role=role, encoder=judges.encoder)
    job = read_job_text(request.job_description, known_skills=finder.own, parser=judges.parser)
    ranking = _Ranking(
        request, bank=bank, seen=seen, seed=seed, leaning=_leaning(request, job, lacks)
    )
    turns = take_turns(categories, request.num_questions, weak=lacks)
    skills = technical_wishes(request.skills, job.skills, finder=finder)
    chosen = [ranking.take(wish) for wish in make_wishes(turns, skills, weak=lacks, seed=seed)]
    drafts = [draft for draft in chosen if draft is not None]
    for category in cycle(categories):  # a category may have run dry
        if len(drafts) == request.num_questions or not ranking.has_any(categories):
            break
        found = ranking.take(Wish(category))
        if found is not None:
            drafts.append(found)
    return drafts


class _Ranking:
    """The questions that are left, and which of them comes first."""

    def __init__(
        self,
        request: QuestionRequest,
        *,
        bank: Sequence[BankQuestion],
        seen: Collection[str],
        seed: int,
        leaning: Leaning,
    ) -> None:
        chance = random.Random(seed)  # noqa: S311 - variety between interviews, no secret
        lot = {key: chance.random() for key in sorted(entry.key for entry in bank)}
        role = role_words(request.target_role)
        self._request = request
        self._leaning = leaning
        self._fit = {entry.key: role_fit(entry.roles, role) for entry in bank}
        self._is_seen = {entry.key: entry.key in seen or entry.text in seen for entry in bank}
        self._left = {name: [e for e in bank if e.category == name] for name in CATEGORIES}
        self._asked: Counter[str] = Counter()  # competencies and skills of this interview
        self._last = {  # what decides when all that depends on the wish is equal
            entry.key: (
                difficulty_distance(entry.difficulty, request.difficulty),
                -_pull(entry, leaning),
                -self._fit[entry.key],
                lot[entry.key],
            )
            for entry in bank
        }

    def has_any(self, categories: Collection[str]) -> bool:
        """Tell whether a question of these categories is left."""
        return any(self._left[category] for category in categories)

    def take(self, wish: Wish) -> DraftQuestion | None:
        """Take the best question for the wish out of what is left; None when the category is empty."""
        best = min(
            self._left[wish.category], key=lambda entry: self._rank(entry, wish), default=None
        )
        if best is None:
            return None
        words = same_words(best.text)
        for name, entries in self._left.items():
            self._left[name] = [entry for entry in entries if same_words(entry.text) != words]
        self._asked.update(_subjects(best))
        return _draft(best, "; ".join(self._reasons(best, wish))[:MAX_REASON])

    def _rank(self, entry: BankQuestion, wish: Wish) -> tuple[float, ...]:
        """Return what decides, most important first; less is better."""
        fit = self._fit[entry.key]
        distance = wish.distance(entry, fit=fit)
        return (
            fit < 0 and not (wish.subject and distance <= PART),  # a nurse rather hears a question
            self._is_seen[entry.key],  # again than one about compilers
            distance,
            fit < 0,
            0 if wish.subject else max((self._asked[name] for name in _subjects(entry)), default=0),
            *self._last[entry.key],
        )

    def _reasons(self, entry: BankQuestion, wish: Wish) -> Iterator[str]:
        asked = self._request.difficulty
        yield f"{entry.category}, {entry.difficulty}" + (
            "" if entry.difficulty == asked else f" (no {asked} one was left)"
        )
        if wish.subject:
            yield wish.explain(entry, fit=self._fit[entry.key])
        if self._fit[entry.key] > 0:
            yield f"for the role {self._request.target_role}"
        if entry.competency:
            who = self._leaning.competencies.get(entry.competency)
            yield f"about {entry.competency}" + (f", which {who}" if who else "")
        lack, name = weakness((entry.category, *_subjects(entry)), self._leaning.weak)
        if lack:
            yield f"to practice {name}, so far {self._leaning.weak[name]:.0f} of 100"
        if self._is_seen[entry.key]:
            yield "asked before, as all others that suit were too"


def difficulty_distance(one: str, other: str) -> int:
    """Return 0 for the same difficulty, 1 for neighbours, 2 for the ends."""
    return abs(DIFFICULTIES.index(one) - DIFFICULTIES.index(other))


def _leaning(request: QuestionRequest, job: JobText, weak: Mapping[str, float]) -> Leaning:
    profile = (competency_of(skill) for skill in request.skills)
    return Leaning(
        competencies={
            **{name: "is among the skills" for name in profile if name},
            **dict.fromkeys(job.competencies, "the job asks for"),
        },
        weak=weak,
    )


def _pull(entry: BankQuestion, leaning: Leaning) -> float:
    """Return how much the job's text and earlier scores speak for the question."""
    lack, _ = weakness(_subjects(entry), leaning.weak)
    return lack + (entry.competency in leaning.competencies)


def _subjects(entry: BankQuestion) -> tuple[str, ...]:
    return (entry.competency,) if entry.competency else entry.skills


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


__all__ = [
    "CATEGORIES",
    "DIFFICULTIES",
    "SCHEMA_NAME",
    "BankQuestion",
    "QuestionRequest",
    "parse_questions",
    "question_prompt",
    "select_questions",
]
