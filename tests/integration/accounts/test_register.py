from typing import Any

import pytest
from django.db import IntegrityError
from rest_framework.test import APIClient
from rest_framework_simplejwt.token_blacklist.models import OutstandingToken

from accounts.models import User

pytestmark = pytest.mark.django_db

PATH = "/api/v1/users/register"
JANE = {"email": "Jane@Example.com", "password": "correct-horse-9", "full_name": "Jane Doe"}


def rows(response: Any) -> dict[str, str]:
    assert response.status_code == 422, response.content
    fields = [row["field"] for row in response.json()["error"]["details"]]
    assert len(fields) == len(set(fields)), "one row for each field"
    return {row["field"]: row["code"] for row in response.json()["error"]["details"]}


class TestRegister:
    def test_gives_a_person_with_tokens(self, api: APIClient) -> None:
        response = api.post(PATH, JANE, format="json")

        data = response.json()["data"]
        assert response.status_code == 201
        assert list(data) == ["id", "email", "full_name", "token", "refresh_token"]
        assert data["email"] == "jane@example.com"
        api.credentials(HTTP_AUTHORIZATION=f"Bearer {data['token']}")
        assert api.get("/api/v1/users/me").json()["data"]["id"] == data["id"]

    def test_keeps_a_row_for_the_right_persons_refresh_token_but_not_the_token(
        self, api: APIClient
    ) -> None:
        User.objects.create_user("first@example.com", full_name="First")

        api.post(PATH, JANE, format="json")

        row = OutstandingToken.objects.get()
        assert row.user == User.objects.get(email="jane@example.com")
        assert row.token == ""

    def test_refuses_an_address_that_is_taken_whatever_its_case(self, api: APIClient) -> None:
        api.post(PATH, JANE, format="json")

        response = api.post(PATH, {**JANE, "email": "jANE@example.COM "}, format="json")

        assert rows(response) == {"email": "unique"}
        assert User.objects.count() == 1

    def test_is_a_422_when_somebody_else_was_faster(
        self, api: APIClient, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def lose_the_race(*args: Any, **kwargs: Any) -> None:
            raise IntegrityError

        monkeypatch.setattr("django.db.models.query.QuerySet._insert", lose_the_race)

        assert rows(api.post(PATH, JANE, format="json")) == {"email": "unique"}

    @pytest.mark.parametrize(
        ("change", "fields"),
        [
            ({"email": "no address"}, {"email": "invalid"}),
            ({"email": "x@" + "y." * 130 + "com"}, {"email": "max_length"}),
            ({"email": 5}, {"email": "invalid"}),
            ({"password": "Ab1!xyz"}, {"password": "min_length"}),
            ({"password": "12345678"}, {"password": "password_too_common"}),
            ({"password": "password1"}, {"password": "password_too_common"}),
            ({"password": "8273645102"}, {"password": "password_entirely_numeric"}),
            ({"password": "jane@example.co"}, {"password": "password_too_similar"}),
            ({"password": "x1" * 65}, {"password": "max_length"}),
            ({"full_name": "   "}, {"full_name": "blank"}),
            ({"full_name": None}, {"full_name": "null"}),
            ({"full_name": 7}, {"full_name": "invalid"}),
            ({"full_name": "n" * 151}, {"full_name": "max_length"}),
        ],
    )
    def test_names_the_field_that_is_wrong(
        self, api: APIClient, change: dict[str, Any], fields: dict[str, str]
    ) -> None:
        response = api.post(PATH, {**JANE, **change}, format="json")

        assert rows(response).items() >= fields.items()
        assert User.objects.count() == 0

    def test_names_every_field_that_is_missing(self, api: APIClient) -> None:
        response = api.post(PATH, {}, format="json")

        assert rows(response) == dict.fromkeys(("email", "password", "full_name"), "required")

    def test_takes_long_passwords_and_keeps_their_blanks(self, api: APIClient) -> None:
        password = "  " + "a long sentence, " * 6

        api.post(PATH, {**JANE, "password": password}, format="json")

        assert User.objects.get().check_password(password)

    def test_ignores_what_is_nobodys_to_set(self, api: APIClient) -> None:
        theirs = {"is_staff": True, "is_superuser": True, "id": 7, "token_version": 9, "pk": 7}

        api.post(PATH, {**JANE, **theirs}, format="json")

        user = User.objects.get()
        assert (user.is_staff, user.is_superuser, user.token_version) == (False, False, 0)

    def test_says_nothing_that_is_not_for_the_outside(self, api: APIClient) -> None:
        response = api.post(PATH, JANE, format="json")

        assert b"pbkdf2" not in response.content
        assert b"md5" not in response.content
        assert b"is_staff" not in response.content

    def test_is_throttled_by_address_and_says_when_to_come_again(
        self, api: APIClient, settings: Any
    ) -> None:
        rates = {**settings.REST_FRAMEWORK["DEFAULT_THROTTLE_RATES"], "register": "2/hour"}
        settings.REST_FRAMEWORK = {**settings.REST_FRAMEWORK, "DEFAULT_THROTTLE_RATES": rates}

        answers = [
            api.post(PATH, {}, format="json", HTTP_X_FORWARDED_FOR=f"10.0.0.{number}")
            for number in range(3)
        ]

        assert [answer.status_code for answer in answers] == [422, 422, 429]
        assert 3500 < int(answers[-1].headers["Retry-After"]) <= 3600
        assert answers[-1].json()["error"]["message"] == "Too many requests"
