"""Whose address it is: shown by a link, and asked for where the operator wants it."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine
from rest_framework.test import APIClient

from accounts.models import Letter, User
from tests.integration.accounts.mails import deliver, token_in
from tests.integration.accounts.people import Person, register

SEND = "/api/v1/users/email/verification"
VERIFY = "/api/v1/users/email/verify"
ME = "/api/v1/users/me"
SESSIONS = "/api/v1/interviews/sessions"


def verify(api: APIClient, token: str) -> Any:
    return api.post(VERIFY, {"token": token}, format="json")


@pytest.fixture
def token(alice: Person) -> str:
    """What the link in Alice's mail brings."""
    assert alice.api.post(SEND).status_code == 202
    (message,) = deliver()
    assert message.to == ["alice@example.com"]
    return token_in(message)


class TestVerifying:
    def test_is_seen_in_the_profile(self, api: APIClient, alice: Person, token: str) -> None:
        assert alice.api.get(ME).json()["data"]["email_verified"] is False

        response = verify(api, token)

        assert response.status_code == 200
        assert response.json()["data"] == {"email_verified": True}
        assert alice.api.get(ME).json()["data"]["email_verified"] is True

    def test_works_once(self, api: APIClient, token: str) -> None:
        verify(api, token)

        again = verify(api, token)

        assert again.status_code == 422
        assert again.json()["error"]["details"][0]["code"] == "invalid_link"

    def test_works_for_three_days(self, api: APIClient, token: str) -> None:
        with time_machine.travel(datetime.now(UTC) + timedelta(hours=73), tick=False):
            assert verify(api, token).status_code == 422

    def test_is_about_one_address(self, api: APIClient, token: str) -> None:
        User.objects.update(email="al@example.com")

        assert verify(api, token).status_code == 422
        assert not User.objects.get().email_verified

    def test_is_no_link_to_set_a_password(self, api: APIClient, token: str) -> None:
        body = {"token": token, "password": "another-horse-10"}
        response = api.post("/api/v1/users/password/reset/confirm", body, format="json")

        assert response.status_code == 422

    def test_sends_nothing_to_whom_has_done_it(
        self, api: APIClient, alice: Person, token: str
    ) -> None:
        verify(api, token)

        assert alice.api.post(SEND).status_code == 202
        assert deliver() == []

    def test_needs_a_log_in_to_ask_for_the_link(self, api: APIClient, db: None) -> None:
        assert api.post(SEND).status_code == 401


class TestAPlatformThatAsksForIt:
    @pytest.fixture(autouse=True)
    def _asks(self, settings: Any) -> None:
        settings.REQUIRE_VERIFIED_EMAIL = settings.VERIFY_NEW_ADDRESSES = True

    def test_sends_the_link_at_the_registration(self, db: None) -> None:
        register("bob@example.com")

        assert [message.to for message in deliver()] == [["bob@example.com"]]

    def test_lets_nobody_practise_before(self, api: APIClient, db: None) -> None:
        bob = register("bob@example.com")

        refused = bob.api.get(SESSIONS)
        (message,) = deliver()
        verify(api, token_in(message))

        assert refused.status_code == 403
        assert refused.json()["error"]["details"][0]["code"] == "email_not_verified"
        assert bob.api.get(SESSIONS).status_code == 200

    def test_lets_everybody_look_after_the_account(self, db: None) -> None:
        bob = register("bob@example.com")

        assert bob.api.get(ME).status_code == 200
        assert bob.api.post(SEND).status_code == 202
        assert bob.api.delete(f"/api/v1/users/{bob.user.uuid}").status_code == 200


def test_a_platform_without_a_mail_server_sends_nothing_at_the_registration(alice: Person) -> None:
    assert Letter.objects.count() == 0
