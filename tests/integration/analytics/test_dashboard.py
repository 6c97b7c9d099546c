"""GET feedback/dashboard."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine
from rest_framework.test import APIClient

from accounts.models import User
from media.models import AudioAnswer
from sessions.models import InterviewSession
from tests.factories import (
    make_evaluation,
    make_finished_run,
    make_question,
    make_recording,
    make_run,
    make_session,
)
from tests.integration.analytics.histories import explanation

DASHBOARD = "/api/v1/feedback/dashboard"
ClientFor = Callable[[User], APIClient]


def dashboard(client: APIClient) -> Any:
    response = client.get(DASHBOARD)
    assert response.status_code == 200, response.content
    return response.json()["data"]


def answer(question: Any, **scores: Any) -> AudioAnswer:
    """Record and judge an answer."""
    run = make_finished_run(question=question)
    make_evaluation(run=run, **scores)
    return make_recording(run=run)


class TestDashboard:
    def test_is_for_those_who_log_in(self, db: None) -> None:
        assert APIClient().get(DASHBOARD).status_code == 401

    def test_has_zeros_and_nulls_for_a_beginner(self, alice: User, client_for: ClientFor) -> None:
        shown = dashboard(client_for(alice))

        assert shown["practise_next"][0]["focus"] == "first interview"
        del shown["practise_next"], shown["delivery_trends"]
        assert shown == {
            "total_interviews": 0,
            "total_questions": 0,
            "average_score": None,
            "best_score": None,
            "recent_score": None,
            "total_practice_time": 0.0,
            "improvement_rate": 0.0,
            "current_streak": 0,
            "longest_streak": 0,
            "skills_breakdown": dict.fromkeys(("relevance", "grammar", "fluency", "keywords")),
            "category_scores": dict.fromkeys(("behavioral", "technical", "situational")),
            "skill_areas": [],
            "strongest_areas": [],
            "weakest_areas": [],
            "recurring_mistakes": [],
        }

    def test_shows_nothing_of_other_people(
        self, alice: User, mallory: User, client_for: ClientFor
    ) -> None:
        answer(make_question(session=make_session(owner=mallory, total_score=99.0)))

        shown = dashboard(client_for(alice))

        assert (shown["total_interviews"], shown["best_score"]) == (0, None)

    def test_counts_the_latest_finished_attempt_alone(
        self, alice: User, client_for: ClientFor
    ) -> None:
        question = make_question(session=make_session(owner=alice))
        answer(question, relevance=10.0)
        answer(question, relevance=90.0)
        make_recording(run=make_run(question=question))  # still in work

        shown = dashboard(client_for(alice))

        assert shown["skills_breakdown"]["relevance"] == 90.0
        assert shown["total_questions"] == 1
        assert shown["total_practice_time"] == 1.4  # three recordings of 28 s

    def test_lets_no_earlier_attempt_stand_in_for_one_that_could_not_be_graded(
        self, alice: User, client_for: ClientFor
    ) -> None:
        question = make_question(session=make_session(owner=alice))
        answer(question, relevance=90.0)
        answer(question, relevance=None, overall=None, scorable=False)

        shown = dashboard(client_for(alice))

        assert shown["skills_breakdown"]["relevance"] is None
        assert shown["category_scores"]["behavioral"] is None

    def test_takes_zero_for_a_score(self, alice: User, client_for: ClientFor) -> None:
        session = make_session(owner=alice, total_score=0.0)
        make_session(owner=alice, total_score=50.0)
        answer(make_question(session=session), keywords=0.0, overall=0.0)

        shown = dashboard(client_for(alice))

        assert shown["average_score"] == 25.0
        assert shown["skills_breakdown"]["keywords"] == 0.0
        assert shown["category_scores"]["behavioral"] == 0.0
        assert shown["improvement_rate"] is None  # no percentage leads away from zero

    def test_compares_the_newer_half_with_the_older(
        self, alice: User, client_for: ClientFor
    ) -> None:
        for score in (50.0, 60.0, 70.0, 66.0, 99.0):  # 60 → 82.5
            make_session(owner=alice, total_score=score)

        assert dashboard(client_for(alice))["improvement_rate"] == 37.5

    @pytest.mark.parametrize(
        ("now", "streak"),
        [
            ("2026-03-09T03:59:59+00:00", 2),  # still the 8th in New York, which lost an hour
            ("2026-03-09T04:00:00+00:00", 2),  # the 9th begins; the streak stands until it ends
            ("2026-03-10T03:59:59+00:00", 2),
            ("2026-03-10T04:00:00+00:00", 0),
        ],
    )
    def test_counts_days_on_the_owners_calendar(
        self, alice: User, client_for: ClientFor, now: str, streak: int
    ) -> None:
        alice.timezone = "America/New_York"
        alice.save()
        for moment in ("2026-03-08T04:59:00+00:00", "2026-03-09T03:30:00+00:00"):
            made = answer(make_question(session=make_session(owner=alice)))
            AudioAnswer.objects.filter(pk=made.pk).update(created_at=datetime.fromisoformat(moment))
        api = client_for(alice)

        with time_machine.travel(datetime.fromisoformat(now), tick=False):
            api = client_for(alice)
            shown = dashboard(api)

        assert (shown["current_streak"], shown["longest_streak"]) == (streak, 2)

    def test_counts_a_completed_session_for_the_streak(
        self, alice: User, client_for: ClientFor
    ) -> None:
        make_session(owner=alice, status=InterviewSession.Status.COMPLETED)

        assert dashboard(client_for(alice))["current_streak"] == 1

    def test_tells_somebody_whose_only_answer_missed_the_question_to_answer_it(
        self, alice: User, client_for: ClientFor
    ) -> None:
        session = make_session(owner=alice, total_score=26.7)
        answer(make_question(session=session), relevance=3.0, keywords=0.0, overall=26.7)

        shown = dashboard(client_for(alice))

        assert [row["focus"] for row in shown["practise_next"]] == ["relevance"]
        assert [row["name"] for row in shown["weakest_areas"]][:2] == ["keywords", "relevance"]

    def test_names_what_goes_wrong_again_and_again(
        self, alice: User, client_for: ClientFor
    ) -> None:
        for number in (1, 2):
            made = answer(
                make_question(session=make_session(owner=alice)),
                grammar=40.0,
                explanations=[
                    explanation("agreement", quote=f"he go {number}", start=1.0, end=2.0),
                    explanation("errors_heard"),
                ],
            )
            AudioAnswer.objects.filter(pk=made.pk).update(
                created_at=datetime.now(UTC) - timedelta(hours=5 - number)
            )

        shown = dashboard(client_for(alice))

        (mistake,) = shown["recurring_mistakes"]
        assert (mistake["metric"], mistake["rule"]) == ("grammar", "agreement")
        assert (mistake["answers"], mistake["sessions"]) == (2, 2)
        assert mistake["example"]["quote"] == "he go 2"
        assert shown["weakest_areas"][0]["name"] == "grammar"
        assert [row["focus"] for row in shown["practise_next"]] == ["grammar", "agreement"]
        assert "40.0" in shown["practise_next"][0]["reason"]

    def test_takes_three_queries_and_one_for_the_token_whatever_the_history(
        self, alice: User, client_for: ClientFor, django_assert_num_queries: Any
    ) -> None:
        api = client_for(alice)
        for _ in range(5):
            session = make_session(owner=alice, total_score=70.0)
            for _ in range(3):
                answer(make_question(session=session))

        with django_assert_num_queries(4):
            dashboard(api)

    def test_is_not_sent_twice(self, alice: User, client_for: ClientFor) -> None:
        api = client_for(alice)
        first = api.get(DASHBOARD)

        again = api.get(DASHBOARD, HTTP_IF_NONE_MATCH=first["ETag"])

        assert (again.status_code, again.content) == (304, b"")
