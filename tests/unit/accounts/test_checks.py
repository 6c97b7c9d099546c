from typing import Any

import pytest

from accounts.checks import (
    admin_has_a_path_of_its_own,
    jwt_key_is_strong_and_its_own,
    links_in_mails_lead_here,
)

GOOD = "a8f1c2" * 8


def found(settings: Any, *, key: str, secret: str = "s" * 50) -> list[str | None]:
    settings.JWT_SIGNING_KEY, settings.SECRET_KEY = key, secret
    return [message.id for message in jwt_key_is_strong_and_its_own()]


class TestJwtKey:
    def test_passes_when_it_is_long_and_its_own(self, settings: Any) -> None:
        assert found(settings, key=GOOD) == []

    @pytest.mark.parametrize(
        ("key", "error"),
        [
            ("", "accounts.E001"),
            ("k" * 31, "accounts.E002"),
            ("change-me-" * 5, "accounts.E004"),
        ],
    )
    def test_is_an_error_when_it_is_weak(self, settings: Any, key: str, error: str) -> None:
        assert found(settings, key=key) == [error]

    def test_is_an_error_when_it_is_the_secret_key(self, settings: Any) -> None:
        assert found(settings, key=GOOD, secret=GOOD) == ["accounts.E003"]


class TestTheAdminsPath:
    @pytest.mark.parametrize("path", ["", "api", "api/v1", "static", "a b", "<int:x>", "../x"])
    def test_is_its_own(self, settings: Any, path: str) -> None:
        settings.ADMIN_PATH = path

        assert [message.id for message in admin_has_a_path_of_its_own()] == ["accounts.E006"]

    @pytest.mark.parametrize("path", ["admin", "desk-7", "staff/desk"])
    def test_may_be_anything_else(self, settings: Any, path: str) -> None:
        settings.ADMIN_PATH = path

        assert admin_has_a_path_of_its_own() == []


class TestLinksInMails:
    @pytest.mark.parametrize(
        ("mail", "public", "found"),
        [
            ("", "http://127.0.0.1:8000", []),
            ("smtp://mail.example", "https://interviews.example.org", []),
            ("smtp://mail.example", "http://127.0.0.1:8000", ["accounts.W001"]),
        ],
    )
    def test_lead_to_where_people_are(
        self, settings: Any, mail: str, public: str, found: list[str]
    ) -> None:
        settings.EMAIL_URL, settings.PUBLIC_URL = mail, public

        assert [message.id for message in links_in_mails_lead_here()] == found
