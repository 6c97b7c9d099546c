"""The real encoder, parser and grammar rules."""

import math
import os
import time
from concurrent.futures import ThreadPoolExecutor

import pytest

from pipeline.domain.ports import Judges
from pipeline.domain.values import METRICS
from pipeline.providers import registry
from pipeline.providers.nlp import bigrams, e5, harper
from pipeline.providers.nlp.bigrams import WordPairs
from pipeline.providers.nlp.harper import HarperChecker
from pipeline.providers.nlp.minilm import MiniLmEncoder
from pipeline.providers.nlp.spacy import SpacyEnglish
from pipeline.scoring.evaluate import evaluate_answer
from pipeline.scoring.grammar.grammar import checked_text, measure_grammar
from pipeline.scoring.relevance.topic import cosine
from pipeline.scoring.thresholds import DEFAULT_WEIGHTS
from tests.answers import ANSWER, QUESTION, script, spoken


@pytest.fixture(scope="module")
def judges() -> Judges:
    return Judges(
        encoder=MiniLmEncoder(),
        parser=SpacyEnglish(),
        grammar=HarperChecker(),
        wording=WordPairs(),
    )


def corrections(judges: Judges, text: str) -> list[tuple[str, str]]:
    assert judges.parser is not None
    assert judges.grammar is not None
    spoken_script = script(text)
    grammar = measure_grammar(
        spoken_script, checked_text(spoken_script), parser=judges.parser, checker=judges.grammar
    )
    return [(slip.passage.text, slip.correction) for slip in grammar.slips]


@pytest.mark.skipif(not e5.is_available(), reason="the engine is for x86-64 Linux with AVX2")
class TestE5Encoder:
    def test_compares_what_is_said_across_languages(self) -> None:
        before = dict(os.environ)
        answer, right, wrong = e5.E5Encoder().encode(
            [
                "Ich habe den Plan neu gemacht, und am Ende waren wir nur drei Tage zu spät fertig.",
                "We were late, so I made a new plan and we finished soon after the deadline.",
                "The customer was angry, so I listened, apologised and solved the problem.",
            ]
        )

        assert cosine(answer, answer) == pytest.approx(1.0, abs=1e-5)
        assert cosine(answer, right) > cosine(answer, wrong) + 0.2
        assert dict(os.environ) == before

    def test_judges_a_spanish_answer_to_an_english_question(self) -> None:
        evaluation = evaluate_answer(
            transcript=spoken(
                "En mi último trabajo dirigí un proyecto difícil para cambiar el servicio de pagos. Tres equipos dependían "
                "de él, así que planificamos cada paso juntos y lo probamos dos veces. Al final fallaron menos pagos.",
                language="es",
            ),
            question=QUESTION,
            judges=registry.judges(language="es"),
            weights=DEFAULT_WEIGHTS,
        )

        assert (evaluation.overall or 0) > 60
        assert evaluation.overall == evaluation.relevance


class TestMiniLmEncoder:
    def test_gives_unit_vectors_that_know_meaning(self, judges: Judges) -> None:
        assert judges.encoder is not None
        car, auto, soup = judges.encoder.encode(
            ["I drive a car.", "An automobile on the road.", "We cook soup."]
        )

        assert cosine(car, car) == pytest.approx(1.0, abs=1e-5)
        assert cosine(car, auto) > cosine(car, soup) + 0.2

    def test_gives_a_sentence_the_same_vector_in_any_company(self, judges: Judges) -> None:
        assert judges.encoder is not None
        alone = judges.encoder.encode(["We shipped it."])[0]
        beside = judges.encoder.encode(
            ["We shipped it.", "A much longer sentence about something else."]
        )[0]

        assert cosine(alone, beside) > 0.99

    def test_serves_threads(self, judges: Judges) -> None:
        assert judges.encoder is not None
        with ThreadPoolExecutor(4) as pool:
            vectors = list(pool.map(judges.encoder.encode, [["Same words."]] * 8))

        assert all(vector == vectors[0] for vector in vectors)


class TestHarperChecker:
    def test_finds_the_same_when_it_has_forgotten_what_it_read(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(harper, "RENEWED_AFTER", 30)
        checker = HarperChecker()
        text = "We was suppose to do it, and I am use to it."

        first, second = checker.check(text), checker.check(text)

        assert first
        assert first == second


class TestGrammarRules:
    @pytest.mark.parametrize(
        ("text", "slip"),
        [
            ("He go there every day.", ("He go", "He goes")),
            ("She don't like it.", ("She don't", "She doesn't")),
            ("I didn't went home.", ("didn't went", "didn't go")),
            ("It was more better then.", ("more better", "better")),
            ("There was much people.", ("much people", "many people")),
            ("I have went there.", ("have went", "have gone")),
            ("They was late.", ("They was", "they were")),
            ("I am a engineer.", ("a engineer", "an engineer")),
            ("I might could do it.", ("might could", "might")),
            ("I want to learned more.", ("to learned", "to learn")),
            ("I will able to do it.", ("will able", "will be able")),
            ("She is a person who are kind.", ("person who are", "person who is")),
            ("There are several reason.", ("several reason", "several reasons")),
            ("It shipped and people was happy.", ("people was", "people were")),
        ],
    )
    def test_hear_what_a_listener_hears(
        self, judges: Judges, text: str, slip: tuple[str, str]
    ) -> None:
        found = corrections(judges, text)

        assert [(quote.rstrip("."), right) for quote, right in found] == [slip]

    @pytest.mark.parametrize(
        "text",
        [
            ANSWER,
            "Did he go there? I saw her leave, and I made him do it. We let them decide what works best.",
            "It was a two week sprint for an hour-long demo at a university with one of the best teams.",
            "I have had many problems, but I did do it. They said that she was right and that it is fine.",
            "My manager and I are in one team, and a group of people is what we call ourselves.",
            "i think wich spelling realy dosnt matter here at all",
        ],
    )
    def test_leave_fluent_speech_alone(self, judges: Judges, text: str) -> None:
        assert corrections(judges, text) == []


class TestWordPairs:
    def test_finds_a_corrected_sentence_more_usual(self) -> None:
        learner = "He have much problem with this informations since two year."
        fluent = "He has had many problems with this information for two years."
        pairs = WordPairs()

        def usualness(text: str) -> float:
            (read,) = pairs.read([text])
            return sum(pair.log_probability - pair.usual for pair in read) / len(read)

        assert usualness(fluent) > usualness(learner) + 0.3

    def test_reads_words_it_never_saw(self) -> None:
        unseen, empty = WordPairs().read(["Xyzzyx qwfpgj 42 naïve.", ""])

        assert len(unseen) == 4
        assert empty == []

    def test_counts_as_its_package_does(self) -> None:
        ((the,),) = WordPairs().read(["in the"])

        usual = 23_135_851_162 / bigrams.WORDS_OF_WEB  # how often "the" stands in unigrams.txt
        together = (106_316_461 + 1_628_795_324) / bigrams.WORDS_OF_WEB  # "In the" and "in the"
        alone = 8_469_404_971 / bigrams.WORDS_OF_WEB  # how often "in"
        assert the.usual == pytest.approx(math.log(usual))
        assert the.log_probability == pytest.approx(math.log(together / alone), abs=1e-4)


class TestEvaluateAnswer:
    def test_costs_nothing_to_be_written_without_case_and_commas(self, judges: Judges) -> None:
        def grammar(text: str) -> float | None:
            return evaluate_answer(
                transcript=spoken(text), question=QUESTION, judges=judges, weights=DEFAULT_WEIGHTS
            ).grammar

        said = f"{ANSWER} And he go there, she don't."

        assert grammar(said) == grammar(said.lower().replace(",", "")) == grammar(said.upper())

    def test_does_not_fall_when_a_good_answer_goes_on(self, judges: Judges) -> None:
        half = ". ".join(ANSWER.split(". ")[:2]) + "."

        shorter, longer = (
            evaluate_answer(
                transcript=spoken(text), question=QUESTION, judges=judges, weights=DEFAULT_WEIGHTS
            )
            for text in (half, ANSWER)
        )

        assert (longer.overall or 0) >= (shorter.overall or 0) - 3.0

    @pytest.mark.parametrize(
        ("said", "spelt"), [("forty percent", "40 percent"), ("three teams", "3 teams")]
    )
    def test_does_not_see_how_numbers_are_spelt(
        self, judges: Judges, said: str, spelt: str
    ) -> None:
        left, right = (
            evaluate_answer(
                transcript=spoken(text), question=QUESTION, judges=judges, weights=DEFAULT_WEIGHTS
            )
            for text in (ANSWER, ANSWER.replace(said, spelt))
        )

        for name in METRICS:
            assert (left.metric(name) or 0) == pytest.approx(right.metric(name) or 0, abs=1.0)

    def test_ranks_a_real_answer_above_evasion(self, judges: Judges) -> None:
        evasion = (
            "My cousin keeps bees behind her house, and each autumn we fill jars with honey, bake bread and "
            "invite the neighbours to taste it under the old apple trees."
        )
        real, other = (
            evaluate_answer(
                transcript=spoken(text), question=QUESTION, judges=judges, weights=DEFAULT_WEIGHTS
            )
            for text in (ANSWER, evasion)
        )

        assert (real.relevance or 0) > 50
        assert (other.relevance or 0) < 20

    def test_takes_less_than_a_second_for_a_long_answer(self, judges: Judges) -> None:
        text = " ".join(
            f"In month {number} we changed step {number * 7} of it." for number in range(25)
        )
        transcript = spoken(text)
        evaluate_answer(
            transcript=transcript, question=QUESTION, judges=judges, weights=DEFAULT_WEIGHTS
        )

        begin = time.perf_counter()
        evaluate_answer(
            transcript=transcript, question=QUESTION, judges=judges, weights=DEFAULT_WEIGHTS
        )

        assert time.perf_counter() - begin < 1.0
