"""Skills and competencies that a job description names."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from functools import cache
from typing import Final

from pipeline.domain.ports import LinguisticParser
from pipeline.questions.skills import canonical, named_in
from pipeline.scoring.keywords.forms import stem
from pipeline.scoring.lexicon import FUNCTION_WORDS
from pipeline.scoring.transcript import plain_words, short_words

# Words that a description uses for each; inflections meet by their stems.
COMPETENCY_WORDS: Final = {
    "self introduction": (),
    "motivation": ("motivated", "passion", "enthusiasm", "driven"),
    "conflict": ("conflict", "dispute", "disagreement", "mediate"),
    "failure": ("mistake", "setback"),
    "leadership": ("lead", "leadership", "leader", "supervise", "manage"),
    "ownership": ("ownership", "accountable", "accountability", "responsible"),
    "ambiguity": ("ambiguity", "ambiguous", "uncertainty", "uncertain", "unclear"),
    "influence": ("influence", "persuade", "convince", "stakeholder", "advocate"),
    "deadline": ("deadline", "pressure", "punctual"),
    "learning": ("learn", "curious", "curiosity", "study"),
    "ethics": ("ethics", "integrity", "honesty", "confidential", "compliance"),
    "customer": ("customer", "client", "guest", "patient", "service"),
    "teamwork": ("team", "teamwork", "collaborate", "collaborative", "cooperate"),
    "feedback": ("feedback", "review", "critique"),
    "prioritization": ("prioritize", "prioritization", "priority", "multitask"),
    "communication": ("communicate", "communication", "present", "presentation", "explain"),
    "initiative": ("initiative", "proactive", "entrepreneurial", "independent"),
    "adaptability": ("adapt", "adaptable", "flexible", "flexibility", "change", "agile"),
    "problem solving": ("problem", "solve", "troubleshoot", "analytical", "debug"),
    "delegation": ("delegate", "delegation", "assign"),
    "inclusion": ("diversity", "diverse", "inclusion", "inclusive", "intercultural"),
    "resilience": ("resilience", "resilient", "stress", "persistent"),
    "decision making": ("decision", "decide", "judgement", "judgment"),
    "negotiation": ("negotiate", "negotiation", "contract", "supplier", "vendor"),
    "mentoring": ("mentor", "coach", "train", "onboard", "teach"),
    "creativity": ("creative", "creativity", "innovate", "innovation", "idea"),
    "planning": ("plan", "organize", "coordinate", "schedule", "budget"),
    "quality": ("quality", "accurate", "accuracy", "detail", "thorough"),
}
# Soft skills as people write them in a profile.
SOFT_SKILLS: Final = {
    "time management": "prioritization",
    "public speaking": "communication",
    "attention to detail": "quality",
    "people management": "leadership",
    "team leadership": "leadership",
    "critical thinking": "problem solving",
    "conflict resolution": "conflict",
    "customer service": "customer",
    "work ethic": "ethics",
    "stress management": "resilience",
    "stakeholder management": "influence",
    "innovation": "creativity",
}
# What these say as a noun ("a sales lead", "a train") is no duty.
DUTIES_ONLY: Final = frozenset({"lead", "manage", "train", "present", "change", "coach", "learn"})


def competency_of(skill: str) -> str | None:
    """Return the competency that a soft skill is; None for anything else."""
    name = canonical(skill)
    if name in COMPETENCY_WORDS:
        return name
    return SOFT_SKILLS.get(name) or (_by_stem().get(stem(name)) if " " not in name else None)


def competencies_in(words: Iterable[str]) -> list[str]:
    """Return the competencies that these words speak of, the most mentioned first."""
    named = [found for word in words if (found := _by_stem().get(stem(word)))]
    return sorted(dict.fromkeys(named), key=lambda name: -named.count(name))


@cache
def _by_stem() -> dict[str, str]:
    return {stem(word): name for name, words in COMPETENCY_WORDS.items() for word in words}


MAX_NAMED_SKILLS: Final = 10
MAX_COMPETENCIES: Final = 6  # more would favor nothing
CONTENT_TAGS: Final = frozenset({"NOUN", "PROPN", "VERB", "ADJ"})


@dataclass(frozen=True, slots=True)
class JobText:
    """What a text asks for, the most important first."""

    skills: tuple[str, ...] = ()  # as the bank spells them, in the order in which they are named
    competencies: tuple[str, ...] = ()  # the most mentioned first


def read_job_text(
    text: str, *, known_skills: Collection[str], parser: LinguisticParser | None = None
) -> JobText:
    """Return the known skills and the competencies that a text names; without a parser duties are found by words."""
    if not text.strip():
        return JobText()
    words = plain_words(text) if parser is None else _content_words(text, parser)
    duties = competencies_in(word for word in words if word not in FUNCTION_WORDS)
    return JobText(
        skills=tuple(named_in(text, known_skills)[:MAX_NAMED_SKILLS]),
        competencies=tuple(duties[:MAX_COMPETENCIES]),
    )


def _content_words(text: str, parser: LinguisticParser) -> Iterable[str]:
    """Yield the lemmas that carry meaning; a word that is a duty as a verb alone counts as a verb alone."""
    for token in parser.parse(short_words(text)):
        if token.tag not in CONTENT_TAGS:
            continue
        if token.tag == "VERB" or token.lemma not in DUTIES_ONLY:
            yield token.lemma
