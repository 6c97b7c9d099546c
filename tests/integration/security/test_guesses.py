"""Guesses at passwords: counted so that neither many at once nor many addresses get more of them."""

from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any, Final

import pytest
from django.db import connection
from django.test import Client
from rest_framework.test import APIClient

from interview_platform.http.throttles import rate_of
from tests.factories import PASSWORD, make_user
from tests.private_broker import PrivateBroker

LOGIN: Final = "/api/v1/users/login"
ADMIN: Final = "/admin/login/"
ALICE: Final = "alice@example.com"
WRONG: Final = "wrong-horse-9"
AT_ONCE: Final = 100
HANDS: Final = 16  # threads: more would wait for each other all the same
SLACK: Final = 2


@pytest.fixture
def shared_counters(broker: PrivateBroker, settings: Any) -> None:
    """The counters where they are in production: on the broker's server."""
    settings.CACHES = {
        "default": {
            "BACKEND": "django.core.cache.backends.redis.RedisCache",
            "LOCATION": settings.BROKER_URL,
        }
    }


@pytest.fixture
def narrow(settings: Any) -> Callable[..., None]:
    """Set the wider limits low, so that few requests reach them."""

    def set_limits(**rates: str) -> None:
        rest = {**settings.REST_FRAMEWORK}
        rest["DEFAULT_THROTTLE_RATES"] = {**rest["DEFAULT_THROTTLE_RATES"], **rates}
        settings.REST_FRAMEWORK = rest

    return set_limits


def guess(email: str = ALICE, password: str = WRONG, **extra: Any) -> int:
    body = {"email": email, "password": password}
    return int(APIClient().post(LOGIN, body, format="json", **extra).status_code)


def guess_in_the_admin(**extra: Any) -> int:
    form = {"username": ALICE, "password": WRONG}
    return int(Client().post(ADMIN, form, **extra).status_code)


@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("shared_counters")
class TestManyAtOnce:
    def test_get_no_more_than_one_after_the_other(self) -> None:
        make_user(ALICE)

        def guess_and_leave(number: int) -> int:
            try:
                return guess(HTTP_X_FORWARDED_FOR=f"198.51.100.{number}")
            finally:
                connection.close()

        with ThreadPoolExecutor(HANDS) as hands:
            answers = Counter(hands.map(guess_and_leave, range(AT_ONCE)))

        assert set(answers) == {401, 429}
        assert answers[401] <= rate_of("login").limit + SLACK
        assert answers.total() == AT_ONCE


@pytest.mark.django_db
class TestGuesses:
    def test_at_many_accounts_from_one_address_are_counted_together(
        self, narrow: Callable[..., None]
    ) -> None:
        narrow(login_address="4/15m")

        answers = [guess(f"person{number}@example.com") for number in range(5)]

        assert answers == [401] * 4 + [429]
        assert guess("person9@example.com", REMOTE_ADDR="192.0.2.7") == 401

    def test_at_one_account_from_many_addresses_are_counted_together(
        self, narrow: Callable[..., None]
    ) -> None:
        narrow(login_account="4/15m")

        answers = [guess(REMOTE_ADDR=f"192.0.2.{number}") for number in range(5)]

        assert answers == [401] * 4 + [429]
        assert guess("mallory@example.com") == 401

    def test_that_are_refused_already_do_not_lock_the_owner_out(
        self, narrow: Callable[..., None]
    ) -> None:
        make_user(ALICE)
        narrow(login="2/15m", login_account="3/15m")

        assert [guess(REMOTE_ADDR="192.0.2.7") for _ in range(9)] == [401] * 2 + [429] * 7
        assert guess(password=PASSWORD) == 200

    def test_are_not_what_the_right_password_is(self, narrow: Callable[..., None]) -> None:
        make_user(ALICE)
        narrow(login_address="2/15m", login_account="2/15m")

        assert [guess(password=PASSWORD) for _ in range(5)] == [200] * 5

    def test_cannot_be_bought_back_with_an_account_of_ones_own(
        self, narrow: Callable[..., None]
    ) -> None:
        make_user("mallory@example.com")
        narrow(login_address="3/15m")
        answers = []
        for number in range(4):
            answers.append(guess(f"person{number}@example.com"))
            guess("mallory@example.com", PASSWORD)

        assert answers == [401] * 3 + [429]

    @pytest.mark.parametrize("header", ["HTTP_X_FORWARDED_FOR", "HTTP_FORWARDED", "HTTP_X_REAL_IP"])
    def test_are_the_same_persons_whatever_he_says_of_his_address(self, header: str) -> None:
        answers = [guess(**{header: f"198.51.100.{number}"}) for number in range(11)]

        assert answers == [401] * 10 + [429]

    def test_are_counted_by_the_address_that_our_own_proxy_wrote(self, settings: Any) -> None:
        settings.REST_FRAMEWORK = {**settings.REST_FRAMEWORK, "NUM_PROXIES": 1}
        from_one = [
            guess(HTTP_X_FORWARDED_FOR=f"198.51.100.{number}, 192.0.2.7") for number in range(11)
        ]

        assert from_one == [401] * 10 + [429]
        assert guess(HTTP_X_FORWARDED_FOR="192.0.2.8") == 401


@pytest.mark.django_db
class TestTheAdminsDoor:
    def test_counts_as_the_other_does_and_with_it(self) -> None:
        make_user(ALICE, is_staff=True)
        answers = [guess_in_the_admin() for _ in range(6)] + [guess() for _ in range(4)]

        assert answers == [200] * 6 + [401] * 4
        assert guess_in_the_admin() == 429
        assert guess(password=PASSWORD) == 429
