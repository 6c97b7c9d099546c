"""A forgotten password: who may set it anew, how often, for how long, and what nobody learns by it."""

from datetime import UTC, datetime, timedelta
from smtplib import SMTPServerDisconnected
from typing import Any

import pytest
import time_machine
from celery import current_app
from django.core import mail, signing
from rest_framework.test import APIClient

from accounts import letters, tasks
from accounts.models import Letter, User
from tests.integration.accounts.mails import deliver, token_in
from tests.integration.accounts.people import PASSWORD, Person, refresh, status_with

ASK = "/api/v1/users/password/reset"
CONFIRM = "/api/v1/users/password/reset/confirm"
LOGIN = "/api/v1/users/login"
NEW = "another-horse-10"


def ask(api: APIClient, email: str, **extra: Any) -> Any:
    return api.post(ASK, {"email": email}, format="json", **extra)


def confirm(api: APIClient, token: str, password: str = NEW) -> Any:
    return api.post(CONFIRM, {"token": token, "password": password}, format="json")


def log_in(api: APIClient, password: str) -> int:
    body = {"email": "alice@example.com", "password": password}
    return int(api.post(LOGIN, body, format="json").status_code)


def rows(response: Any) -> dict[str, str]:
    assert response.status_code == 422, response.content
    return {row["field"]: row["code"] for row in response.json()["error"]["details"]}


@pytest.fixture
def token(api: APIClient, alice: Person) -> str:
    """What the link in Alice's mail brings."""
    ask(api, "alice@example.com")
    (message,) = deliver()
    return token_in(message)


class TestAskingForALink:
    def test_sends_it_to_the_address_in_the_language_of_the_person(
        self, api: APIClient, alice: Person
    ) -> None:
        User.objects.update(language="de")

        response = ask(api, " Alice@example.com")

        (message,) = deliver()
        assert (response.status_code, response.json()["data"]) == (202, None)
        assert message.to == ["alice@example.com"]
        assert message.subject == "Neues Passwort setzen"
        assert "http://127.0.0.1:8000/#/reset/" in message.body
        assert Letter.objects.count() == 0

    def test_does_the_same_for_an_address_that_nobody_has(
        self, api: APIClient, alice: Person, django_assert_num_queries: Any
    ) -> None:
        answers = []
        for email in ("alice@example.com", "nobody@example.com"):
            with django_assert_num_queries(3):  # a savepoint around one row; nobody is looked up
                answers.append(ask(api, email))

        assert [answer.status_code for answer in answers] == [202, 202]
        assert [answer.json()["data"] for answer in answers] == [None, None]
        assert [message.to for message in deliver()] == [["alice@example.com"]]
        assert Letter.objects.count() == 0

    def test_sends_nothing_to_a_closed_account(self, api: APIClient, alice: Person) -> None:
        User.objects.update(is_active=False)

        assert ask(api, "alice@example.com").status_code == 202
        assert deliver() == []

    def test_is_refused_after_five_mails_to_one_address_whoever_has_it(
        self, api: APIClient, alice: Person
    ) -> None:
        for email in ("alice@example.com", "nobody@example.com"):
            answers = [ask(api, email, REMOTE_ADDR=f"192.0.2.{number}") for number in range(6)]

            assert [answer.status_code for answer in answers] == [202] * 5 + [429]

    def test_is_refused_after_twenty_mails_from_one_address(self, api: APIClient, db: None) -> None:
        answers = [
            ask(api, f"person{number}@example.com", HTTP_X_FORWARDED_FOR=f"192.0.2.{number}")
            for number in range(21)
        ]

        assert [answer.status_code for answer in answers] == [202] * 20 + [429]

    def test_goes_with_the_account(self, api: APIClient, alice: Person) -> None:
        ask(api, "alice@example.com")

        alice.api.delete(f"/api/v1/users/{alice.user.uuid}")

        assert Letter.objects.count() == 0


class TestTheLink:
    def test_sets_the_password_once_and_ends_every_session(
        self, api: APIClient, alice: Person, token: str
    ) -> None:
        first, second = confirm(api, token), confirm(api, token, "a-third-horse-11")

        assert (first.status_code, first.json()["data"]) == (200, None)
        assert rows(second) == {"token": "invalid_link"}
        assert (log_in(api, PASSWORD), log_in(api, NEW)) == (401, 200)
        assert status_with(alice.token) == 401
        assert refresh(alice.refresh_token).status_code == 401
        assert User.objects.get().email_verified

    def test_is_worthless_after_its_hour(self, api: APIClient, token: str) -> None:
        with time_machine.travel(datetime.now(UTC) + timedelta(minutes=61), tick=False):
            assert rows(confirm(api, token)) == {"token": "invalid_link"}

    def test_is_worthless_once_the_password_was_changed(
        self, api: APIClient, alice: Person, token: str
    ) -> None:
        change = {"password": "a-third-horse-11", "current_password": PASSWORD}
        alice.api.patch("/api/v1/users/me", change, format="json")

        assert rows(confirm(api, token)) == {"token": "invalid_link"}

    @pytest.mark.parametrize("change", [{"is_active": False}, {"email": "al@example.com"}])
    def test_is_worthless_once_the_person_changed(
        self, api: APIClient, token: str, change: dict[str, Any]
    ) -> None:
        User.objects.update(**change)

        assert rows(confirm(api, token)) == {"token": "invalid_link"}

    def test_is_worthless_without_its_person(
        self, api: APIClient, alice: Person, token: str
    ) -> None:
        alice.user.delete()

        assert rows(confirm(api, token)) == {"token": "invalid_link"}

    def test_keeps_for_another_try_what_the_rules_of_passwords_refuse(
        self, api: APIClient, token: str
    ) -> None:
        assert rows(confirm(api, token, "password1")) == {"password": "password_too_common"}
        assert confirm(api, token).status_code == 200

    @pytest.mark.parametrize(
        "forge",
        [
            lambda token: token[:-1],
            lambda token: "x" + token[1:],
            lambda token: token.replace(":", "."),
            lambda token: signing.dumps(signing.loads(token, salt="accounts.links.reset")),
            lambda token: signing.dumps(["7", "x"], salt="accounts.links.reset"),
            lambda token: "é:\x7f:x",
        ],
    )
    def test_is_worthless_when_forged(self, api: APIClient, token: str, forge: Any) -> None:
        assert rows(confirm(api, forge(token))) == {"token": "invalid_link"}

    def test_is_no_link_to_verify_an_address(self, api: APIClient, token: str) -> None:
        response = api.post("/api/v1/users/email/verify", {"token": token}, format="json")

        assert rows(response) == {"token": "invalid_link"}


class TestALetter:
    def test_waits_for_a_mail_server_that_is_away(
        self, api: APIClient, alice: Person, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        ask(api, "alice@example.com")
        with monkeypatch.context() as away:
            away.setattr(
                letters, "send_mail", lambda *_: (_ for _ in ()).throw(SMTPServerDisconnected)
            )
            assert deliver() == []
        assert deliver() == []  # its time has not come

        Letter.objects.update(due_at=datetime.now(UTC))

        assert len(deliver()) == 1

    def test_is_given_up_after_five_tries(
        self, api: APIClient, alice: Person, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        ask(api, "alice@example.com")
        monkeypatch.setattr(letters, "send_mail", lambda *_: (_ for _ in ()).throw(OSError))

        for _ in range(5):
            assert Letter.objects.update(due_at=datetime.now(UTC)) == 1
            letters.deliver_due()

        assert Letter.objects.count() == 0

    def test_is_sent_once_by_two_workers(self, alice: Person) -> None:
        letter = Letter.objects.create(kind=Letter.Kind.RESET, address="alice@example.com")
        seen_by_both = [letter, Letter.objects.get()]

        assert [letters._deliver(letter) for letter in seen_by_both] == [True, False]
        assert len(mail.outbox) == 1

    def test_is_remembered_when_no_worker_heard_of_it(
        self, api: APIClient, alice: Person, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        rung: list[str] = []
        monkeypatch.setattr(current_app, "send_task", rung.append)
        ask(api, "alice@example.com")

        assert letters.tend() == 0
        Letter.objects.update(created_at=datetime.now(UTC) - timedelta(minutes=1))
        assert letters.tend() == 1
        assert rung[-1] == letters.TASK

    def test_is_what_a_worker_sends_when_the_bell_rings(
        self, api: APIClient, alice: Person
    ) -> None:
        ask(api, "alice@example.com")

        assert tasks.deliver_letters.name == letters.TASK
        tasks.deliver_letters.run()

        assert [message.to for message in mail.outbox] == [["alice@example.com"]]
