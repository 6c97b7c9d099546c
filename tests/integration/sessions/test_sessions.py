import uuid
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from rest_framework.test import APIClient

from sessions.models import InterviewSession
from sessions.services import complete_session
from tests.integration.sessions.conftest import SESSIONS, Person, fields_at_fault

FIELDS = [
    *("id", "title", "target_role", "target_company", "difficulty", "language", "status"),
    *("question_count", "answered_count", "total_score"),
    *("created_at", "updated_at", "started_at", "completed_at"),
]


class TestOpeningASession:
    def test_works_as_documented(self, alice: Person) -> None:
        body = {
            "title": "Software Engineer Interview",
            "target_role": "Senior Software Engineer",
            "target_company": "Tech Corp",
            "difficulty": "medium",
        }

        response = alice.api.post(SESSIONS, body, format="json")

        data = response.json()["data"]
        assert response.status_code == 201
        assert list(data) == FIELDS
        assert {name: data[name] for name in body} == body
        assert (data["status"], data["language"]) == ("created", "en")
        assert (data["question_count"], data["answered_count"]) == (0, 0)
        assert [data[name] for name in ("total_score", "started_at", "completed_at")] == [None] * 3
        assert response.headers["Location"] == f"{SESSIONS}/{data['id']}"
        assert alice.get(response.headers["Location"]) == data

    def test_needs_no_more_than_the_role(self, alice: Person) -> None:
        opened = alice.open(target_role="  Nurse ")

        assert (opened["target_role"], opened["title"]) == ("Nurse", "Nurse interview")
        assert (opened["target_company"], opened["difficulty"]) == ("", "medium")

    def test_names_an_untitled_one_after_the_role(self, alice: Person) -> None:
        assert alice.open(title="   ", target_role="Nurse")["title"] == "Nurse interview"

    @pytest.mark.parametrize(("spoken", "language"), [("de", "de"), ("en", "en"), ("rm", "auto")])
    def test_speaks_the_owners_language(self, alice: Person, spoken: str, language: str) -> None:
        alice.user.language = spoken

        assert alice.open()["language"] == language

    @pytest.mark.parametrize(("asked", "kept"), [("fr", "fr"), ("AUTO", "auto"), (" De ", "de")])
    def test_takes_a_language(self, alice: Person, asked: str, kept: str) -> None:
        assert alice.open(language=asked)["language"] == kept

    def test_names_the_known_languages_when_asked_for_another(self, alice: Person) -> None:
        body = {"target_role": "Nurse", "language": "xx"}

        response = alice.api.post(SESSIONS, body, format="json")

        assert fields_at_fault(response) == ["language"]
        (row,) = response.json()["error"]["details"]
        assert row["code"] == "unknown"
        assert "auto, af, am" in row["message"]

    @pytest.mark.parametrize(
        ("field", "value"),
        [
            ("target_role", None),
            ("target_role", "  "),
            ("target_role", 7),
            ("target_role", "r" * 151),
            ("target_role", "a\0b"),
            ("title", "t" * 201),
            ("title", ["x"]),
            ("target_company", "c" * 151),
            ("target_company", None),
            ("difficulty", "extreme"),
            ("difficulty", ""),
            ("difficulty", ["easy"]),
            ("difficulty", True),
            ("language", "../../x"),
            ("language", 5),
            ("language", ""),
        ],
    )
    def test_refuses_what_no_session_can_have(self, alice: Person, field: str, value: Any) -> None:
        body = {"target_role": "Nurse", field: value}

        response = alice.api.post(SESSIONS, body, format="json")

        assert fields_at_fault(response) == [field]
        assert not InterviewSession.objects.exists()

    def test_names_what_is_missing(self, alice: Person) -> None:
        response = alice.api.post(SESSIONS, {}, format="json")

        assert fields_at_fault(response) == ["target_role"]

    def test_takes_the_longest(self, alice: Person) -> None:
        opened = alice.open(target_role="r" * 150, title="t" * 200, target_company="c" * 150)

        assert (len(opened["title"]), len(opened["target_company"])) == (200, 150)

    def test_takes_no_state_from_the_client(self, alice: Person, mallory: Person) -> None:
        opened = alice.open(
            status="completed", total_score=100, owner=mallory.user.pk, id=str(uuid.uuid4()),
            started_at="2020-01-01T00:00:00Z", completed_at="2020-01-01T00:00:00Z",
        )  # fmt: skip

        assert (opened["status"], opened["total_score"]) == ("created", None)
        assert (opened["started_at"], opened["completed_at"]) == (None, None)
        assert InterviewSession.objects.get(uuid=opened["id"]).owner == alice.user

    def test_is_done_once_for_one_idempotency_key(self, alice: Person) -> None:
        body = {"target_role": "Nurse"}
        first, again = (
            alice.api.post(SESSIONS, body, format="json", HTTP_IDEMPOTENCY_KEY="k") for _ in "12"
        )

        assert first.json()["data"]["id"] == again.json()["data"]["id"]
        assert InterviewSession.objects.count() == 1

    def test_needs_a_token(self, db: None) -> None:
        response = APIClient().post(SESSIONS, {"target_role": "Nurse"}, format="json")

        assert response.status_code == 401


class TestChangingASession:
    @pytest.mark.parametrize("method", ["put", "patch"])
    def test_changes_what_is_named_and_leaves_the_rest(self, alice: Person, method: str) -> None:
        opened = alice.open(title="Old", target_company="Tech Corp", language="de")
        body = {"title": "New", "target_role": "Nurse", "difficulty": "hard"}

        response = getattr(alice.api, method)(f"{SESSIONS}/{opened['id']}", body, format="json")

        changed = response.json()["data"]
        assert response.status_code == 200
        assert {name: changed[name] for name in body} == body
        assert (changed["target_company"], changed["language"]) == ("Tech Corp", "de")
        assert changed["updated_at"] > opened["updated_at"]
        assert changed["created_at"] == opened["created_at"]

    def test_needs_the_role_in_a_put_and_nothing_in_a_patch(self, alice: Person) -> None:
        path = f"{SESSIONS}/{alice.open()['id']}"

        assert fields_at_fault(alice.api.put(path, {"title": "x"}, format="json")) == [
            "target_role"
        ]
        assert alice.api.patch(path, {}, format="json").status_code == 200

    def test_empties_the_company_and_never_the_title(self, alice: Person) -> None:
        path = f"{SESSIONS}/{alice.open(target_company='Tech Corp')['id']}"

        emptied = alice.api.patch(path, {"target_company": ""}, format="json")

        assert emptied.json()["data"]["target_company"] == ""
        assert fields_at_fault(alice.api.patch(path, {"title": " "}, format="json")) == ["title"]

    def test_takes_no_state_from_the_client(self, alice: Person) -> None:
        opened = alice.open()
        body = {"status": "completed", "total_score": 99, "completed_at": "2020-01-01T00:00:00Z"}

        changed = alice.api.patch(f"{SESSIONS}/{opened['id']}", body, format="json").json()["data"]

        assert changed == opened

    def test_of_a_completed_one_is_only_for_the_title(
        self, alice: Person, session: InterviewSession
    ) -> None:
        complete_session(session=session)
        path = f"{SESSIONS}/{session.uuid}"
        same = {"title": "Renamed", "target_role": session.target_role, "difficulty": "medium"}

        assert alice.api.patch(path, {"title": "New"}, format="json").status_code == 200
        assert alice.api.put(path, same, format="json").status_code == 200
        refused = alice.api.patch(path, {"difficulty": "hard"}, format="json")

        assert refused.status_code == 409
        assert refused.json()["error"]["message"] == "Session is already complete"
        assert alice.get(path)["title"] == "Renamed"


class TestDeletingASession:
    def test_removes_rows_and_after_the_commit_files(
        self,
        alice: Person,
        session: InterviewSession,
        uploads: Any,
        django_capture_on_commit_callbacks: Any,
    ) -> None:
        kept = uploads / str(alice.user.uuid) / str(uuid.uuid4()) / "a.wav"
        gone = uploads / str(alice.user.uuid) / str(session.uuid) / "a.wav"
        for file in (kept, gone):
            file.parent.mkdir(parents=True)
            file.write_bytes(b"sound")

        with django_capture_on_commit_callbacks() as after_commit:
            response = alice.api.delete(f"{SESSIONS}/{session.uuid}")

        assert response.status_code == 200
        assert response.json()["data"] == {"id": str(session.uuid), "deleted": True}
        assert not InterviewSession.objects.exists()
        assert gone.exists()
        for callback in after_commit:
            callback()
        assert (kept.exists(), gone.exists()) == (True, False)

    def test_is_a_404_the_second_time(self, alice: Person, uploads: Any) -> None:
        path = f"{SESSIONS}/{alice.open()['id']}"

        assert [alice.api.delete(path).status_code for _ in "12"] == [200, 404]


class TestSessionsOfOthers:
    @pytest.mark.parametrize("method", ["get", "put", "patch", "delete"])
    @pytest.mark.parametrize("below", ["", "/questions", f"/questions/{uuid.UUID(int=1)}"])
    def test_look_like_none(
        self, mallory: Person, session: InterviewSession, method: str, below: str
    ) -> None:
        body = {"title": "Mine now", "target_role": "Thief"}
        ask = getattr(mallory.api, method)

        theirs = ask(f"{SESSIONS}/{session.uuid}{below}", body, format="json")
        nobodys = ask(f"{SESSIONS}/{uuid.uuid4()}{below}", body, format="json")

        assert theirs.status_code == nobodys.status_code
        assert theirs.json()["error"] == nobodys.json()["error"]
        if theirs.status_code != 405:
            assert theirs.status_code == 404
            assert theirs.json()["error"]["message"] == "Interview session not found"
        session.refresh_from_db()
        assert session.title != "Mine now"

    @pytest.mark.parametrize("name", ["1", "x", "None", "../sessions"])
    def test_need_an_id_that_is_one(self, alice: Person, name: str) -> None:
        response = alice.api.get(f"{SESSIONS}/{name}")

        assert response.status_code == 404
        assert response.json()["success"] is False


def test_the_times_are_utc(alice: Person) -> None:
    created = alice.open()["created_at"]

    assert created.endswith("Z")
    assert datetime.now(UTC) - datetime.fromisoformat(created) < timedelta(minutes=1)
