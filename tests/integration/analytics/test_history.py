"""GET feedback/history."""

from collections.abc import Callable
from typing import Any

import pytest
from rest_framework.test import APIClient

from accounts.models import User
from tests.factories import make_feedback, make_question, make_score, make_session

HISTORY = "/api/v1/feedback/history"
ClientFor = Callable[[User], APIClient]


def rows(client: APIClient, query: str = "") -> list[dict[str, Any]]:
    response = client.get(f"{HISTORY}{query}")
    assert response.status_code == 200, response.content
    found: list[dict[str, Any]] = response.json()["data"]["sessions"]
    return found


def titles(client: APIClient, query: str = "") -> list[str]:
    return [row["title"] for row in rows(client, query)]


class TestHistory:
    def test_shows_sessions_with_what_they_were_worth(
        self, alice: User, client_for: ClientFor
    ) -> None:
        session = make_session(owner=alice, total_score=67.0)
        make_score(session=session)
        make_feedback(session=session)
        make_question(session=session, attempt_count=2)
        make_question(session=session)

        (row,) = rows(client_for(alice))

        assert row["id"] == str(session.uuid)
        assert (row["total_score"], row["letter_grade"]) == (67.0, "B-")
        assert (row["overall_rating"], row["readiness_score"]) == ("Satisfactory", 60)
        assert (row["question_count"], row["answered_count"]) == (2, 1)

    def test_has_nulls_where_nothing_was_graded(self, alice: User, client_for: ClientFor) -> None:
        make_session(owner=alice)
        ungraded = make_session(owner=alice)
        make_score(session=ungraded, total_score=None, letter_grade="")
        make_feedback(session=ungraded, overall_rating="", readiness_score=5)

        shown = rows(client_for(alice))

        names = ("total_score", "letter_grade", "overall_rating", "readiness_score")
        assert [[row[name] for name in names] for row in shown] == [
            [None, None, None, 5],
            [None, None, None, None],
        ]

    def test_is_empty_for_a_beginner(self, alice: User, client_for: ClientFor) -> None:
        make_session()

        assert rows(client_for(alice)) == []

    def test_is_newest_first_or_best_first(self, alice: User, client_for: ClientFor) -> None:
        for title, score in (("zero", 0.0), ("best", 90.0), ("none", None), ("middle", 50.0)):
            make_session(owner=alice, title=title, total_score=score)
        api = client_for(alice)

        assert titles(api) == ["middle", "none", "best", "zero"]
        assert titles(api, "?order=date") == titles(api)
        assert titles(api, "?order=score") == ["best", "middle", "zero", "none"]

    def test_is_filtered_and_paged_like_the_list(self, alice: User, client_for: ClientFor) -> None:
        for number in range(3):
            make_session(owner=alice, title=f"Nurse {number}", status="completed")
        make_session(owner=alice, title="Cook")

        response = client_for(alice).get(
            f"{HISTORY}?status=completed&search=nurse&order=score&page=2&page_size=2"
        )

        assert [row["title"] for row in response.json()["data"]["sessions"]] == ["Nurse 0"]
        pagination = response.json()["meta"]["pagination"]
        assert (pagination["total_items"], pagination["total_pages"]) == (3, 2)
        assert "order=score" in pagination["previous"]

    @pytest.mark.parametrize("query", ["order=worst", "status=done", "page=0"])
    def test_refuses_what_means_nothing(
        self, alice: User, client_for: ClientFor, query: str
    ) -> None:
        response = client_for(alice).get(f"{HISTORY}?{query}")

        assert response.status_code == 422
        assert response.json()["error"]["details"][0]["field"] == query.partition("=")[0]

    def test_takes_three_queries_whatever_its_length(
        self, alice: User, client_for: ClientFor, django_assert_num_queries: Any
    ) -> None:
        api = client_for(alice)
        for _ in range(6):
            session = make_session(owner=alice, total_score=50.0)
            make_score(session=session)
            make_feedback(session=session)

        with django_assert_num_queries(3):  # the token's person, the count, the page
            assert len(rows(api)) == 6
