"""What counts, and what it adds up to."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analytics import stats
from analytics.values import History
from tests.unit.analytics.practice import attempt, interview, judgement, window

DAY = date(2026, 3, 8)


def days(*offsets: int) -> set[date]:
    return {DAY + timedelta(days=offset) for offset in offsets}


class TestCountedAnswers:
    def test_are_the_latest_finished_attempts(self) -> None:
        counted = stats.counted_answers(
            [
                attempt(2, question=1),
                attempt(1, question=1),
                attempt(3, question=1, judgement=None),
                attempt(1, question=2, day=1),
            ]
        )

        assert [answer.key for answer in counted] == [102, 201]

    def test_leave_out_a_question_whose_latest_attempt_could_not_be_graded(self) -> None:
        ungraded = judgement(key=2, scorable=False, overall=None)

        assert stats.counted_answers([attempt(1), attempt(2, judgement=ungraded)]) == []


class TestMeanScore:
    def test_counts_zero_and_not_none(self) -> None:
        assert stats.mean_score([0.0, None, 50.0]) == 25.0
        assert stats.mean_score([None]) is None
        assert stats.mean_score([]) is None


class TestImprovementRate:
    @pytest.mark.parametrize(
        ("scores", "percent"),
        [
            ([], 0.0),
            ([50.0], 0.0),
            ([50.0, 60.0], 20.0),
            ([50.0, 70.0, 90.0], 50.0),  # the newer half is one of three
            ([80.0, 60.0], -25.0),
            ([0.0, 0.0], 0.0),
            ([0.0, 60.0], None),
            ([60.0, 0.0], -100.0),
        ],
    )
    def test_goes_from_the_older_half_to_the_newer(
        self, scores: list[float], percent: float | None
    ) -> None:
        assert stats.improvement_rate(scores) == percent


class TestStreaks:
    @pytest.mark.parametrize(
        ("practised", "current", "longest"),
        [
            (days(), 0, 0),
            (days(0), 1, 1),
            (days(-1), 1, 1),  # stands until the end of today
            (days(-2), 0, 1),
            (days(-1, -2, -4), 2, 2),
            (days(0, -1, -3, -4, -5), 2, 3),
        ],
    )
    def test_are_days_in_a_row(self, practised: set[date], current: int, longest: int) -> None:
        assert stats.current_streak(practised, today=DAY) == current
        assert stats.longest_streak(practised) == longest

    @given(st.sets(st.integers(-40, 0)))
    def test_never_contradict_each_other(self, offsets: set[int]) -> None:
        practised = days(*offsets)

        current = stats.current_streak(practised, today=DAY)

        assert 0 <= current <= stats.longest_streak(practised) <= len(practised)

    def test_do_not_break_where_the_clock_is_changed(self) -> None:
        zone = ZoneInfo("America/New_York")
        moments = [  # late on the evenings of the 7th, 8th (23 hours long) and 9th
            datetime(2026, 3, 8, 4, 30, tzinfo=UTC),
            datetime(2026, 3, 9, 3, 30, tzinfo=UTC),
            datetime(2026, 3, 10, 3, 30, tzinfo=UTC),
        ]
        history = History(
            interviews=(interview(completed_at=moments[0]),),
            attempts=tuple(attempt(recorded_at=moment) for moment in moments[1:]),
        )

        practised = stats.active_days(history, zone)

        assert practised == {date(2026, 3, 7), date(2026, 3, 8), date(2026, 3, 9)}


class TestPracticeMinutes:
    def test_count_every_recording(self) -> None:
        made = [attempt(1), attempt(2, judgement=None), attempt(3, duration=33.0)]

        assert stats.practice_minutes(made) == 1.6  # 93 seconds


class TestWindow:
    def test_ends_with_today_and_begins_with_a_whole_day(self) -> None:
        week = window("week", day=6, zone=ZoneInfo("Europe/Berlin"))

        assert week.holds(datetime(2026, 3, 1, 23, tzinfo=UTC))  # midnight in Berlin
        assert not week.holds(datetime(2026, 3, 1, 22, 59, 59, tzinfo=UTC))

    def test_holds_everything_of_all_time(self) -> None:
        assert window("all").holds(datetime(1970, 1, 1, tzinfo=UTC))
