"""Guesses at passwords: counted so that neither many at once nor many addresses get more of them."""

import pickle
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, Final

import pytest
from django.db import connection
from django.test import Client
from rest_framework.test import APIClient

from interview_platform.http.throttles import network_of
from tests.factories import PASSWORD, make_user
from tests.private_broker import PrivateBroker

LOGIN: Final = "/api/v1/users/login"
ADMIN: Final = "/admin/login/"
ALICE: Final = "alice@example.com"
WRONG: Final = "wrong-horse-9"
AT_ONCE: Final = 100
HANDS: Final = 16  # threads: more would wait for each other all the same
LIMIT: Final = 10  # THROTTLE_LOGIN=10/15m


@pytest.fixture
def shared_counters(broker: PrivateBroker, settings: Any) -> None:
    """The counters where they are in production: on the broker's server."""
    settings.CACHE_URL = settings.BROKER_URL


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
        assert answers[401] == LIMIT
        assert answers.total() == AT_ONCE


@pytest.mark.django_db
class TestGuesses:
    def test_at_many_accounts_from_one_address_are_counted_together(
        self, narrow: Callable[..., None]
    ) -> None:
        narrow(login_address="4/15minutes")

        answers = [guess(f"person{number}@example.com") for number in range(5)]

        assert answers == [401] * 4 + [429]
        assert guess("person9@example.com", REMOTE_ADDR="192.0.2.7") == 401

    def test_at_one_account_from_many_addresses_are_counted_together(
        self, narrow: Callable[..., None]
    ) -> None:
        narrow(login_account="4/15minutes")

        answers = [guess(REMOTE_ADDR=f"192.0.2.{number}") for number in range(5)]

        assert answers == [401] * 4 + [429]
        assert guess("mallory@example.com") == 401

    def test_that_are_refused_already_do_not_lock_the_owner_out(
        self, narrow: Callable[..., None]
    ) -> None:
        make_user(ALICE)
        narrow(login="2/15minutes", login_account="3/15minutes")

        assert [guess(REMOTE_ADDR="192.0.2.7") for _ in range(9)] == [401] * 2 + [429] * 7
        assert guess(password=PASSWORD) == 200

    def test_are_not_what_the_right_password_is(self, narrow: Callable[..., None]) -> None:
        make_user(ALICE)
        narrow(login_address="2/15minutes", login_account="2/15minutes")

        assert [guess(password=PASSWORD) for _ in range(5)] == [200] * 5

    def test_cannot_be_bought_back_with_an_account_of_ones_own(
        self, narrow: Callable[..., None]
    ) -> None:
        make_user("mallory@example.com")
        narrow(login_address="3/15minutes")
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

    def test_from_one_ipv6_network_are_counted_together(self) -> None:
        answers = [guess(REMOTE_ADDR=f"2001:db8:0:7::{number:x}") for number in range(11)]

        assert answers == [401] * 10 + [429]
        assert guess(REMOTE_ADDR="2001:db8:0:8::1") == 401

    def test_from_one_ipv6_network_do_not_lock_the_owner_out(
        self, narrow: Callable[..., None]
    ) -> None:
        make_user(ALICE)
        narrow(login="2/15minutes", login_account="3/15minutes")

        answers = [guess(REMOTE_ADDR=f"2001:db8:0:7::{number:x}") for number in range(9)]

        assert answers == [401] * 2 + [429] * 7
        assert guess(password=PASSWORD) == 200

    def test_are_counted_whatever_port_a_proxy_writes(self, settings: Any) -> None:
        settings.REST_FRAMEWORK = {**settings.REST_FRAMEWORK, "NUM_PROXIES": 1}
        answers = [guess(HTTP_X_FORWARDED_FOR=f"192.0.2.7:{port}") for port in range(4000, 4011)]

        assert answers == [401] * 10 + [429]


class TestANetwork:
    @pytest.mark.parametrize(
        ("client", "network"),
        [
            ("192.0.2.7", "192.0.2.7"),
            (" 192.0.2.7:4711", "192.0.2.7"),
            ("2001:db8::7:1", "2001:db8::/64"),
            ("2001:DB8:0:0:ffff::", "2001:db8::/64"),
            ("[2001:db8::1]", "2001:db8::/64"),
            ("[2001:db8::1]:4711", "2001:db8::/64"),
            ("fe80::1%eth0", "fe80::/64"),
            ("::ffff:192.0.2.7", "192.0.2.7"),
            ("unknown", "unknown"),
            ("", ""),
        ],
    )
    def test_is_the_same_however_the_address_is_written(self, client: str, network: str) -> None:
        assert network_of(client) == network


class Planted:
    """A pickle that makes a file when somebody loads it."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def __reduce__(self) -> tuple[Any, tuple[Path]]:
        return Path.touch, (self._path,)


@pytest.mark.django_db
@pytest.mark.usefixtures("shared_counters")
class TestTheCountersServer:
    def test_cannot_make_the_api_run_code(self, broker: PrivateBroker, tmp_path: Path) -> None:
        path = tmp_path / "somebody-ran-this"
        planted = pickle.dumps(Planted(path))
        assert guess() == 401
        with broker.client() as server:
            keys = server.keys("*")
            for key in keys:
                server.set(key, planted)

        status = guess()
        assert keys
        assert not path.exists()
        assert status == 503  # no count, no guess


@pytest.mark.django_db
class TestTheAdminsDoor:
    def test_counts_as_the_other_does_and_with_it(self) -> None:
        make_user(ALICE, is_staff=True)
        answers = [guess_in_the_admin() for _ in range(6)] + [guess() for _ in range(4)]

        assert answers == [200] * 6 + [401] * 4
        assert guess_in_the_admin() == 429
        assert guess(password=PASSWORD) == 429
