"""The session's feedback."""

from dataclasses import replace

import pytest

from pipeline.domain.values import Explanation, FeedbackReport, JudgedAnswer
from pipeline.scoring.evaluate import evaluate_answer
from pipeline.scoring.explain import cite
from pipeline.scoring.feedback.session import all_resources, write_feedback
from pipeline.scoring.session_score import score_session
from pipeline.scoring.thresholds import DEFAULT_WEIGHTS
from tests.answers import ANSWER, QUESTION, judged, small_judges, spoken


def feedback(
    *answers: JudgedAnswer, asked: int = 2, completed: int = 1, is_open: bool = True
) -> FeedbackReport:
    card = score_session(answers=answers, asked=asked, weights=DEFAULT_WEIGHTS)
    return write_feedback(card=card, answers=answers, completed_sessions=completed, is_open=is_open)


def all_advice(report: FeedbackReport) -> list[str]:
    """Return every sentence that tells the candidate what to do."""
    remarks = (*report.weaknesses, *report.suggestions)
    return [*(remark.message for remark in remarks), *report.next_steps]


class TestWriteFeedback:
    def test_names_strengths_from_seventy_and_weaknesses_below_sixty(self) -> None:
        report = feedback(judged(scores=(80.0, 70.0, 60.0, 50.0)))

        assert [remark.category for remark in report.strengths] == ["Relevance", "Grammar"]
        assert [remark.category for remark in report.weaknesses] == ["Keywords"]

    def test_names_the_lowest_below_eighty_when_nothing_is_weak(self) -> None:
        report = feedback(judged(scores=(90.0, 85.0, 79.9, 82.0)))

        assert [remark.category for remark in report.weaknesses] == ["Fluency"]

    def test_names_no_weakness_where_there_is_none(self) -> None:
        assert feedback(judged(scores=(90.0, 85.0, 80.0, 82.0))).weaknesses == ()

    def test_quotes_an_answer_in_every_strength_and_weakness(self) -> None:
        report = feedback(judged(scores=(80.0, 70.0, 60.0, 50.0)))

        for remark in (*report.strengths, *report.weaknesses):
            assert remark.quote
            assert remark.quote in ANSWER
            assert remark.quote in remark.message
            assert remark.question_id == "question-1"

    def test_rates_and_praises_nothing_without_a_grade(self) -> None:
        report = feedback(judged(scorable=False, scores=(None, None, None, None)))

        assert (report.overall_rating, report.strengths, report.weaknesses) == (None, (), ())
        assert "could be graded" in report.summary
        assert report.readiness.performance == 0.0

    def test_adds_up_the_readiness(self) -> None:
        readiness = feedback(judged(scores=(80.0, 80.0, 80.0, 80.0)), completed=3).readiness

        assert (readiness.performance, readiness.coverage, readiness.practice) == (68.0, 2.5, 5.0)
        assert readiness.score == round(68.0 + 2.5 + 5.0)
        assert readiness.level == "Almost Ready"

    @pytest.mark.parametrize(("completed", "practice"), [(0, 0.0), (1, 0.0), (5, 10.0), (50, 10.0)])
    def test_rewards_practice_up_to_five_sessions(self, completed: int, practice: float) -> None:
        assert feedback(judged(), completed=completed).readiness.practice == practice

    def test_reaches_a_hundred(self) -> None:
        best = judged(scores=(100.0, 100.0, 100.0, 100.0))

        assert feedback(best, asked=1, completed=9).readiness.score == 100

    def test_recommends_pages_for_the_weakest_metric_first(self) -> None:
        report = feedback(judged(scores=(80.0, 40.0, 60.0, 50.0)))

        assert report.resources[0].category == "grammar"

    def test_survives_an_answer_without_text(self) -> None:
        empty = replace(judged(), transcript_text="")

        assert feedback(empty).strengths

    def test_puts_first_what_weighs_most(self) -> None:
        report = feedback(judged(scores=(20.0, 90.0, 90.0, 0.0)), asked=1)

        assert [remark.category for remark in report.weaknesses] == ["Relevance", "Keywords"]
        assert "Work on relevance first" in report.summary
        assert "Take one aim: relevance" in report.next_steps[0]

    def test_takes_aim_at_what_the_lowest_answer_lacks(self) -> None:
        report = feedback(
            judged(scores=(80.0, 80.0, 30.0, 60.0), position=1),
            judged(scores=(20.0, 100.0, 100.0, 100.0), position=2),
        )

        assert "Work on relevance first" in report.summary
        assert "Record question 1 again" in report.next_steps[0]
        assert "Take one aim: fluency" in report.next_steps[0]

    def test_asks_a_session_that_is_finished_for_no_more_answers(self) -> None:
        answers = judged(scores=(80.0, 50.0, 50.0, 50.0)), judged(position=2, scores=(20.0,) * 4)

        advice = all_advice(feedback(*answers, asked=5, is_open=False))

        assert advice
        for asks in ("open questions", "Record question", "Record each", "no answer yet", "Try it"):
            assert not [sentence for sentence in advice if asks in sentence]

    def test_asks_a_finished_session_without_a_grade_for_no_more_answers(self) -> None:
        ungraded = judged(scorable=False, scores=(None, None, None, None))

        advice = all_advice(feedback(ungraded, is_open=False)) + all_advice(feedback(is_open=False))

        assert not [one for one in advice if "again" in one or "the first question" in one]

    def test_asks_an_open_session_for_what_is_missing(self) -> None:
        advice = all_advice(feedback(judged(), asked=3))

        assert "Answer the open questions: 2 of 3." in advice
        assert any(
            sentence.startswith("2 of 3 questions have no answer yet") for sentence in advice
        )

    @pytest.mark.parametrize("rule", ["topic_question", "farthest_sentence", None])
    def test_tells_nobody_who_misses_the_question_to_go_on(self, rule: str | None) -> None:
        nearest = Explanation(
            "relevance", rule or "", 0.1, "cosine", 3.0, quote="I like to cook pasta"
        )
        off_topic = judged(
            text="I like to cook pasta with my friends.",
            scores=(3.0, 92.0, 88.0, 0.0),
            explanations=(nearest,) if rule else (),
        )

        report = feedback(off_topic, asked=1)

        relevance = report.weaknesses[0]
        assert (relevance.category, relevance.question_id) == ("Relevance", "question-1")
        assert f"\u201c{QUESTION.text}\u201d" in relevance.message
        assert relevance.quote == ""
        suggestions = [remark.message for remark in report.suggestions]
        for sentence in (relevance.message, *suggestions, *report.next_steps):
            assert "pasta" not in sentence
            for wrong in ("stay with it", "Say that first", "Try it", "soon after"):
                assert wrong not in sentence

    def test_judges_what_is_off_topic_by_the_answer_and_not_by_the_session(self) -> None:
        good = judged(scores=(95.0, 80.0, 80.0, 80.0))
        off_topic = judged(
            position=2, text="I like to cook pasta.", scores=(24.0, 85.0, 85.0, 85.0)
        )

        (weakness,) = feedback(good, off_topic).weaknesses

        assert weakness.category == "Relevance"
        assert "Question 2 asks" in weakness.message
        assert "pasta" not in weakness.message

    def test_calls_a_good_score_good_even_where_it_is_the_lowest(self) -> None:
        lowest = feedback(judged(scores=(90.0, 85.0, 75.0, 82.0))).weaknesses[0]

        assert lowest.message.startswith("Good already")


class TestRealAnswers:
    """Answers through the judges, as a candidate would read them."""

    @staticmethod
    def report(text: str) -> FeedbackReport:
        evaluation = evaluate_answer(
            transcript=spoken(text),
            question=QUESTION,
            judges=small_judges(),
            weights=DEFAULT_WEIGHTS,
        )
        return feedback(replace(judged(text=text), evaluation=evaluation), asked=1)

    def test_quotes_only_what_was_said_and_names_the_second(self) -> None:
        text = f"Um, so uh {ANSWER} He go there, um, every day."
        report = self.report(text)

        remarks = (*report.strengths, *report.weaknesses)
        assert remarks
        for remark in remarks:
            assert remark.quote in text
            assert remark.start is None or f"{remark.start:.1f} s" in remark.message
        shown = {remark.category: remark.quote for remark in report.strengths}
        assert "uh" not in shown["Fluency"].split()

    def test_praises_nobody_with_words_that_missed_the_question(self) -> None:
        beside = judged(text="My cousin keeps bees.", scores=(5.0, 99.0, 99.0, 10.0))
        to_the_point = replace(
            judged(position=2, scores=(80.0, 90.0, 90.0, 60.0)), question_id="two"
        )

        report = feedback(beside, to_the_point)

        assert {remark.question_id for remark in report.strengths} == {"two"}

    def test_shows_where_a_quote_was_cut(self) -> None:
        long = "I led a small project to replace the payment service and the rest of it"

        assert cite(long) == f"\u201c{long} \u2026\u201d"
        assert cite(f"{long}.") == f"\u201c{long}.\u201d"
        assert cite("she don't") == "\u201cshe don't\u201d"

    def test_names_the_part_of_the_delivery_that_costs_most(self) -> None:
        text = ANSWER.replace("I led", "I I led")
        evaluation = evaluate_answer(
            transcript=spoken(text, pace=70),
            question=QUESTION,
            judges=small_judges(),
            weights=DEFAULT_WEIGHTS,
        )
        report = feedback(replace(judged(text=text), evaluation=evaluation), asked=1)

        weakness = next(each for each in report.weaknesses if each.category == "Fluency")
        practice = next(each for each in report.suggestions if each.category == "Fluency")
        assert "69 words a minute" in weakness.message or "70 words a minute" in weakness.message
        assert "points.)" not in weakness.message
        assert "with a clock" in practice.message
        assert "filler" not in practice.message

    def test_tells_an_answer_beside_the_question_so_before_all_else(self) -> None:
        text = (
            "My cousin keeps bees behind her house, and each autumn we fill jars with honey, bake bread and "
            "invite the neighbours to taste it under the old apple trees."
        )
        evaluation = evaluate_answer(
            transcript=spoken(text),
            question=QUESTION,
            judges=small_judges(),
            weights=DEFAULT_WEIGHTS,
        )

        assert "most is to be gained in relevance" in evaluation.summary
        assert f"You were asked \u201c{QUESTION.text}\u201d" in evaluation.suggestions[0]
        for wrong in ("was heard. Say", "its proof", "let this follow", "follow it with"):
            assert not any(wrong in text for text in evaluation.suggestions)

    def test_never_reads_the_same_for_answers_of_different_quality(self) -> None:
        answers = [
            ANSWER,
            ANSWER.rsplit(" As a result", 1)[0],
            f"{ANSWER} He go there and they was late.",
            "My cousin keeps bees behind her house, and each autumn we fill jars with honey, bake bread and "
            "invite the neighbours to taste it under the old apple trees.",
            "We had a project and it was hard, and then it was fine, and I think that it was good for all.",
        ]

        texts = [
            (report.summary, *(remark.message for remark in report.strengths + report.weaknesses))
            for report in map(self.report, answers)
        ]

        assert len(set(texts)) == len(answers)

    def test_says_what_to_record_again_and_why(self) -> None:
        steps = " ".join(self.report(ANSWER).next_steps)

        assert f"Record question 1 again, \u201c{QUESTION.text}\u201d" in steps

    def test_asks_for_more_words_where_there_were_too_few(self) -> None:
        report = self.report("I led a project.")

        assert "The answer has 4 words." in report.summary
        assert len(report.next_steps) == 1
        assert "full sentences" in report.next_steps[0]


class TestAllResources:
    def test_are_secure_pages_of_a_known_kind(self) -> None:
        for page in all_resources():
            assert page.url.startswith("https://")
            assert page.type in ("course", "article", "video", "tool", "book")

    def test_serve_every_metric(self) -> None:
        assert {page.category for page in all_resources()} == set(DEFAULT_WEIGHTS)
