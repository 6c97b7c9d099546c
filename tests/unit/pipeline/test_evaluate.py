"""The judgement of one answer."""

import json
import re
from dataclasses import asdict, replace

import pytest

from pipeline.domain.ports import Judges
from pipeline.domain.values import Evaluation, Sound, Transcript
from pipeline.scoring.evaluate import evaluate_answer, weigh
from pipeline.scoring.thresholds import DEFAULT_WEIGHTS, SCORER_VERSION
from pipeline.scoring.transcript_diff import correct
from tests.answers import ANSWER, QUESTION, small_judges, spoken


def evaluate(transcript: Transcript, **changes: object) -> Evaluation:
    question = replace(QUESTION, **changes)  # type: ignore[arg-type]  # test shorthand
    return evaluate_answer(
        transcript=transcript, question=question, judges=small_judges(), weights=DEFAULT_WEIGHTS
    )


class TestEvaluateAnswer:
    def test_weighs_all_four_metrics(self) -> None:
        evaluation = evaluate(spoken(ANSWER))

        expected = sum(
            DEFAULT_WEIGHTS[name] * (evaluation.metric(name) or 0) for name in DEFAULT_WEIGHTS
        )

        assert evaluation.scorable
        assert evaluation.overall == pytest.approx(expected, abs=0.06)
        assert evaluation.scorer_version == SCORER_VERSION

    def test_gives_equal_input_equal_scores(self) -> None:
        assert evaluate(spoken(ANSWER)) == evaluate(spoken(ANSWER))

    def test_quotes_only_what_was_said_at_the_seconds_named(self) -> None:
        transcript = spoken(ANSWER, pauses={9: 4.0})
        evaluation = evaluate(transcript)
        starts = {word.start: word.text for word in transcript.words}

        for row in evaluation.explanations:
            assert row.quote in transcript.text
            if row.start is not None:
                said = next(text for start, text in starts.items() if abs(start - row.start) < 0.01)
                assert row.quote.startswith(said)

    def test_shares_the_keyword_weight_when_none_are_expected(self) -> None:
        evaluation = evaluate(spoken(ANSWER), expected_keywords=())

        assert evaluation.keywords is None
        assert "no_expected_keywords:keywords" in evaluation.reasons
        assert evaluation.scorable
        assert evaluation.overall is not None

    def test_withholds_the_grade_of_silence_and_invents_nothing(self) -> None:
        evaluation = evaluate(Transcript(text="", language="en", duration=20.0))

        assert (evaluation.scorable, evaluation.reasons, evaluation.overall) == (
            False,
            ("no_speech",),
            None,
        )
        assert [evaluation.metric(name) for name in DEFAULT_WEIGHTS] == [None] * 4
        assert evaluation.suggestions

    def test_withholds_the_grade_of_fillers(self) -> None:
        assert evaluate(spoken("Um, uh, um.")).reasons == ("only_fillers",)

    def test_withholds_the_grade_below_twenty_five_words(self) -> None:
        evaluation = evaluate(spoken("I led a project and we shipped it."))

        assert evaluation.reasons[0] == "too_short"
        assert (evaluation.overall, evaluation.grammar, evaluation.fluency) == (None, None, None)
        assert evaluation.relevance is not None

    def test_withholds_the_grade_of_a_recording_nobody_understands(self) -> None:
        assert "low_confidence" in evaluate(spoken(ANSWER, probability=0.3)).reasons

    @pytest.mark.parametrize(
        ("sound", "reason", "says"),
        [
            (Sound(-25.0, 0.0, "de", 0.001), "wrong_language", "sounds like German"),
            (Sound(-75.0, 0.0, "en", 0.99), "low_volume", "microphone"),
            (Sound(-4.0, 0.4, "en", 0.99), "clipped", "overdriven"),
        ],
    )
    def test_withholds_the_grade_of_a_bad_recording_and_says_what_to_do(
        self, sound: Sound, reason: str, says: str
    ) -> None:
        evaluation = evaluate(replace(spoken(ANSWER), sound=sound))

        assert (evaluation.scorable, evaluation.overall) == (False, None)
        assert evaluation.reasons == (reason,)
        assert says in evaluation.summary
        assert evaluation.relevance is not None

    @pytest.mark.parametrize(
        "sound",
        [
            Sound(-25.0, 0.0, "zh", 0.23),  # English with a strong accent
            Sound(-25.0, 0.0, "en", None),  # a model that knows English only
            Sound(-45.0, 0.0, "en", 0.9),
            Sound(-9.0, 0.1, "en", 0.9),
        ],
    )
    def test_grades_what_is_only_accented_faint_or_loud(self, sound: Sound) -> None:
        assert evaluate(replace(spoken(ANSWER), sound=sound)).scorable

    def test_shows_what_the_recording_sounds_like(self) -> None:
        metrics = evaluate(replace(spoken(ANSWER), sound=Sound(-25.0, 0.01, "en", 0.9))).metrics

        assert metrics["speech_level_dbfs"] == -25.0
        assert metrics["clipped_percent"] == 1.0
        assert metrics["language_heard"] == "en"

    def test_judges_fluency_by_what_was_heard_when_a_person_has_written_the_fillers_away(
        self,
    ) -> None:
        heard = spoken(ANSWER.replace(" I ", " um, I ").replace(" we ", " uh, we "))
        as_heard = evaluate(heard)
        corrected = correct(heard, ANSWER).transcript

        edited = evaluate_answer(
            transcript=corrected,
            heard=heard,
            question=QUESTION,
            judges=small_judges(),
            weights=DEFAULT_WEIGHTS,
        )

        assert edited.fluency == as_heard.fluency
        assert edited.metrics["fluency_judged_from"] == "recogniser"
        assert (evaluate(corrected).fluency or 0) > (as_heard.fluency or 0)  # what it would be else

    def test_says_which_metrics_a_language_has_no_judge_for(self) -> None:
        evaluation = evaluate_answer(
            transcript=spoken(ANSWER, language="fr"),
            question=QUESTION,
            judges=Judges(encoder=None, parser=None, grammar=None),
            weights=DEFAULT_WEIGHTS,
        )

        for name in DEFAULT_WEIGHTS:
            assert f"language_not_supported:{name}" in evaluation.reasons
            assert evaluation.metric(name) is None
        assert evaluation.metrics["words_per_minute"]
        assert not evaluation.scorable

    def test_puts_every_score_inside_its_interval(self) -> None:
        evaluation = evaluate(spoken(ANSWER))

        for name, (low, high) in evaluation.intervals.items():
            assert low <= (evaluation.metric(name) or 0) <= high
        assert set(evaluation.intervals) == set(DEFAULT_WEIGHTS)

    def test_accepts_the_wordings_that_the_question_names(self) -> None:
        bare = evaluate(spoken(ANSWER), expected_keywords=("cutover",)).keywords
        named = evaluate(
            spoken(ANSWER),
            expected_keywords=("cutover",),
            keyword_variants={"Cutover": ("moved all customers",)},
        ).keywords

        assert (bare, named) == (0.0, 100.0)

    def test_is_plain_json(self) -> None:
        assert json.dumps(asdict(evaluate(spoken(ANSWER))), allow_nan=False)

    def test_suggests_something_that_quotes_the_answer(self) -> None:
        evaluation = evaluate(spoken(ANSWER))
        quoted = re.findall("\u201c([^\u201d]+)\u201d", " ".join(evaluation.suggestions))

        assert any(quote in ANSWER and len(quote.split()) > 1 for quote in quoted)

    def test_asks_for_the_part_of_the_story_that_was_not_heard(self) -> None:
        unfinished = ANSWER.rsplit(" As a result", 1)[0]
        evaluation = evaluate(spoken(unfinished))

        assert "not heard: result" in evaluation.summary
        assert any("no clear result was heard" in text for text in evaluation.suggestions)
        assert not any(
            "no clear result was heard" in text for text in evaluate(spoken(ANSWER)).suggestions
        )


class TestWeigh:
    def test_counts_zero_and_leaves_out_none(self) -> None:
        scores = {"relevance": 0.0, "grammar": None, "fluency": 50.0, "keywords": None}

        assert weigh(scores, DEFAULT_WEIGHTS) == 20.8  # type: ignore[arg-type]  # literal keys

    def test_is_none_of_nothing(self) -> None:
        assert weigh({"relevance": None}, DEFAULT_WEIGHTS) is None
