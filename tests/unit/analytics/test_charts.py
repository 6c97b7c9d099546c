"""Chart data."""

import pytest

from analytics.charts import CHARTS, build_chart
from analytics.values import Chart, History
from tests.unit.analytics.practice import attempt, interview, window


def drawn(name: str, history: History, period: str = "all", day: int = 0) -> Chart:
    return build_chart(name, history, window=window(period, day=day))


def history(*days: int) -> History:
    return History(
        interviews=tuple(interview(day, 50.0 + day) for day in days),
        attempts=tuple(attempt(question=day + 1, day=day) for day in days),
    )


class TestCharts:
    @pytest.mark.parametrize("name", CHARTS)
    @pytest.mark.parametrize("period", ["week", "month", "quarter", "year", "all"])
    @pytest.mark.parametrize("days", [(), (0,), (0, 1, 8, 400)])
    def test_have_a_number_for_every_label(
        self, name: str, period: str, days: tuple[int, ...]
    ) -> None:
        chart = drawn(name, history(*days), period, day=400)

        assert (chart.chart_type, chart.period) == (name, period)
        assert chart.datasets
        assert {len(row.data) for row in chart.datasets} == {len(chart.labels)}
        assert chart.description.endswith(".")

    @pytest.mark.parametrize("name", ["score_trend", "performance", "delivery"])
    def test_show_sessions_in_the_order_in_which_they_were_held(self, name: str) -> None:
        chart = drawn(name, history(3, 0, 1))

        assert chart.labels == ("2026-03-02", "2026-03-03", "2026-03-05")

    def test_hold_weeks_by_the_wall_calendar(self) -> None:
        chart = drawn("weekly_activity", history(6, 7), day=7)

        assert chart.labels == ("2026-03-02", "2026-03-09")
        assert chart.datasets[0].data == (1, 1)

    def test_mean_the_last_five_sessions(self) -> None:
        chart = drawn("score_trend", history(0, 1, 2, 3, 4, 5))

        assert chart.datasets[1].data == (50.0, 50.5, 51.0, 51.5, 52.0, 53.0)
