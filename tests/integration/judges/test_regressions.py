"""A small part of `make eval`, on texts of our own."""

import json
import re
from pathlib import Path

import pytest

from pipeline.domain.ports import Judges
from pipeline.domain.values import QuestionBrief
from pipeline.providers.nlp.bigrams import WordPairs
from pipeline.providers.nlp.harper import HarperChecker
from pipeline.providers.nlp.minilm import MiniLmEncoder
from pipeline.providers.nlp.spacy import SpacyEnglish
from pipeline.scoring.evaluate import evaluate_answer
from pipeline.scoring.grammar.grammar import checked_text, measure_grammar
from pipeline.scoring.relevance.relevance import judge_relevance
from pipeline.scoring.relevance.topic import RememberingEncoder
from pipeline.scoring.thresholds import DEFAULT_WEIGHTS
from tests.answers import script, spoken

TRADES = [  # strong answers of sixteen trades, and what is none: echoes, lists, injected orders, bluff …
    json.loads(line)
    for line in (
        Path(__file__).resolve().parents[3] / "benchmarks" / "data" / "answers_of_many_roles.jsonl"
    )
    .read_text(encoding="utf-8")
    .splitlines()
]
LONG = 63  # words; such answers are strong ones, and half of one can be graded
BESIDE = ("other", "off", "meta", "bluff")  # fluent, and no answer to this question
FAILURE = "Tell me about a time you failed and what you learned from it."
PRESSURE = "How do you handle pressure at work?"
STRONG = {
    FAILURE: "In my second year I forgot to check a backup before I changed a table, and a customer lost a day of orders. "
    "I told my manager at once, wrote the orders in again by hand and called the customer. Since then I restore "
    "a backup on a test machine before every change, and it has not happened again.",
    PRESSURE: "When two deadlines fell on the same week I made a list of what mattered most, asked my manager to move one "
    "report and worked through the rest in short blocks. I kept calm by taking a walk at noon, and we finished "
    "both on time.",
}
OFF_TOPIC = (
    "My aunt grows roses along the fence of her garden. Every spring we cut them back, paint the old gate green and "
    "drink tea under the pear tree while the neighbours' cat sleeps on the warm stones."
)
PAIRS = [  # what a learner says, and what it should be
    (
        "she work in a big company since five years",
        "she has worked in a big company for five years",
    ),
    ("we was discussing about the new project", "we were discussing the new project"),
    (
        "i have a lot of experiences in this domain of works",
        "i have a lot of experience in this field of work",
    ),
    ("he didn't went to the meeting in last monday", "he didn't go to the meeting last monday"),
    ("they gave me many advices for to improve", "they gave me a lot of advice on how to improve"),
    ("my manager said me that i must to finish it", "my manager told me that i had to finish it"),
    ("it depends of the people which work with you", "it depends on the people who work with you"),
    ("the informations was not enough clear for us", "the information was not clear enough for us"),
]


@pytest.fixture(scope="module")
def judges() -> Judges:
    return Judges(
        encoder=MiniLmEncoder(),
        parser=SpacyEnglish(),
        grammar=HarperChecker(),
        wording=WordPairs(),
    )


def relevance(judges: Judges, question: str, text: str) -> float:
    assert judges.encoder is not None
    finding = judge_relevance(
        script(text),
        question=QuestionBrief(text=question, category="behavioral"),
        encoder=RememberingEncoder(judges.encoder),
    )
    return finding.score or 0.0


class TestRelevance:
    @pytest.mark.parametrize("question", STRONG)
    def test_gives_a_strong_answer_more_than_half(self, judges: Judges, question: str) -> None:
        assert relevance(judges, question, STRONG[question]) >= 55

    @pytest.mark.parametrize("question", STRONG)
    @pytest.mark.parametrize(
        "kind", ["repeats", "lists", "does not know", "is silent", "is about something else"]
    )
    def test_gives_next_to_nothing_to_who(self, judges: Judges, question: str, kind: str) -> None:
        text = {
            "repeats": f"{question} Well, {question}",
            "lists": "failure, pressure, lesson, deadline, stress, team, " * 5,
            "does not know": "Honestly I don't know, I can't think of anything right now, sorry.",
            "is silent": "",
            "is about something else": OFF_TOPIC,
        }[kind]

        assert relevance(judges, question, text) <= 15

    def test_knows_strong_answers_of_every_trade(self, judges: Judges) -> None:
        strong = [row for row in TRADES if row["kind"] == "strong"][::3]

        low = [row for row in strong if relevance(judges, row["question"], row["text"]) < 55]

        assert len(strong) > 10
        assert low == []

    def test_knows_what_is_none_in_every_trade(self, judges: Judges) -> None:
        wrong = [row for row in TRADES if row["kind"] != "strong"]

        high = [
            row
            for row in wrong
            if relevance(judges, row["question"], row["text"])
            > (50 if row["kind"] in BESIDE else 15)
        ]

        assert len(wrong) > 40
        assert high == []


class TestLength:
    @pytest.mark.parametrize(
        "row",
        [row for row in TRADES if len(row["text"].split()) > LONG][::9],
        ids=lambda row: row["role"],
    )
    def test_does_not_make_a_good_answer_worse(self, judges: Judges, row: dict[str, str]) -> None:
        sentences = re.split(r"(?<=[.?!])\s+", row["text"])
        half = " ".join(sentences[: (len(sentences) + 1) // 2])

        whole_score, half_score = (
            evaluate_answer(
                transcript=spoken(text),
                question=QuestionBrief(text=row["question"], category=row["category"]),
                judges=judges,
                weights=DEFAULT_WEIGHTS,
            ).overall
            for text in (row["text"], half)
        )

        assert whole_score is not None
        assert half_score is not None
        assert whole_score >= half_score - 3


class TestGrammar:
    def test_ranks_corrections_above_what_learners_say(self, judges: Judges) -> None:
        def score(text: str) -> float:
            assert judges.parser is not None
            assert judges.grammar is not None
            said = script(text)
            return measure_grammar(
                said,
                checked_text(said),
                parser=judges.parser,
                checker=judges.grammar,
                wording=judges.wording,
            ).score

        right = sum(score(corrected) > score(learner) for learner, corrected in PAIRS)

        assert right >= len(PAIRS) - 1
        learners, corrected = (". ".join(texts) for texts in zip(*PAIRS, strict=True))
        assert score(corrected) > score(learners) + 10
