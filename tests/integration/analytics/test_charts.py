"""GET feedback/charts/{type}."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest
import time_machine
from rest_framework.test import APIClient

from accounts.models import User
from analytics.charts import CHARTS
from media.models import AudioAnswer
from sessions.models import InterviewSession
from tests.factories import (
    make_evaluation,
    make_finished_run,
    make_question,
    make_recording,
    make_session,
)

CHART = "/api/v1/feedback/charts"
NOW = datetime(2026, 3, 11, 12, tzinfo=UTC)  # a Wednesday
ClientFor = Callable[[User], APIClient]


def answered(owner: User, *, at: str, score: float | None = 70.0, **scores: Any) -> None:
    """Hold a session with one answer at that moment."""
    session = make_session(owner=owner, total_score=score)
    run = make_finished_run(question=make_question(session=session))
    make_evaluation(run=run, **scores)
    recording = make_recording(run=run)
    moment = datetime.fromisoformat(f"{at}+00:00")
    InterviewSession.objects.filter(pk=session.pk).update(created_at=moment, started_at=moment)
    AudioAnswer.objects.filter(pk=recording.pk).update(created_at=moment)


def chart(client_for: ClientFor, user: User, path: str) -> Any:
    with time_machine.travel(NOW, tick=False):
        response = client_for(user).get(f"{CHART}/{path}")
    assert response.status_code == 200, response.content
    return response.json()["data"]


class TestCharts:
    def test_show_the_score_of_each_session(self, alice: User, client_for: ClientFor) -> None:
        answered(alice, at="2026-03-10T08:00:00", score=0.0)
        answered(alice, at="2026-03-01T08:00:00", score=60.0)
        answered(alice, at="2026-03-02T08:00:00", score=None)

        shown = chart(client_for, alice, "score_trend?period=month")

        assert shown == {
            "chart_type": "score_trend",
            "title": "Score of each session",
            "period": "month",
            "labels": ["2026-03-01", "2026-03-10"],
            "datasets": [
                {"label": "Session score", "data": [60.0, 0.0], "unit": "points of 100"},
                {"label": "Mean of the last 5", "data": [60.0, 30.0], "unit": "points of 100"},
            ],
            "description": "Sessions in the last 30 days: 2 scored, from 0 to 60, latest 0.",
        }

    def test_date_a_session_by_its_completion(self, alice: User, client_for: ClientFor) -> None:
        answered(alice, at="2026-01-01T08:00:00")
        completed = datetime(2026, 3, 9, 8, tzinfo=UTC)
        InterviewSession.objects.update(status="completed", completed_at=completed)

        shown = chart(client_for, alice, "score_trend?period=week")

        assert shown["labels"] == ["2026-03-09"]

    def test_show_categories_and_metrics(self, alice: User, client_for: ClientFor) -> None:
        answered(alice, at="2026-03-10T08:00:00", relevance=0.0, keywords=None, overall=40.0)

        radar = chart(client_for, alice, "category_radar")
        bars = chart(client_for, alice, "metrics_bar")

        assert radar["labels"] == ["Behavioral", "Technical", "Situational"]
        assert radar["datasets"][0]["data"] == [40.0, None, None]
        assert bars["labels"] == ["Relevance", "Grammar", "Fluency", "Keywords"]
        assert bars["datasets"][0]["data"] == [0.0, 70.0, 60.0, None]

    def test_show_weeks_without_practice_too(self, alice: User, client_for: ClientFor) -> None:
        answered(alice, at="2026-02-23T00:00:00")  # a Monday
        answered(alice, at="2026-03-11T08:00:00")

        shown = chart(client_for, alice, "weekly_activity")

        assert shown["labels"] == ["2026-02-23", "2026-03-02", "2026-03-09"]
        assert [row["data"] for row in shown["datasets"]] == [[1, 0, 1], [0.5, 0.0, 0.5]]

    def test_show_the_days_of_a_week(self, alice: User, client_for: ClientFor) -> None:
        answered(alice, at="2026-03-04T23:59:59")  # the day before the seven
        answered(alice, at="2026-03-05T00:00:00")

        shown = chart(client_for, alice, "weekly_activity?period=week")

        assert (shown["labels"][0], shown["labels"][-1]) == ("2026-03-05", "2026-03-11")
        assert shown["datasets"][0]["data"] == [1, 0, 0, 0, 0, 0, 0]

    def test_cut_the_day_where_the_owner_does(self, alice: User, client_for: ClientFor) -> None:
        alice.timezone = "Pacific/Auckland"
        alice.save()
        answered(alice, at="2026-03-10T12:00:00")  # one in the morning of the 11th

        shown = chart(client_for, alice, "score_trend")

        assert shown["labels"] == ["2026-03-11"]

    def test_show_delivery_with_units(self, alice: User, client_for: ClientFor) -> None:
        measures = {
            "words_per_minute": 151.3,
            "fillers_per_100_words": 0.0,
            "mean_pause_seconds": None,
        }
        answered(alice, at="2026-03-10T08:00:00", metrics=measures)

        shown = chart(client_for, alice, "delivery")

        assert [(row["label"], row["unit"], row["data"]) for row in shown["datasets"]] == [
            ("Pace", "words/min", [151.3]),
            ("Fillers", "per 100 words", [0.0]),
            ("Mean pause", "s", [None]),
            ("Longest pause", "s", [None]),
        ]

    @pytest.mark.parametrize("chart_type", CHARTS)
    def test_are_there_before_the_first_interview(
        self, alice: User, client_for: ClientFor, chart_type: str
    ) -> None:
        for period in ("week", "month", "quarter", "year", "all"):
            shown = chart(client_for, alice, f"{chart_type}?period={period}")

            assert (shown["chart_type"], shown["period"]) == (chart_type, period)
            assert all(len(row["data"]) == len(shown["labels"]) for row in shown["datasets"])

    def test_names_the_known_where_one_is_unknown(self, alice: User, client_for: ClientFor) -> None:
        response = client_for(alice).get(f"{CHART}/pie")

        assert response.status_code == 404
        assert all(name in response.json()["error"]["message"] for name in CHARTS)

    @pytest.mark.parametrize("query", ["period=day", "format=gif", "theme=pink"])
    def test_refuses_what_means_nothing(
        self, alice: User, client_for: ClientFor, query: str
    ) -> None:
        response = client_for(alice).get(f"{CHART}/score_trend?{query}")

        assert response.status_code == 422
        assert response.json()["error"]["details"][0]["field"] == query.partition("=")[0]

    @pytest.mark.parametrize("chart_type", CHARTS)
    def test_take_two_queries_and_one_for_the_token_whatever_the_history(
        self,
        alice: User,
        client_for: ClientFor,
        django_assert_num_queries: Any,
        chart_type: str,
    ) -> None:
        api = client_for(alice)
        for day in range(1, 6):
            answered(alice, at=f"2026-03-0{day}T08:00:00")

        with django_assert_num_queries(3):
            assert api.get(f"{CHART}/{chart_type}").status_code == 200
