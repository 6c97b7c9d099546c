from datetime import UTC, datetime
from typing import Any

import pytest

from sessions.models import InterviewSession
from sessions.services import complete_session
from tests.integration.sessions.conftest import SESSIONS, Person, fields_at_fault


def titles(person: Person, query: str = "") -> list[str]:
    return [row["title"] for row in person.get(f"{SESSIONS}{query}")["sessions"]]


class TestListOfSessions:
    def test_is_newest_first_and_only_ones_own(self, alice: Person, mallory: Person) -> None:
        alice.open(title="first")
        alice.open(title="second")
        mallory.open(title="hers")

        assert titles(alice) == ["second", "first"]

    def test_is_paged(self, alice: Person) -> None:
        for number in range(5):
            alice.open(title=f"{number}")

        response = alice.api.get(f"{SESSIONS}?page=2&page_size=2&status=created")

        assert [row["title"] for row in response.json()["data"]["sessions"]] == ["2", "1"]
        pagination = response.json()["meta"]["pagination"]
        assert (pagination["total_items"], pagination["total_pages"]) == (5, 3)
        assert "status=created" in pagination["next"]

    @pytest.mark.parametrize(
        ("query", "found"),
        [
            ("status=created", ["Nurse at Clinic"]),
            ("status=completed", ["Cook"]),
            ("status=in_progress", []),
            ("difficulty=hard", ["Nurse at Clinic"]),
            ("search=nUrSe", ["Nurse at Clinic"]),
            ("search=clin", ["Nurse at Clinic"]),
            ("search=Chef", ["Cook"]),
            ("search=%25", []),
            ("search=&status=&created_before=", ["Nurse at Clinic", "Cook"]),
            ("search=o&difficulty=medium", ["Cook"]),
        ],
    )
    def test_can_be_filtered(self, alice: Person, query: str, found: list[str]) -> None:
        cook = alice.open(title="Cook", target_role="Chef de partie")
        alice.open(
            title="Nurse at Clinic", target_role="Nurse", target_company="Clinic", difficulty="hard"
        )
        complete_session(session=InterviewSession.objects.get(uuid=cook["id"]))

        assert titles(alice, f"?{query}") == found

    def test_can_be_cut_by_time(self, alice: Person) -> None:
        for title, day in (("early", 1), ("late", 20)):
            opened = alice.open(title=title)
            InterviewSession.objects.filter(uuid=opened["id"]).update(
                created_at=datetime(2026, 3, day, 12, tzinfo=UTC)
            )

        assert titles(alice, "?created_after=2026-03-02") == ["late"]
        assert titles(alice, "?created_before=2026-03-20") == ["early"]
        assert titles(alice, "?created_before=2026-03-20T12:00:01Z") == ["late", "early"]
        assert titles(alice, "?created_after=2026-03-20T14:00:00%2B02:00") == ["late"]
        assert titles(alice, "?created_after=2026-03-01&created_before=2026-03-02") == ["early"]

    @pytest.mark.parametrize(
        "query",
        [
            "status=done",
            "difficulty=extreme",
            "created_after=yesterday",
            "created_before=2026-02-30",
            "search=a%00b",
            f"search={'s' * 201}",
            "page=0",
            "page=x",
            "page_size=-1",
        ],
    )
    def test_refuses_filters_that_mean_nothing(self, alice: Person, query: str) -> None:
        response = alice.api.get(f"{SESSIONS}?{query}")

        assert fields_at_fault(response) == [query.partition("=")[0]]

    def test_takes_two_queries_whatever_its_length(
        self, alice: Person, django_assert_max_num_queries: Any
    ) -> None:
        for _ in range(10):
            alice.open()

        with django_assert_max_num_queries(2):
            assert len(titles(alice)) == 10

    def test_counts_questions_and_answers(self, alice: Person, session: InterviewSession) -> None:
        session.questions.filter(position__lte=2).update(attempt_count=3)

        (row,) = alice.get(SESSIONS)["sessions"]

        assert (row["question_count"], row["answered_count"]) == (3, 2)
