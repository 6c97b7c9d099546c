"""GET feedback/compare, and the attempts at a question."""

import uuid
from collections.abc import Callable
from typing import Any

import pytest
from rest_framework.test import APIClient

from accounts.models import User
from media.models import AudioAnswer
from sessions.models import InterviewSession, Question
from tests.factories import (
    make_evaluation,
    make_finished_run,
    make_question,
    make_recording,
    make_run,
    make_session,
    make_transcript,
)
from tests.integration.analytics.histories import explanation

COMPARE = "/api/v1/feedback/compare"
ClientFor = Callable[[User], APIClient]


def answer(question: Question, text: str = "", **scores: Any) -> AudioAnswer:
    """Record an answer and judge it."""
    run = make_finished_run(question=question)
    make_transcript(run=run, text=text, word_count=len(text.split()))
    make_evaluation(run=run, **scores)
    return make_recording(run=run)


def compare(client: APIClient, query: str) -> Any:
    response = client.get(f"{COMPARE}?{query}")
    assert response.status_code == 200, response.content
    return response.json()["data"]


UNKNOWN, UNKNOWN_TOO = (
    uuid.UUID(int=1),
    uuid.UUID(int=2),
)  # the same in every run: tests are called by them


def changes(rows: Any) -> dict[str, Any]:
    return {row["name"]: (row["before"], row["after"], row["change"]) for row in rows}


class TestCompareAttempts:
    def test_tells_what_changed_in_numbers_and_words(
        self, alice: User, question: Question, client_for: ClientFor
    ) -> None:
        answer(
            question,
            "Um, I think it was fine. We finished in time.",
            relevance=50.0,
            overall=60.0,
            metrics={"fillers_per_100_words": 10.0},
            explanations=[explanation("agreement"), explanation("article")],
        )
        answer(
            question,
            "I cut the cost of it by a third. We finished in time.",
            relevance=80.5,
            keywords=40.0,
            overall=68.3,
            metrics={"fillers_per_100_words": 0.0},
            explanations=[explanation("article"), explanation("point_missing")],
        )

        shown = compare(client_for(alice), f"question={question.uuid}&attempts=1,2")

        assert shown["kind"] == "attempts"
        assert [shown[side]["label"] for side in ("before", "after")] == ["Attempt 1", "Attempt 2"]
        scores = changes(shown["scores"])
        assert next(iter(scores)) == "overall"
        assert scores["overall"] == (60.0, 68.3, 8.3)
        assert scores["relevance"] == (50.0, 80.5, 30.5)
        assert scores["grammar"] == (70.0, 70.0, 0.0)
        assert changes(shown["delivery"])["Fillers"] == (10.0, 0.0, -10.0)
        assert changes(shown["delivery"])["Pace"] == (None, None, None)
        assert shown["mistakes_gone"] == ["grammar:agreement"]
        assert shown["mistakes_new"] == ["grammar:point_missing"]
        assert shown["words"]["kept"] == 4
        assert shown["words"]["changes"] == [
            {"before": "Um, I think it was fine.", "after": "I cut the cost of it by a third."}
        ]
        assert shown["summary"] == [
            "The score went up by 8.3, from 60.0 to 68.3.",
            "Most was gained in relevance: +30.5.",
            "Most was lost in keywords: -10.0.",
            "4 of 13 words stayed. New: \u201cI cut the cost of it by a third\u201d. "
            "Left out: \u201cUm, I think it was fine\u201d.",
        ]

    def test_invents_no_difference_to_what_could_not_be_graded(
        self, alice: User, question: Question, client_for: ClientFor
    ) -> None:
        answer(question, "We finished.")
        answer(question, "", relevance=10.0, overall=None, scorable=False)
        make_recording(run=make_run(question=question))
        api = client_for(alice)

        ungraded = compare(api, f"question={question.uuid}&attempts=1,2")
        waiting = compare(api, f"question={question.uuid}&attempts=3,1")

        assert {row["change"] for row in ungraded["scores"]} == {None}
        assert ungraded["scores"][1]["after"] is None
        assert ungraded["summary"] == [
            "Attempt 2 has no grade, so there is no difference to tell.",
            "Nothing was said this time.",
        ]
        assert waiting["words"] is None

    def test_hides_what_is_not_there_or_not_yours(
        self, mallory: User, alice: User, question: Question, client_for: ClientFor
    ) -> None:
        answer(question)
        query = f"question={question.uuid}&attempts=1,2"

        for person, message in (
            (alice, "No such attempt at this question"),
            (mallory, "Question not found"),
        ):
            response = client_for(person).get(f"{COMPARE}?{query}")
            assert (response.status_code, response.json()["error"]["message"]) == (404, message)


class TestCompareSessions:
    def test_tells_what_changed(
        self, alice: User, client_for: ClientFor, django_assert_num_queries: Any
    ) -> None:
        first = make_session(owner=alice, title="First", total_score=0.0)
        second = make_session(owner=alice, title="Second", total_score=70.0)
        answer(make_question(session=first), fluency=0.0, explanations=[explanation("article")])
        twice = make_question(session=second)
        answer(twice, fluency=1.0)
        answer(twice, fluency=90.0)  # counts in place of the one before
        answer(make_question(session=second), fluency=80.0)
        api = client_for(alice)

        with django_assert_num_queries(4):  # the token's person, sessions, answers, explanations
            shown = compare(api, f"sessions={first.uuid},{second.uuid}")

        assert [shown[side]["label"] for side in ("before", "after")] == ["First", "Second"]
        assert changes(shown["scores"])["overall"] == (0.0, 70.0, 70.0)
        assert changes(shown["scores"])["fluency"] == (0.0, 85.0, 85.0)
        assert shown["mistakes_gone"] == ["grammar:article"]
        assert shown["words"] is None

    def test_hides_other_peoples_sessions(
        self, mallory: User, interview_session: InterviewSession, client_for: ClientFor
    ) -> None:
        own = make_session(owner=mallory)

        response = client_for(mallory).get(
            f"{COMPARE}?sessions={own.uuid},{interview_session.uuid}"
        )

        assert response.status_code == 404
        assert response.json()["error"]["message"] == "Interview session not found"


class TestCompare:
    @pytest.mark.parametrize(
        ("query", "fields"),
        [
            ("", {"question", "attempts"}),
            ("attempts=1,2", {"question"}),
            (f"question={UNKNOWN}", {"attempts"}),
            (f"question={UNKNOWN}&attempts=1", {"attempts"}),
            (f"question={UNKNOWN}&attempts=1,1", {"attempts"}),
            (f"question={UNKNOWN}&attempts=0,1", {"attempts"}),
            (f"question={UNKNOWN}&attempts=1,99999999999", {"attempts"}),
            (f"question={UNKNOWN}&attempts=1,2,3", {"attempts"}),
            ("sessions=a,b", {"sessions"}),
            (f"sessions={UNKNOWN}", {"sessions"}),
            (f"sessions={UNKNOWN},{UNKNOWN_TOO}&attempts=1,2", {"attempts"}),
        ],
    )
    def test_refuses_what_is_no_pair(
        self, alice: User, client_for: ClientFor, query: str, fields: set[str]
    ) -> None:
        response = client_for(alice).get(f"{COMPARE}?{query}")

        assert response.status_code == 422
        assert {row["field"] for row in response.json()["error"]["details"]} == fields


class TestAttempts:
    def url(self, question: Question) -> str:
        session = question.session.uuid
        return f"/api/v1/feedback/sessions/{session}/questions/{question.uuid}/attempts"

    def test_are_listed_with_the_one_that_counts(
        self,
        alice: User,
        question: Question,
        client_for: ClientFor,
        django_assert_num_queries: Any,
    ) -> None:
        answer(question, "We finished.", overall=50.0)
        answer(question, "We finished in time.", overall=60.0, keywords=None)
        make_recording(run=make_run(question=question, state="superseded"))
        make_recording(
            run=make_run(question=question, state="failed", failure_code="x", stage="evaluate")
        )
        make_recording(run=make_run(question=question, stage="evaluate"))
        make_recording(run=make_run(question=question))
        api = client_for(alice)

        with django_assert_num_queries(4):  # the token's person, the question, the count, the page
            shown = api.get(self.url(question)).json()["data"]["attempts"]

        assert [(row["attempt"], row["status"], row["counts"]) for row in shown] == [
            (6, "queued", False),
            (5, "processing", False),
            (4, "failed", False),
            (3, "failed", False),
            (2, "completed", True),
            (1, "completed", False),
        ]
        assert (shown[4]["overall_score"], shown[4]["keyword_score"]) == (60.0, None)
        assert (shown[4]["word_count"], shown[5]["word_count"]) == (4, 2)
        assert shown[0]["scorable"] is None

    def test_may_be_typed(self, alice: User, question: Question, client_for: ClientFor) -> None:
        run = make_finished_run(question=question, audio_format="", audio_duration=None)
        make_evaluation(run=run, overall=61.0)

        [shown] = client_for(alice).get(self.url(question)).json()["data"]["attempts"]

        assert [shown[name] for name in ("audio_id", "duration", "format")] == [None, None, None]
        assert (shown["overall_score"], shown["counts"]) == (61.0, True)
        assert shown["recorded_at"] is not None

    def test_count_for_nothing_where_the_latest_could_not_be_graded(
        self, alice: User, question: Question, client_for: ClientFor
    ) -> None:
        answer(question)
        answer(question, scorable=False, overall=None)

        shown = client_for(alice).get(self.url(question)).json()["data"]["attempts"]

        assert [row["counts"] for row in shown] == [False, False]

    def test_are_hidden_from_others(
        self, mallory: User, question: Question, client_for: ClientFor
    ) -> None:
        assert client_for(mallory).get(self.url(question)).status_code == 404
