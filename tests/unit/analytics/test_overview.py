"""The overview's days, bars and times."""

from datetime import date, timedelta

import pytest

from analytics.overview import (
    MOST_BARS,
    Day,
    Noun,
    draw_bars,
    draw_highest,
    every_day,
    percentile,
    summarise_times,
)
from analytics.spreadsheet import write_table

TODAY = date(2026, 3, 31)
THINGS = Noun("thing", "things")


class TestDays:
    def test_are_all_there_even_when_nothing_happened(self) -> None:
        days = every_day({TODAY: Day(TODAY, uploads=4)}, last=TODAY, number=3)

        assert [(day.day.day, day.uploads) for day in days] == [(29, 0), (30, 0), (31, 4)]


class TestBars:
    def test_reach_from_nothing_to_the_top(self) -> None:
        chart = draw_bars(every_day({}, last=TODAY, number=3), [0, 5, 10], title="R", unit=THINGS)

        assert [(bar.y, bar.height) for bar in chart.bars] == [(120, 0), (60, 60), (0, 120)]
        assert chart.top == 10
        assert chart.description == "15 things, at most 10 in one day."
        assert chart.bars[1].title == "2026-03-30: 5 things"

    def test_take_days_together_where_they_would_be_too_thin(self) -> None:
        chart = draw_bars(every_day({}, last=TODAY, number=364), [1] * 364, title="R", unit=THINGS)

        assert len(chart.bars) <= MOST_BARS
        assert chart.top == 6
        assert chart.first == TODAY - timedelta(days=363)
        assert chart.bars[-1].x + chart.bars[-1].width <= 720

    def test_show_the_highest_where_the_same_might_be_counted_twice(self) -> None:
        days = every_day({}, last=TODAY, number=124)

        chart = draw_highest(days, [3, 5] * 62, title="P", unit=Noun("person", "people"))

        assert (len(chart.bars), chart.top) == (62, 5)
        assert chart.description == "At most 5 people on one day."

    def test_call_one_by_its_name(self) -> None:
        chart = draw_bars(every_day({}, last=TODAY, number=2), [0, 1], title="R", unit=THINGS)

        assert chart.description == "1 thing, at most 1 in one day."
        assert [bar.title for bar in chart.bars] == ["2026-03-30: 0 things", "2026-03-31: 1 thing"]

    def test_lie_flat_when_nothing_happened(self) -> None:
        chart = draw_bars(every_day({}, last=TODAY, number=7), [0] * 7, title="R", unit=THINGS)

        assert {bar.height for bar in chart.bars} == {0}
        assert chart.description == "0 things, at most 0 in one day."


class TestTimes:
    @pytest.mark.parametrize(
        ("percent", "expected"), [(50, 10.0), (95, 19.0), (100, 20.0), (1, 1.0)]
    )
    def test_are_told_by_percentiles(self, percent: int, expected: float) -> None:
        assert percentile([float(number) for number in range(20, 0, -1)], percent) == expected

    def test_are_unknown_where_nothing_was_done(self) -> None:
        (found,) = summarise_times({"score": []})

        assert (found.tries, found.p50, found.p95) == (0, None, None)

    def test_are_compared_with_the_slowest(self) -> None:
        slow, quick = summarise_times({"transcribe": [4.0], "score": [1.0]})

        assert (slow.share, quick.share) == (100.0, 25.0)


class TestATable:
    def test_gives_a_spreadsheet_nothing_to_reckon(self) -> None:
        text = write_table(("a", "b"), [("=1+1", -2.5), ("@x", "fine"), ("\tx", "+49")])

        assert text.splitlines() == ["\ufeffa,b", "'=1+1,-2.5", "'@x,fine", "'\tx,'+49"]
