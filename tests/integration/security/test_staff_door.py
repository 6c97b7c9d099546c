"""The staff's door: a password, and after it the one-time code of whoever has set codes up or must have them."""

import time
from typing import Any, Final

import pytest
from django.core.management import call_command
from django.test import Client
from django_otp.oath import TOTP
from django_otp.plugins.otp_totp.models import TOTPDevice

from accounts import second_factor
from accounts.models import User
from tests.factories import PASSWORD, make_user

pytestmark = pytest.mark.django_db

EMAIL: Final = "root@example.com"
LOGIN: Final = "/admin/login/"
CODES: Final = "/admin/second-factor/"
PEOPLE: Final = "/admin/accounts/user/"


@pytest.fixture
def root() -> User:
    return make_user(EMAIL, is_staff=True, is_superuser=True)


@pytest.fixture
def device(root: User) -> TOTPDevice:
    """The codes that Root has set up."""
    return TOTPDevice.objects.create(user=root, name="authenticator", confirmed=True)


def code_of(device: TOTPDevice, *, later: int = 0) -> str:
    totp = TOTP(device.bin_key, drift=later)
    totp.time = time.time()
    return f"{totp.token():06}"


def log_in() -> Client:
    client = Client()
    answer = client.post(
        f"{LOGIN}?next={PEOPLE}", {"username": EMAIL, "password": PASSWORD, "next": PEOPLE}
    )
    assert answer.status_code == 302
    return client


def where(client: Client, path: str = PEOPLE) -> str:
    """Return where the visitor ends who opens this page."""
    answer = client.get(path, follow=True)
    assert answer.status_code == 200
    return str(answer.request["PATH_INFO"])


def show(client: Client, code: str, **more: str) -> Any:
    return client.post(CODES, {"code": code, "next": PEOPLE, **more})


@pytest.mark.usefixtures("root")
class TestStaffWithoutCodes:
    def test_need_none(self) -> None:
        assert where(log_in()) == PEOPLE

    def test_set_them_up_by_a_picture_and_a_first_code(self) -> None:
        client = log_in()
        page = client.get(CODES).content.decode()
        begun = TOTPDevice.objects.get()

        answer = show(client, code_of(begun))

        assert second_factor.secret_of(begun) in page
        assert "data:image/svg+xml;base64," in page
        assert answer.headers["Location"] == PEOPLE
        assert TOTPDevice.objects.get().confirmed
        assert where(client) == PEOPLE
        assert where(log_in()) == CODES

    def test_have_set_up_nothing_before_they_showed_a_code(self) -> None:
        client = log_in()
        client.get(CODES)

        assert show(client, "000000").status_code == 422
        assert where(log_in()) == PEOPLE

    def test_get_no_further_where_codes_are_required(self, settings: Any) -> None:
        settings.STAFF_SECOND_FACTOR = "required"
        client = log_in()

        assert where(client) == CODES
        show(client, code_of(TOTPDevice.objects.get()))
        assert where(client) == PEOPLE


class TestStaffWithCodes:
    def test_get_in_by_the_code_of_now(self, device: TOTPDevice) -> None:
        client = log_in()

        assert where(client) == CODES
        assert show(client, code_of(device)).headers["Location"] == PEOPLE
        assert where(client) == PEOPLE

    @pytest.mark.parametrize("path", ["/admin/", "/admin/password_change/", f"{PEOPLE}add/"])
    def test_see_no_page_before(self, device: TOTPDevice, path: str) -> None:
        assert where(log_in(), path) == CODES

    @pytest.mark.parametrize("code", ["", "000000", "no code", "9" * 400, "-1", "\x00"])
    def test_do_not_get_in_by_another(self, device: TOTPDevice, code: str) -> None:
        client = log_in()

        assert show(client, code).status_code == 422
        assert where(client) == CODES

    def test_use_each_code_once(self, device: TOTPDevice) -> None:
        code = code_of(device)
        show(log_in(), code)

        assert show(log_in(), code).status_code == 422

    def test_wait_after_a_wrong_one_even_with_the_right_one(self, device: TOTPDevice) -> None:
        client = log_in()
        show(client, "000000")

        assert show(client, code_of(device)).status_code == 422
        assert TOTPDevice.objects.get().throttling_failure_count == 1

    def test_guess_no_more_than_a_password(self, device: TOTPDevice) -> None:
        client = log_in()
        answers = [show(client, "000000").status_code for _ in range(11)]

        assert answers == [422] * 10 + [429]

    def test_are_asked_in_a_session_that_was_open_before(self, root: User) -> None:
        early = log_in()
        TOTPDevice.objects.create(user=root, confirmed=True)

        assert where(early) == CODES

    def test_take_codes_away_by_showing_one_first(self, device: TOTPDevice) -> None:
        client = log_in()
        client.post(CODES, {"forget": "yes"})
        assert TOTPDevice.objects.exists()

        show(client, code_of(device))
        client.post(CODES, {"forget": "yes"})

        assert not TOTPDevice.objects.exists()
        assert where(client) == PEOPLE

    def test_who_lost_the_device_are_helped_on_the_machine(self, device: TOTPDevice) -> None:
        call_command("forget_second_factor", EMAIL, verbosity=0)

        assert where(log_in()) == PEOPLE

    def test_are_not_asked_where_it_is_off(self, device: TOTPDevice, settings: Any) -> None:
        settings.STAFF_SECOND_FACTOR = "off"

        assert where(log_in()) == PEOPLE

    def test_are_led_to_no_other_site(self, device: TOTPDevice) -> None:
        answer = show(log_in(), code_of(device), next="https://evil.example.org/")

        assert answer.headers["Location"] == "/admin/"


class TestAnybodyElse:
    def test_is_shown_neither_picture_nor_secret(self) -> None:
        person = Client()
        person.force_login(make_user())
        for client in (Client(), person):
            answer = client.get(CODES)

            assert answer.status_code == 302
            assert answer.headers["Location"].startswith(LOGIN)
        assert not TOTPDevice.objects.exists()

    def test_finds_no_list_of_secrets_in_the_admin(self, root: User, device: TOTPDevice) -> None:
        client = log_in()
        show(client, code_of(device))

        assert client.get("/admin/otp_totp/totpdevice/").status_code == 404
