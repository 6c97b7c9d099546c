"""Answers in Spanish, French and German."""

import pytest

from pipeline.domain.ports import Judges
from pipeline.domain.values import Evaluation, QuestionBrief
from pipeline.scoring.evaluate import evaluate_answer
from pipeline.scoring.keywords.forms import stem_in
from pipeline.scoring.lexicon import language_of
from pipeline.scoring.thresholds import DEFAULT_WEIGHTS
from pipeline.scoring.transcript import read_script
from tests.answers import WordOverlapEncoder, spoken

QUESTION = QuestionBrief(
    text="Erzählen Sie von einem Projekt, das zu spät war.",
    category="behavioral",
    expected_keywords=("plan", "deadline"),
    answer_prototype="Wir hatten einen neuen Plan für das Projekt Kasse und waren am Ende nur drei Tage zu spät fertig.",
)
ANSWER = (
    "Die Einführung der neuen Kasse lag vier Wochen zurück, äh, und er hat es gemerkt. Ich habe mit allen den Plan "
    "neu gemacht, zwei Berichte verschoben und jeden Morgen nachgefragt. Am Ende waren wir drei Tage zu spät fertig."
)


def evaluate(text: str, *, language: str = "de") -> Evaluation:
    return evaluate_answer(
        transcript=spoken(text, language=language),
        question=QUESTION,
        judges=Judges(encoder=WordOverlapEncoder(), parser=None, grammar=None),
        weights=DEFAULT_WEIGHTS,
    )


class TestAnAnswerInGerman:
    def test_is_graded_by_relevance_alone_and_says_so(self) -> None:
        evaluation = evaluate(ANSWER)

        assert evaluation.scorable
        assert evaluation.overall == evaluation.relevance
        assert (evaluation.relevance or 0) > 60
        for name in ("grammar", "fluency", "keywords"):
            assert f"language_not_supported:{name}" in evaluation.reasons
        assert "Answers in German are graded by relevance alone" in evaluation.summary
        assert evaluation.metrics["encoder"] == "word overlap"

    def test_shows_the_keywords_that_were_literally_said(self) -> None:
        found = evaluate(ANSWER).metrics["keywords_found"]

        assert isinstance(found, list)
        assert [row["keyword"] for row in found] == ["plan"]

    def test_has_fillers_of_its_own(self) -> None:
        script = read_script(spoken(ANSWER, language="de"))

        assert list(script.fillers.values()) == ["äh"]  # "er" is a man here

    @pytest.mark.parametrize(
        ("text", "rule"),
        [
            ("Das weiß ich nicht, da habe ich leider gar keine Ahnung, Entschuldigung. " * 3, "non_answer"),
            ("Erzählen Sie von einem Projekt, das zu spät war. " * 3, "repeats_question"),
            ("Kasse Plan Bericht Morgen Ende Projekt Woche Team Kunde Lager Zahl Ziel " * 3, "list_of_words"),
            (
                "Ich bin sehr motiviert, engagiert, zuverlässig und belastbar, ich bin teamfähig und flexibel, und ich "
                "arbeite immer mit Leidenschaft und Begeisterung, weil ich ehrgeizig bin.",
                "praise_without_example",
            ),
        ],
    )  # fmt: skip
    def test_cannot_be_empty_talk(self, text: str, rule: str) -> None:
        evaluation = evaluate(text)

        assert evaluation.metrics["relevance_gate"] == rule
        assert (evaluation.relevance or 0) < 30


class TestAnAnswerInALanguageWithoutWordLists:
    def test_gets_no_grade_without_an_encoder(self) -> None:
        evaluation = evaluate_answer(
            transcript=spoken(ANSWER, language="it"),
            question=QUESTION,
            judges=Judges(encoder=None, parser=None, grammar=None),
            weights=DEFAULT_WEIGHTS,
        )

        assert "language_not_supported" in evaluation.reasons
        assert "cannot be graded yet" in evaluation.summary


class TestWordLists:
    @pytest.mark.parametrize(
        ("text", "language"),
        [
            ("Am Ende waren wir nur drei Tage zu spät fertig.", "de"),
            ("Al final entregamos solo dos días después de la fecha.", "es"),
            ("Nous avons fini à la date que le client attendait, c'est tout.", "fr"),
            ("In the end we were only three days late.", "en"),
            ("Kubernetes", ""),
        ],
    )
    def test_tell_the_language_of_a_sentence(self, text: str, language: str) -> None:
        assert language_of(text) == language

    @pytest.mark.parametrize(
        ("language", "forms"),
        [
            ("de", ("berichte", "berichten", "bericht")),
            ("es", ("proyecto", "proyectos")),
            ("fr", ("l'équipe", "équipe", "équipes")),
            ("en", ("planned", "planning")),
        ],
    )
    def test_bring_the_forms_of_a_word_together(
        self, language: str, forms: tuple[str, ...]
    ) -> None:
        assert len({stem_in(language, form) for form in forms}) == 1
