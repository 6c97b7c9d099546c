from typing import Any, ClassVar

import pytest
from django.contrib.auth.hashers import MD5PasswordHasher
from limits.storage import MemoryStorage
from redis.exceptions import ConnectionError as RedisIsAway
from rest_framework.test import APIClient

from tests.integration.accounts.people import PASSWORD, Person

PATH = "/api/v1/users/login"


class CountingHasher(MD5PasswordHasher):
    """Counts how often a password is hashed: what a log-in's time is made of."""

    algorithm = "counting"
    hashed: ClassVar[int] = 0

    def encode(self, password: str, salt: str) -> str:
        CountingHasher.hashed += 1
        return super().encode(password, salt)


class AbsentStorage(MemoryStorage):
    """Counters whose server does not answer."""

    STORAGE_SCHEME = ["absent"]
    asked: ClassVar[int] = 0

    def incr(self, *args: Any, **kwargs: Any) -> int:
        AbsentStorage.asked += 1
        raise RedisIsAway


@pytest.fixture
def absent_counters(settings: Any) -> None:
    settings.CACHE_URL = "absent://"
    AbsentStorage.asked = 0


def log_in(api: APIClient, email: str, password: str, **extra: Any) -> Any:
    return api.post(PATH, {"email": email, "password": password}, format="json", **extra)


class TestLogin:
    def test_gives_the_same_body_as_registration(self, api: APIClient, alice: Person) -> None:
        response = log_in(api, " ALICE@example.com", PASSWORD)

        data = response.json()["data"]
        assert response.status_code == 200
        assert list(data) == ["id", "email", "full_name", "token", "refresh_token"]
        assert data["id"] == str(alice.user.uuid)

    def test_tells_an_unknown_address_from_a_wrong_password_to_nobody(
        self, api: APIClient, alice: Person
    ) -> None:
        alice.user.is_active = True
        answers = [
            log_in(api, "alice@example.com", "wrong-horse-9"),
            log_in(api, "nobody@example.com", PASSWORD),
        ]
        alice.user.is_active = False
        alice.user.save()
        answers.append(log_in(api, "alice@example.com", PASSWORD))

        errors = [answer.json()["error"] for answer in answers]
        assert [answer.status_code for answer in answers] == [401, 401, 401]
        assert errors == [errors[0]] * 3
        assert errors[0]["message"] == "Invalid email or password"
        assert all(answer.headers["WWW-Authenticate"] == "Bearer" for answer in answers)

    def test_hashes_once_for_everybody(
        self, api: APIClient, settings: Any, alice: Person, django_assert_num_queries: Any
    ) -> None:
        settings.PASSWORD_HASHERS = [f"{CountingHasher.__module__}.CountingHasher"]
        alice.user.set_password(PASSWORD)
        alice.user.save()

        for email in ("alice@example.com", "nobody@example.com"):
            CountingHasher.hashed = 0
            with django_assert_num_queries(1):
                log_in(api, email, "wrong-horse-9")
            assert CountingHasher.hashed == 1

    def test_is_refused_after_ten_wrong_passwords_even_with_the_right_one(
        self, api: APIClient, alice: Person
    ) -> None:
        tries = [log_in(api, "alice@example.com", "wrong-horse-9") for _ in range(10)]

        last = log_in(api, "Alice@example.com", PASSWORD, HTTP_X_FORWARDED_FOR="10.9.8.7")

        assert {answer.status_code for answer in tries} == {401}
        assert last.status_code == 429
        assert 850 < int(last.headers["Retry-After"]) <= 900

    def test_is_open_to_others_meanwhile(
        self, api: APIClient, alice: Person, mallory: Person
    ) -> None:
        for _ in range(11):
            log_in(api, "alice@example.com", "wrong-horse-9")

        assert log_in(api, "mallory@example.com", PASSWORD).status_code == 200
        elsewhere = log_in(api, "alice@example.com", PASSWORD, REMOTE_ADDR="192.0.2.7")
        assert elsewhere.status_code == 200

    def test_counts_failures_alone(self, api: APIClient, alice: Person) -> None:
        for _ in range(2):
            for _ in range(9):
                log_in(api, "alice@example.com", "wrong-horse-9")
            assert log_in(api, "alice@example.com", PASSWORD).status_code == 200

    @pytest.mark.usefixtures("absent_counters")
    def test_is_closed_while_nobody_can_count(self, api: APIClient, alice: Person) -> None:
        response = log_in(api, "alice@example.com", PASSWORD)

        assert response.status_code == 503
        assert int(response.headers["Retry-After"]) >= 1

    @pytest.mark.usefixtures("absent_counters")
    def test_leaves_everything_else_open_and_asks_the_absent_server_once(
        self, alice: Person
    ) -> None:
        answers = [alice.api.get("/api/v1/users/me") for _ in range(5)]

        assert {answer.status_code for answer in answers} == {200}
        assert AbsentStorage.asked == 1


@pytest.mark.django_db
class TestARequestWithoutAToken:
    @pytest.mark.parametrize("path", ["login", "token/refresh", "password/reset", "email/verify"])
    def test_is_counted_before_its_body_is_read(
        self, api: APIClient, settings: Any, path: str
    ) -> None:
        rates = {**settings.REST_FRAMEWORK["DEFAULT_THROTTLE_RATES"], "user": "1/hour"}
        settings.REST_FRAMEWORK = {**settings.REST_FRAMEWORK, "DEFAULT_THROTTLE_RATES": rates}

        first, second = (
            api.post(f"/api/v1/users/{path}", b"{", content_type="application/json")
            for _ in range(2)
        )

        assert (first.status_code, second.status_code) == (400, 429)
