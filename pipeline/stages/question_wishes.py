"""What each question of an interview is to be about: its category, and for technical ones the skill."""

import random
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain, cycle, zip_longest
from typing import Final

from pipeline.ports import SentenceEncoder
from pipeline.stages.competencies import competency_of
from pipeline.stages.nearest_name import nearest_name
from pipeline.stages.question_request import BankQuestion
from pipeline.stages.role_names import role_fit
from pipeline.stages.skill_names import canonical, is_about, related
from pipeline.stages.weak_spots import weakness

# What gives the most practice in a metric: stories are told at length, and terms belong to a trade.
PRACTICED_BY: Final = {
    "behavioral": ("behavioral", "relevance", "fluency"),
    "technical": ("technical", "keywords"),
    "situational": ("situational", "grammar"),
}


@dataclass(frozen=True, slots=True)
class Wish:
    """What the next question is to be about."""

    category: str
    skill: str | None = None  # as it was asked for
    subject: str | None = None  # the skill itself, or its nearest relation
    is_from_job: bool = False  # the job's text names it, the request does not


def take_turns(categories: Sequence[str], number: int, *, weak: Mapping[str, float]) -> list[str]:
    """Return the category of each question, in rounds: none is ahead by two, and the weakest gets what is over."""
    rounds, over = divmod(number, len(categories))
    order = sorted(categories, key=lambda name: -weakness(PRACTICED_BY[name], weak)[0])
    last = [name for name in categories if name in order[:over]]
    return [*categories] * rounds + last


def order_skills(asked: Sequence[str], job: Sequence[str]) -> list[str]:
    """Return what is asked for and what the job names: first what both do, then in turn."""
    shared = [skill for skill in job if is_about(asked, skill)]
    rest = [skill for skill in asked if not is_about(shared, skill)]
    new = [skill for skill in job if skill not in shared]
    merged = (skill for pair in zip_longest(rest, new) for skill in pair if skill is not None)
    return [*shared, *merged]


class SkillFinder:
    """Finds which subject of the bank answers a wanted skill."""

    def __init__(
        self,
        bank: Sequence[BankQuestion],
        *,
        role: frozenset[str],
        encoder: SentenceEncoder | None = None,
    ) -> None:
        technical = [entry for entry in bank if entry.category == "technical"]
        fitting = [entry for entry in technical if role_fit(entry.roles, role) >= 0]
        self.own: Final = _subjects(fitting)  # of the role
        self._names = {canonical(name) for name in _subjects(technical)}
        self._encoder = encoder

    def find(self, skill: str) -> str | None:
        """Return the skill or its nearest relation, whichever the bank asks about; None for soft skills and strangers."""
        is_soft = competency_of(skill) is not None
        for name in filter(None, (skill, related(skill))):
            # What is asked for by its very name counts in any profession, its kinds only in one's own.
            if is_about(self.own, name) or (not is_soft and canonical(name) in self._names):
                return name
        if is_soft or self._encoder is None:
            return None
        return nearest_name(skill, self.own, encoder=self._encoder)


def technical_wishes(
    asked: Sequence[str], job: Sequence[str], *, finder: SkillFinder
) -> list[Wish]:
    """Return a wish for each skill that the bank can ask about."""
    found = ((skill, finder.find(skill)) for skill in order_skills(asked, job))
    return [
        Wish("technical", skill=skill, subject=subject, is_from_job=not is_about(asked, skill))
        for skill, subject in found
        if subject is not None
    ]


def make_wishes(
    turns: Sequence[str], skills: Sequence[Wish], *, weak: Mapping[str, float], seed: int
) -> Iterator[Wish]:
    """Yield a wish for each turn; technical ones go round the skills, the weak ones first."""
    slots = sum(category == "technical" for category in turns)
    technical = cycle(_choose_skills(skills, slots, weak=weak, seed=seed) or [Wish("technical")])
    for category in turns:
        yield next(technical) if category == "technical" else Wish(category)


def _choose_skills(
    skills: Sequence[Wish], slots: int, *, weak: Mapping[str, float], seed: int
) -> list[Wish]:
    """Return as many skills as there are questions: a draw, else the last of a long profile never had their turn."""
    lacks = [weakness(filter(None, (wish.skill, wish.subject)), weak)[0] for wish in skills]
    if len(skills) > slots:
        chance = random.Random(seed)  # noqa: S311 - variety between interviews, no secret
        drawn = sorted(range(len(skills)), key=lambda at: (-lacks[at], chance.random()))[:slots]
    else:
        drawn = list(range(len(skills)))
    return [skills[at] for at in sorted(drawn, key=lambda at: (-lacks[at], at))]


def _subjects(entries: Sequence[BankQuestion]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(chain.from_iterable(entry.skills for entry in entries)))
