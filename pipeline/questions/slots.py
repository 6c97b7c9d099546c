"""Which skills, competencies and weak areas the slots of a session are filled with."""

import random
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain, cycle, zip_longest
from statistics import fmean
from typing import Final, Literal

from pipeline.domain.ports import SentenceEncoder
from pipeline.questions.job_description import competency_of
from pipeline.questions.request import BankQuestion
from pipeline.questions.roles import role_fit
from pipeline.questions.skills import canonical, is_about, nearest_name, related

EXACT: Final = 0
PART: Final = 1  # one is a kind of the other: "React Native" for "React"
OTHER: Final = 2  # about another skill that was asked for
KIN: Final = 3  # about what the bank asks together with the skill
GENERAL: Final = 4  # about nothing in particular, or of the role
STRANGE: Final = 5


@dataclass(frozen=True, slots=True)
class Wish:
    """What the next question is to be about."""

    category: str
    skill: str | None = None  # as it was asked for
    subject: str | None = None  # the skill itself, or its nearest relation
    others: tuple[str, ...] = ()  # subjects of the other wishes
    kin: tuple[str, ...] = ()
    named_by: Literal["request", "job", "both"] = "request"

    def distance(self, entry: BankQuestion, *, fit: float) -> int:
        """Return how far the question is from the wish; a wish without a subject is open for all."""
        if self.subject is None:
            return EXACT
        if is_about(entry.skills, self.subject):
            names = map(canonical, entry.skills)
            return EXACT if canonical(self.subject) in names else PART
        for distance, subjects in ((OTHER, self.others), (KIN, self.kin)):
            if any(is_about(entry.skills, subject) for subject in subjects):
                return distance
        return GENERAL if fit > 0 or not entry.skills else STRANGE

    def explain(self, entry: BankQuestion, *, fit: float) -> str:
        """Say what the question has to do with the skill that was wanted."""
        if self.distance(entry, fit=fit) > PART:
            about = entry.skills[0] if entry.skills else "no skill in particular"
            return f"about {about}, as no other question about {self.skill} was left"
        about = next(skill for skill in entry.skills if is_about([skill], self.subject or ""))
        if canonical(self.skill or "") != canonical(self.subject or ""):
            return f"about {about}, the nearest to {self.skill}"
        return f"about {self.skill}" + (
            ", which the job asks for" if self.named_by != "request" else ""
        )


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
        self._fitting = [entry for entry in technical if role_fit(entry.roles, role) >= 0]
        self._names = {canonical(name) for name in _skills(technical)}
        self._encoder = encoder
        self.own: Final = _skills(self._fitting)  # what the role is asked about

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

    def kin(self, subject: str) -> tuple[str, ...]:
        """Return the skills that the role's questions about the subject are about too, and its known relation."""
        about = [entry for entry in self._fitting if is_about(entry.skills, subject)]
        return tuple(dict.fromkeys(filter(None, (related(subject), *_skills(about)))))


def _skills(entries: Sequence[BankQuestion]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(chain.from_iterable(entry.skills for entry in entries)))


WEAK_BELOW: Final = 60.0  # points of 100; as a weakness in the feedback


@dataclass(frozen=True, slots=True)
class PastScore:
    """How well one question was answered."""

    bank_key: str  # empty when it did not come from the bank
    category: str
    skills: tuple[str, ...]
    overall: float  # 0..100


def find_weak_spots(past: Iterable[PastScore], *, bank: Sequence[BankQuestion]) -> dict[str, float]:
    """Return the mean score of each category, competency and skill that is below `WEAK_BELOW`."""
    competency = {entry.key: entry.competency for entry in bank}
    scores: dict[str, list[float]] = defaultdict(list)
    for score in past:
        names = {score.category, competency.get(score.bank_key, ""), *map(canonical, score.skills)}
        for name in names - {""}:
            scores[name].append(score.overall)
    means = {name: fmean(values) for name, values in scores.items()}
    return {name: mean for name, mean in means.items() if mean < WEAK_BELOW}


def weakness(names: Iterable[str], weak: Mapping[str, float]) -> tuple[float, str]:
    """Return how weak the weakest of the names is, 0..1, and which it is; 0 and nothing when none is."""
    found = [(weak[name], name) for name in map(canonical, names) if name in weak]
    score, name = min(found, default=(WEAK_BELOW, ""))
    lack = max(0.0, 1.0 - score / WEAK_BELOW)
    return (lack, name) if lack else (0.0, "")


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
