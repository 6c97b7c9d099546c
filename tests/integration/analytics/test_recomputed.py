"""Every number of dashboard and charts, recomputed from raw rows over made-up histories."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from accounts.models import User
from analytics import selectors
from analytics.charts import CHARTS
from analytics.serializers import ChartOut, DashboardOut
from tests.factories import make_evaluation, make_finished_run, make_recording
from tests.integration.analytics.histories import (
    MOMENTS,
    ZONES,
    MadeSession,
    histories,
    write_history,
)
from tests.integration.analytics.slow_path import (
    exact_mean,
    slow_area,
    slow_charts,
    slow_dashboard,
    slow_mistakes,
)

made_up = settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
given_a_history = given(histories, st.sampled_from(MOMENTS), st.sampled_from(ZONES))
ROUNDED = 0.05 + 1e-9  # what rounding to one decimal may change
PERIODS = {"week": 7, "month": 30, "quarter": 91, "year": 365, "all": None}


@contextmanager
def written(made: Sequence[MadeSession], now: datetime, zone: str) -> Iterator[User]:
    """Write the history, beside somebody else's, and take both back."""
    with transaction.atomic():
        make_recording(run=make_evaluation(run=make_finished_run()).run)
        yield write_history(made, now=now, zone=zone)
        transaction.set_rollback(True)


def assert_alike(shown: Any, exact: Any, name: str) -> None:
    if isinstance(exact, dict):
        assert set(shown) == set(exact), name
        for key in exact:
            assert_alike(shown[key], exact[key], f"{name}.{key}")
    elif isinstance(exact, (list, tuple)):
        assert len(shown) == len(exact), name
        for at, (ours, theirs) in enumerate(zip(shown, exact, strict=True)):
            assert_alike(ours, theirs, f"{name}[{at}]")
    elif exact is None:
        assert shown is None, name
    else:
        assert shown == pytest.approx(float(exact), abs=ROUNDED), name


@pytest.mark.django_db
class TestDashboard:
    @made_up
    @given_a_history
    def test_is_what_the_rows_add_up_to(
        self, made: Sequence[MadeSession], now: datetime, zone: str
    ) -> None:
        with written(made, now, zone) as owner:
            shown = DashboardOut(selectors.read_dashboard(owner=owner, now=now)).data
            today = now.astimezone(ZoneInfo(zone)).date()

            for name, exact in slow_dashboard(owner, today=today).items():
                assert_alike(shown[name], exact, name)
            mistakes = {
                (row["metric"], row["rule"]): (row["answers"], row["sessions"])
                for row in shown["recurring_mistakes"]
            }
            assert mistakes == slow_mistakes(owner)

    @made_up
    @given_a_history
    def test_has_areas_that_are_the_means_of_their_answers(
        self, made: Sequence[MadeSession], now: datetime, zone: str
    ) -> None:
        with written(made, now, zone) as owner:
            shown = DashboardOut(selectors.read_dashboard(owner=owner, now=now)).data

            for name in ("skill_areas", "strongest_areas", "weakest_areas"):
                for area in shown[name]:
                    scores = slow_area(owner, kind=area["kind"], name=area["name"])
                    assert area["answers"] == len(scores)
                    assert_alike(area["score"], exact_mean(scores), area["name"])
            assert all(area["score"] >= 70 for area in shown["strongest_areas"])
            assert all(area["score"] < 80 for area in shown["weakest_areas"])


@pytest.mark.django_db
class TestCharts:
    @made_up
    @given_a_history
    def test_show_what_the_rows_add_up_to(
        self, made: Sequence[MadeSession], now: datetime, zone: str
    ) -> None:
        with written(made, now, zone) as owner:
            for period, days in PERIODS.items():
                exact = slow_charts(owner, days=days, now=now)
                for chart_type in CHARTS:
                    shown = [
                        row["data"]
                        for row in ChartOut(
                            selectors.read_chart(
                                owner=owner, chart_type=chart_type, period=period, now=now
                            )
                        ).data["datasets"]
                    ]
                    if chart_type == "weekly_activity":
                        shown = [[pair for pair in zip(*shown, strict=True) if pair[0]]]
                    assert_alike(shown, exact[chart_type], f"{chart_type} of {period}")
