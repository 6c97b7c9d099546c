"""What to practise next."""

from analytics.dashboard import FIRST_STEP, advise
from analytics.mistakes import recurring_mistakes
from analytics.values import Area, Trend
from tests.unit.analytics.practice import numbered, slip

WEAK = Area("category", "technical", 41.0, 6)
WORSE = Trend("Fillers", "per 100 words", 4.0, 2.0, 6.0, "worse")


class TestAdvise:
    def test_begins_with_the_first_interview(self) -> None:
        assert advise((), (), (), graded=False) == (FIRST_STEP,)

    def test_takes_up_the_weakest_area_the_commonest_mistake_and_what_got_worse(self) -> None:
        mistakes = recurring_mistakes(
            [slip(session_id=numbered(one), quote="he go") for one in (1, 2)]
        )

        area, mistake, trend = advise((WEAK,), mistakes, (WORSE,), graded=True)

        assert (area.focus, mistake.focus, trend.focus) == ("technical", "agreement", "fillers")
        assert "41.0 of 100 over 6 answers" in area.reason
        assert "\u201che go\u201d" in mistake.reason
        assert "from 2 to 6 per 100 words" in trend.reason

    def test_has_something_to_say_where_nothing_is_weak(self) -> None:
        (advice,) = advise((), (), (), graded=True)

        assert advice.focus == "harder questions"
