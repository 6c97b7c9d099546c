from typing import Any

import pytest

from accounts.checks import jwt_key_is_strong_and_its_own

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
