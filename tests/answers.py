"""Spoken answers and small judges for the tests of the scoring stages."""

import re
import zlib
from collections.abc import Sequence

from pipeline.domain.ports import GrammarFlag, Judges, Token
from pipeline.domain.values import (
    Evaluation,
    Explanation,
    JudgedAnswer,
    QuestionBrief,
    Span,
    Transcript,
    Word,
)
from pipeline.scoring.keywords.forms import stem
from pipeline.scoring.lexicon import FUNCTION_WORDS
from pipeline.scoring.transcript import Script, plain_words, read_script

DIMENSIONS = 2048

ANSWER = (
    "In my last job I led a small project to replace the payment service. "
    "The challenge was that three teams depended on it, so we planned every step together. "
    "I wrote the migration plan, tested it twice and we moved all customers in one night. "
    "As a result failed payments went down by forty percent."
)
QUESTION = QuestionBrief(
    text="Tell me about a challenging project you led.",
    category="behavioral",
    expected_keywords=("challenge", "teamwork", "Kubernetes"),
    answer_prototype="I led a difficult project with my team. We planned the work and tested the result.",
)


def spoken(
    text: str,
    *,
    pace: float = 150.0,
    pauses: dict[int, float] | None = None,
    latency: float = 0.5,
    probability: float = 0.9,
    language: str = "en",
) -> Transcript:
    """Return a transcript at `pace` words a minute, with seconds of silence before the words named."""
    words: list[Word] = []
    spans: list[Span] = []
    clock = begin = latency
    for index, piece in enumerate(text.split()):
        silence = (pauses or {}).get(index, 0.0)
        if silence:
            spans.append(Span(begin, clock))
            clock += silence
            begin = clock
        words.append(Word(piece, clock, clock + 60.0 / pace, probability))
        clock += 60.0 / pace
    if words:
        spans.append(Span(begin, clock))
    return Transcript(
        text=text,
        language=language,
        duration=clock + 0.5,
        words=tuple(words),
        speech=tuple(spans),
        model="base (int8, cpu)",
        filler_detection="prompted" if language == "en" else "unprompted",
    )


def script(text: str) -> Script:
    """Return a spoken text as the judges read it."""
    return read_script(spoken(text))


class WordOverlapEncoder:
    """Sentences are alike by the content words they share."""

    engine = "word overlap"

    def encode(self, sentences: Sequence[str]) -> list[list[float]]:
        return [self._vector(sentence) for sentence in sentences]

    def _vector(self, sentence: str) -> list[float]:
        vector = [0.0] * DIMENSIONS
        for word in plain_words(sentence):
            if word not in FUNCTION_WORDS:
                vector[zlib.crc32(stem(word).encode()) % DIMENSIONS] += 1.0
        length = sum(number * number for number in vector) ** 0.5
        return [number / length for number in vector] if length else vector


class PlainParser:
    """Words are tagged from a short list; everything else is a NOUN and its own lemma."""

    engine = "plain"
    known = {
        "go": ("go", "VERB"),
        "goes": ("go", "VERB"),
        "went": ("go", "VERB"),
        "did": ("do", "AUX"),
        "n't": ("not", "PART"),
        "have": ("have", "AUX"),
        "better": ("good", "ADJ"),
        "more": ("more", "ADV"),
        "a": ("a", "DET"),
        "an": ("an", "DET"),
        "engineer": ("engineer", "NOUN"),
        "days": ("day", "NOUN"),
    }

    def parse(self, text: str) -> list[Token]:
        tokens = []
        for match in re.finditer(r"n't|\w+?(?=n't)|[\w'+#]+|[^\w\s]", text):
            word = match.group().lower()
            lemma, tag = self.known.get(word, (word, "NOUN" if word[0].isalpha() else "PUNCT"))
            tokens.append(
                Token(match.group(), lemma, tag, match.start(), match.end(), is_stop=False)
            )
        return tokens


class SilentChecker:
    """Finds nothing."""

    engine = "silent"

    def check(self, text: str) -> list[GrammarFlag]:
        return []


def small_judges() -> Judges:
    """Return judges that need no model."""
    return Judges(encoder=WordOverlapEncoder(), parser=PlainParser(), grammar=SilentChecker())


def judged(  # noqa: PLR0913 - every test names only what it is about
    *,
    position: int = 1,
    scores: tuple[float | None, float | None, float | None, float | None] = (
        80.0,
        70.0,
        60.0,
        50.0,
    ),
    scorable: bool = True,
    overall: float | None = 68.0,
    category: str = "behavioral",
    explanations: tuple[Explanation, ...] = (),
    text: str = ANSWER,
) -> JudgedAnswer:
    """Return an answer with these scores."""
    relevance, grammar, fluency, keywords = scores
    return JudgedAnswer(
        question_id=f"question-{position}",
        position=position,
        question_text=QUESTION.text,
        category=category,
        attempt=1,
        transcript_text=text,
        evaluation=Evaluation(
            relevance=relevance,
            grammar=grammar,
            fluency=fluency,
            keywords=keywords,
            overall=overall if scorable else None,
            scorable=scorable,
            reasons=() if scorable else ("too_short",),
            explanations=explanations,
            summary="" if scorable else "The answer is too short to grade.",
        ),
    )
