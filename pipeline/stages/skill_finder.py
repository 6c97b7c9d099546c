"""Which questions answer a wanted skill: those about it, its kinds, its relations, in this order."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import chain
from typing import Final, Literal

from pipeline.ports import SentenceEncoder
from pipeline.stages.competencies import competency_of
from pipeline.stages.nearest_name import nearest_name
from pipeline.stages.question_request import BankQuestion
from pipeline.stages.role_names import role_fit
from pipeline.stages.skill_names import canonical, is_about, related

# How far a question is from a wish.
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
