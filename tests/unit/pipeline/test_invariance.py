"""What must not move a score, for any answer."""

from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.domain.values import METRICS, Evaluation, Transcript
from pipeline.scoring.evaluate import evaluate_answer
from pipeline.scoring.thresholds import DEFAULT_WEIGHTS
from tests.answers import QUESTION, small_judges, spoken

SENTENCES = (
    "In my last job I led a small project to replace the payment service.",
    "Three teams depended on it, so we planned every step together.",
    "I wrote the migration plan and tested it twice.",
    "The hardest part was the shared database of the company.",
    "He go there every day and he don't like it.",
    "We moved 20 customers in 2 nights.",
    "As a result failed payments went down by forty percent.",
    "Then I asked my manager for help, and she explained the risks.",
)
NUMBERS = {"20": "twenty", "2": "two", "forty": "40", "Three": "3"}
JUDGES = small_judges()

answers = st.lists(st.sampled_from(SENTENCES), min_size=4, max_size=8, unique=True)


def evaluate(transcript: Transcript) -> Evaluation:
    return evaluate_answer(
        transcript=transcript, question=QUESTION, judges=JUDGES, weights=DEFAULT_WEIGHTS
    )


def moved(left: Evaluation, right: Evaluation) -> float:
    return max(abs((left.metric(name) or 0) - (right.metric(name) or 0)) for name in METRICS)


class TestScores:
    @given(answers)
    @settings(max_examples=25, deadline=None)
    def test_do_not_see_case_or_commas(self, sentences: list[str]) -> None:
        text = " ".join(sentences)

        written = evaluate(spoken(text))

        assert moved(written, evaluate(spoken(text.lower().replace(",", "")))) <= 1.0
        assert moved(written, evaluate(spoken(text.upper()))) <= 1.0

    @given(answers)
    @settings(max_examples=25, deadline=None)
    def test_do_not_see_how_numbers_are_spelt(self, sentences: list[str]) -> None:
        words = " ".join(sentences).split()

        spelt = " ".join(NUMBERS.get(word, word) for word in words)

        assert moved(evaluate(spoken(" ".join(words))), evaluate(spoken(spelt))) <= 1.0

    @given(answers)
    @settings(max_examples=25, deadline=None)
    def test_are_the_same_on_every_run(self, sentences: list[str]) -> None:
        transcript = spoken(" ".join(sentences))

        assert evaluate(transcript) == evaluate(transcript)

    @given(answers, st.integers(min_value=0, max_value=20), st.sampled_from(["um", "uh", "Um,"]))
    @settings(max_examples=40, deadline=None)
    def test_never_rise_in_fluency_by_a_filler(
        self, sentences: list[str], place: int, filler: str
    ) -> None:
        words = " ".join(sentences).split()

        with_filler = [*words[:place], filler, *words[place:]]

        before = evaluate(spoken(" ".join(words))).fluency or 0
        assert (evaluate(spoken(" ".join(with_filler))).fluency or 0) <= before

    @given(answers)
    @settings(max_examples=25, deadline=None)
    def test_add_up_to_their_explanations(self, sentences: list[str]) -> None:
        evaluation = evaluate(spoken(" ".join(sentences)))

        for name in METRICS:
            rows = [row.points for row in evaluation.explanations if row.score == name]
            assert abs(sum(rows) - (evaluation.metric(name) or 0)) <= 0.1 * len(rows) + 0.3
