"""What a job description or a résumé asks for, read on this machine: its skills and its duties."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import Final

from pipeline.ports import LinguisticParser
from pipeline.stages.competencies import DUTIES_ONLY, competencies_in
from pipeline.stages.lexicon import FUNCTION_WORDS
from pipeline.stages.skill_names import named_in
from pipeline.stages.transcript import plain_words, short_words

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
