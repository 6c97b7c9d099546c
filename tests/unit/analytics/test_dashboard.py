"""What to practise next."""

from analytics.dashboard import FIRST_STEP, advise
from analytics.mistakes import recurring_mistakes
from analytics.values import Area, Trend
from tests.unit.analytics.practice import numbered, slip

WEAK = Area("category", "technical", 41.0, 6)
WORSE = Trend("Fillers", "per 100 words", 4.0, 2.0, 6.0, "worse")


class TestAdvise:
    def test_begins_with_the_first_interview(self) -> None:
        assert advise((), (), (), answers=0) == (FIRST_STEP,)

    def test_takes_up_the_weakest_area_the_commonest_mistake_and_what_got_worse(self) -> None:
        mistakes = recurring_mistakes(
            [slip(session_id=numbered(one), quote="he go") for one in (1, 2)]
        )

        area, mistake, trend = advise((WEAK,), mistakes, (WORSE,), answers=6)

        assert (area.focus, mistake.focus, trend.focus) == ("technical", "agreement", "fillers")
        assert "41.0 of 100 over 6 answers" in area.reason
        assert "\u201che go\u201d" in mistake.reason
        assert "from 2 to 6 per 100 words" in trend.reason

    def test_speaks_of_harder_questions_only_when_several_answers_show_nothing_weak(self) -> None:
        (after_one,) = advise((), (), (), answers=1)
        (after_two,) = advise((), (), (), answers=2)

        assert after_one.focus == "more answers"
        assert after_two.focus == "harder questions"

    def test_counts_one_answer_in_the_singular(self) -> None:
        (advice,) = advise((Area("metric", "relevance", 3.0, 1),), (), (), answers=1)

        assert advice.reason.endswith("relevance: 3.0 of 100 over 1 answer.")
