"""Fluency from timing."""

import pytest

from pipeline.domain.values import Span, Transcript, Word
from pipeline.scoring.explain import Finding
from pipeline.scoring.fluency.delivery import Delivery, find_gaps, fluency_parts, words_around
from pipeline.scoring.fluency.fluency import judge_fluency
from pipeline.scoring.transcript import read_script
from tests.answers import ANSWER, spoken


def judge(transcript: Transcript) -> Finding:
    return judge_fluency(read_script(transcript), transcript=transcript)


class TestJudgeFluency:
    def test_measures_the_pace_between_first_and_last_word(self) -> None:
        finding = judge(spoken(ANSWER, pace=150, latency=7.0))

        assert finding.measures["words_per_minute"] == 150.0
        assert finding.measures["latency_seconds"] == 7.0

    def test_takes_points_for_long_silences_and_shows_where(self) -> None:
        finding = judge(spoken(ANSWER, pauses={10: 5.0}))

        row = next(row for row in finding.explanations if row.rule == "pauses")

        assert (finding.score or 0) < (judge(spoken(ANSWER)).score or 0)
        assert finding.measures["longest_pause_seconds"] == 5.0
        assert row.quote == "a small project to replace the payment service."

    def test_takes_points_for_fillers(self) -> None:
        filled = ANSWER.replace(" the ", " um the ").replace(" I ", " uh I ")

        assert (judge(spoken(filled)).score or 0) < (judge(spoken(ANSWER)).score or 0)

    def test_adds_up_to_its_explanations(self) -> None:
        finding = judge(spoken(ANSWER, pace=110, pauses={5: 3.0}))

        assert sum(row.points for row in finding.explanations) == pytest.approx(
            finding.score, abs=0.2
        )

    def test_has_no_score_for_a_few_words(self) -> None:
        assert judge(spoken("I shipped it.")).reason == "too_short"

    def test_gives_no_score_without_any_time(self) -> None:
        assert judge(Transcript(text=ANSWER, language="en", duration=0.0)).reason == "no_word_times"


class TestFluencyParts:
    @pytest.mark.parametrize(
        ("hears", "pause", "expected"),
        [
            (True, 0.5, {"pace": 0.5, "pauses": 0.25, "fillers": 0.2, "repetitions": 0.05}),
            (False, 0.5, {"pace": 0.6, "pauses": 0.4}),
            (False, None, {"pace": 1.0}),
        ],
    )
    def test_shares_among_what_was_measured(
        self, hears: bool, pause: float | None, expected: dict[str, float]
    ) -> None:
        parts = fluency_parts(Delivery(160, 1, pause, pause, 0, hears))

        assert {part.name: part.share for part in parts} == pytest.approx(expected)


class TestFindGaps:
    def test_ignores_short_gaps_and_overlaps(self) -> None:
        speech = [Span(0, 2), Span(1, 3), Span(3.1, 4), Span(5, 6)]

        assert find_gaps(speech) == [Span(4, 5)]


class TestWordsAround:
    def test_shows_nothing_where_the_times_run_backwards(self) -> None:
        words = (Word("late", 9.0, 9.5, 0.9), Word("early", 1.0, 1.5, 0.9))
        script = read_script(Transcript(text="late early", language="en", duration=10, words=words))

        assert words_around(script, Span(4.0, 6.0)) is None
