"""Keywords: forms, aliases, near misses and denials."""

import pytest

from pipeline.scoring.keywords.forms import keyword_forms, stem
from pipeline.scoring.keywords.keywords import find_keyword, judge_keywords
from pipeline.scoring.relevance.topic import RememberingEncoder
from tests.answers import WordOverlapEncoder, script


def form(keyword: str, text: str) -> str:
    return find_keyword(script(text), keyword_forms(keyword), encoder=None).form


class TestFindKeyword:
    @pytest.mark.parametrize(
        ("keyword", "text", "expected"),
        [
            ("Docker", "We packed the code with Docker.", "word"),
            ("testing", "I tested every change.", "form"),
            ("kubernetes", "It ran on k8s.", "alias"),
            ("fastapi", "I chose fast API for it.", "joined"),
            ("web socket", "I opened a websocket.", "joined"),
            ("C++", "I wrote it in C plus plus.", "alias"),
            ("time management", "Nobody else would manage my time for me.", "form"),
            ("outcome", "In the end it worked.", "phrase"),
        ],
    )
    def test_finds_the_forms_of_a_keyword(self, keyword: str, text: str, expected: str) -> None:
        assert form(keyword, text) == expected

    @pytest.mark.parametrize(
        ("keyword", "text"),
        [
            ("C", "We came close, see page C of the contract."),
            ("R", "There are four of us."),
            ("Go", "Then I go home at six."),
            ("Java", "I wrote JavaScript."),
            ("rust", "Metal will rust in the rain."),
            ("docker", "The strike of the docker lasted a week."),
            ("kafka", "We read a novel by Franz Kafka at school."),
            ("rest api", "On Sunday I need some rest."),
            ("sql", "They like MySQLish jokes."),
            ("machine learning", "A washing machine that I repaired taught me about learning."),
        ],
    )
    def test_is_not_taken_in_by_near_misses(self, keyword: str, text: str) -> None:
        assert form(keyword, text) == "missing"

    @pytest.mark.parametrize(
        ("keyword", "text"),
        [
            ("Go", "Our backend services are written in Go."),
            ("C", "I wrote the driver code in C."),
            ("react", "The app used React components."),
        ],
    )
    def test_takes_an_everyday_word_for_a_name_where_the_context_says_so(
        self, keyword: str, text: str
    ) -> None:
        assert form(keyword, text) == "word"

    @pytest.mark.parametrize(
        "text",
        ["I have never used Docker.", "I don't know Docker at all.", "We shipped without Docker."],
    )
    def test_gives_nothing_for_a_denial(self, text: str) -> None:
        assert form("Docker", text) == "negated"

    @pytest.mark.parametrize(
        "text",
        [
            "I had never seen it, but Docker helped.",
            "Not only Docker, I know more.",
            "I never used Docker. Now I use Docker daily.",
        ],
    )
    def test_hears_what_is_affirmed_after_a_denial(self, text: str) -> None:
        assert form("Docker", text) == "word"


class TestJudgeKeywords:
    def test_is_null_without_expected_keywords(self) -> None:
        finding = judge_keywords(script("Anything."), keywords=(" ",), encoder=None)

        assert (finding.score, finding.reason) == (None, "no_expected_keywords")

    def test_gives_part_of_the_credit_for_a_soft_match_only(self) -> None:
        encoder = RememberingEncoder(WordOverlapEncoder())

        soft = judge_keywords(
            script("Stakeholders met."), keywords=("stakeholder meeting plan",), encoder=encoder
        )

        assert soft.score == 0.0  # a part of the phrase alone is no synonym

    def test_reports_the_seconds_and_explains_every_keyword(self) -> None:
        finding = judge_keywords(
            script("We used Docker here."), keywords=("Docker", "Kafka"), encoder=None
        )

        assert finding.score == 50.0
        assert [row.rule for row in finding.explanations] == ["keyword_word", "keyword_missing"]
        assert finding.explanations[0].start is not None
        assert finding.measures["keywords_missing"] == ["Kafka"]


class TestStem:
    @pytest.mark.parametrize(
        ("left", "right"),
        [
            ("communicate", "communication"),
            ("deploy", "deployment"),
            ("testing", "tests"),
            ("planned", "planning"),
            ("prioritise", "prioritization"),
            ("leadership", "leading"),
        ],
    )
    def test_brings_forms_of_a_word_together(self, left: str, right: str) -> None:
        assert stem(left) == stem(right)

    def test_keeps_different_words_apart(self) -> None:
        assert stem("java") != stem("javascript")
        assert stem("process") != stem("proceed")
