from typing import Any

import pytest
from rest_framework.test import APIClient

from accounts.models import User
from tests.integration.accounts.people import PASSWORD, Person, refresh, status_with

PATH = "/api/v1/users/me"
FIELDS = [
    "id",
    "email",
    "email_verified",
    "full_name",
    "target_role",
    "experience_years",
    "skills",
    "timezone",
    "language",
    "created_at",
]


def rows(response: Any) -> dict[str, str]:
    assert response.status_code == 422, response.content
    return {row["field"]: row["code"] for row in response.json()["error"]["details"]}


class TestMe:
    def test_is_the_documented_profile_and_nothing_else(self, alice: Person) -> None:
        data = alice.api.get(PATH).json()["data"]

        assert list(data) == FIELDS
        assert data["skills"] == []
        assert data["experience_years"] is None
        assert data["created_at"].endswith("Z")

    @pytest.mark.parametrize("method", ["put", "patch"])
    def test_changes_what_is_named_and_keeps_the_rest(self, alice: Person, method: str) -> None:
        changes = {
            "target_role": "Data Engineer",
            "experience_years": 70,
            "skills": [" Python ", "SQL", "python"],
            "timezone": "Asia/Tokyo",
            "language": "ja",
        }

        response = getattr(alice.api, method)(PATH, changes, format="json")

        data = response.json()["data"]
        assert response.status_code == 200
        assert data == {**data, **changes, "skills": ["Python", "SQL"], "full_name": "alice"}
        assert alice.api.get(PATH).json()["data"] == data

    def test_takes_its_own_answer_back(self, alice: Person) -> None:
        before = alice.api.get(PATH).json()["data"]

        assert alice.api.put(PATH, before, format="json").json()["data"] == before

    def test_ignores_what_is_not_the_persons_to_change(self, alice: Person) -> None:
        body = {"email": "root@example.com", "is_staff": True, "id": 1, "token_version": 5}

        alice.api.put(PATH, {**body, "uuid": str(alice.user.uuid)[::-1]}, format="json")

        user = User.objects.get()
        assert (user.email, user.is_staff) == ("alice@example.com", False)
        assert (user.token_version, user.uuid) == (0, alice.user.uuid)

    @pytest.mark.parametrize(
        ("field", "value"),
        [
            ("timezone", "Mars/Olympus"),
            ("timezone", "../../etc/passwd"),
            ("timezone", ""),
            ("timezone", None),
            ("language", "xx"),
            ("language", "eng"),
            ("language", "EN"),
            ("experience_years", -1),
            ("experience_years", 71),
            ("experience_years", "5"),
            ("experience_years", True),
            ("experience_years", 1.5),
            ("experience_years", 10**30),
            ("full_name", ""),
            ("full_name", None),
            ("target_role", "r" * 151),
            ("skills", "Python"),
            ("skills", [f"skill {number}" for number in range(51)]),
            ("skills", None),
        ],
    )
    def test_names_the_field_that_is_wrong(self, alice: Person, field: str, value: Any) -> None:
        assert list(rows(alice.api.patch(PATH, {field: value}, format="json"))) == [field]


class TestPasswordChange:
    NEW = "another-horse-10"

    def test_ends_every_session_at_once(self, api: APIClient, alice: Person) -> None:
        body = {"password": self.NEW, "current_password": PASSWORD, "full_name": "Alice"}

        response = alice.api.put(PATH, body, format="json")

        assert response.status_code == 200
        assert response.json()["data"]["full_name"] == "Alice"
        assert status_with(alice.token) == 401
        assert refresh(alice.refresh_token).status_code == 401
        login = {"email": "alice@example.com", "password": self.NEW}
        fresh = api.post("/api/v1/users/login", login, format="json")
        assert status_with(fresh.json()["data"]["token"]) == 200

    @pytest.mark.parametrize("current", [None, "", "wrong-horse-9"])
    def test_needs_the_present_one(self, alice: Person, current: str | None) -> None:
        body = {"password": self.NEW, "full_name": "Somebody"}
        if current is not None:
            body["current_password"] = current

        response = alice.api.patch(PATH, body, format="json")

        assert list(rows(response)) == ["current_password"]
        assert User.objects.get().full_name == "alice"
        assert status_with(alice.token) == 200

    def test_follows_the_rules_of_registration(self, alice: Person) -> None:
        body = {"password": "password1", "current_password": PASSWORD}

        response = alice.api.patch(PATH, body, format="json")

        assert rows(response) == {"password": "password_too_common"}
        assert User.objects.get().check_password(PASSWORD)
