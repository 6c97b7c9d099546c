"""What each question of an interview is to be about: its category, and for technical ones the skill."""

import random
from collections.abc import Iterator, Mapping, Sequence
from itertools import cycle, zip_longest
from typing import Final, Literal

from pipeline.stages.skill_finder import SkillFinder, Wish
from pipeline.stages.skill_names import is_about
from pipeline.stages.weak_spots import weakness

# What gives the most practice in a metric: stories are told at length, and terms belong to a trade.
PRACTICED_BY: Final = {
    "behavioral": ("behavioral", "relevance", "fluency"),
    "technical": ("technical", "keywords"),
    "situational": ("situational", "grammar"),
}


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


def technical_wishes(
    asked: Sequence[str], job: Sequence[str], *, finder: SkillFinder
) -> list[Wish]:
    """Return a wish for each skill that the bank can ask about; each knows of the others."""
    found = [(skill, finder.find(skill)) for skill in order_skills(asked, job)]
    subjects = tuple(subject for _, subject in found if subject is not None)
    return [
        Wish(
            "technical",
            skill=skill,
            subject=subject,
            others=tuple(other for other in subjects if other != subject),
            kin=finder.kin(subject),
            named_by=_named_by(skill, asked, job),
        )
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
        lot = [
            (-lacks[at], wish.named_by != "both", chance.random()) for at, wish in enumerate(skills)
        ]
        drawn = sorted(range(len(skills)), key=lot.__getitem__)[:slots]
    else:
        drawn = list(range(len(skills)))
    return [skills[at] for at in sorted(drawn, key=lambda at: (-lacks[at], at))]


def _named_by(
    skill: str, asked: Sequence[str], job: Sequence[str]
) -> Literal["request", "job", "both"]:
    if not is_about(asked, skill):
        return "job"
    return "both" if is_about(job, skill) else "request"
