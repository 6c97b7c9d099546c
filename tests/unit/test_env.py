"""A bad value of a variable stops the start with a sentence that names the variable."""

import re
import runpy
from pathlib import Path
from typing import Any

import pytest
from django.core.exceptions import ImproperlyConfigured
from limits import parse

from interview_platform import settings as module
from interview_platform.env import env_rate


def read_settings() -> dict[str, Any]:
    """Return the settings as a start reads them from the environment."""
    return runpy.run_path(str(Path(module.__file__)))


class TestTheSettings:
    @pytest.mark.parametrize(
        ("name", "value", "expected"),
        [
            ("LOG_LEVEL", "verbose", "expected one of DEBUG, INFO"),
            ("DATABASE_URL", "mysql://host/interviews", "expected a URL, postgresql://"),
            ("DATABASE_URL", "postgres//host/interviews", "expected a URL, postgresql://"),
            ("BROKER_URL", "127.0.0.1:6379", "expected a URL, redis://… or rediss://…"),
            ("BROKER_URL", "redis://", "expected a URL"),
            ("BROKER_URL", "redis://host:port", "expected a URL"),
            ("BROKER_URL", "amqp://guest:guest@host//", "expected a URL"),
            ("EVENTS_URL", "sentinel://one:26379/main", "expected a URL"),
            ("CACHE_URL", "memcached://host", "expected a URL"),
            ("ALLOWED_HOSTS", "https://school.example", "is not a host name such as example.org"),
            ("ALLOWED_HOSTS", "localhost,school.example:8000", "'school.example:8000' is not"),
            ("PUBLIC_URL", "interview.school.example", "expected a URL, https://"),
            ("PUBLIC_URL", "ftp://school.example", "expected a URL, https://"),
            ("EMAIL_FROM", "not an address", "expected a sender such as"),
            ("EMAIL_URL", "mail.example:587", "expected a URL, smtp://"),
            ("EMAIL_URL", "smtp://mail.example:port", "expected a URL, smtp://"),
            ("EMAIL_URL", "smtp://", "expected smtp://"),
            ("STORAGE_URL", "s3:/bucket", "expected a URL, file://… or s3://…"),
            ("STORAGE_URL", "s3://host", "expected file:///path or s3://"),
            ("THROTTLE_LOGIN", "ten a minute", "expected a rate such as 10/15m"),
            ("THROTTLE_UPLOAD", "10", "expected a rate such as 10/15m"),
            ("CORS_ALLOWED_ORIGINS", "*", "is not an origin such as"),
            ("CORS_ALLOWED_ORIGINS", "app.example.org", "is not an origin such as"),
            ("CORS_ALLOWED_ORIGINS", "https://app.example.org/", "is not an origin such as"),
            ("CORS_ALLOWED_ORIGINS", "https://*.example.org", "is not an origin such as"),
            ("CSRF_TRUSTED_ORIGINS", "app.example.org", "is not an origin such as"),
            ("MAX_UPLOAD_BYTES", "50 MB", "expected a whole number"),
            ("HTTPS", "perhaps", "expected yes or no"),
            ("SCORE_WEIGHTS", "relevance=1", "expected the keys relevance, grammar"),
        ],
    )
    def test_refuse_a_bad_value(
        self, monkeypatch: pytest.MonkeyPatch, name: str, value: str, expected: str
    ) -> None:
        monkeypatch.setenv(name, value)

        with pytest.raises(ImproperlyConfigured, match=f"^{name}.*{re.escape(expected)}"):
            read_settings()

    @pytest.mark.parametrize(
        ("name", "value"),
        [
            ("LOG_LEVEL", "DEBUG"),
            ("DATABASE_URL", "postgresql:///interviews?host=/run/postgresql"),
            ("DATABASE_URL", "postgres://user:secret@host:5432/interviews"),
            ("BROKER_URL", "rediss://:secret@[::1]:6380/0?ssl_ca_certs=/etc/ca.pem"),
            ("ALLOWED_HOSTS", "localhost,127.0.0.1,[::1],.school.example,*"),
            ("PUBLIC_URL", "https://school.example/interviews/"),
            ("EMAIL_FROM", "noreply@school.example"),
            ("EMAIL_FROM", '"Interviews, at school" <noreply@school.example>'),
            ("CORS_ALLOWED_ORIGINS", "https://app.example.org,http://localhost:5173"),
            ("CSRF_TRUSTED_ORIGINS", "https://*.example.org"),
            ("ALLOWED_HOSTS", ""),
            ("THROTTLE_USER", "2000 per minute"),
        ],
    )
    def test_take_a_good_one(self, monkeypatch: pytest.MonkeyPatch, name: str, value: str) -> None:
        monkeypatch.setenv(name, value)

        assert read_settings()["ROOT_URLCONF"]

    def test_do_not_repeat_a_password(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("BROKER_URL", "http://:a-secret@host")

        with pytest.raises(ImproperlyConfigured) as refusal:
            read_settings()
        assert "a-secret" not in str(refusal.value)


class TestARate:
    @pytest.mark.parametrize(
        ("text", "limit", "seconds"),
        [
            ("10/15m", 10, 900),
            ("60/h", 60, 3600),
            ("5/30s", 5, 30),
            ("1/2d", 1, 172_800),
            ("10 per 15 minutes", 10, 900),
            ("60 per hour", 60, 3600),
        ],
    )
    def test_is_a_number_and_a_period(
        self, monkeypatch: pytest.MonkeyPatch, text: str, limit: int, seconds: int
    ) -> None:
        monkeypatch.setenv("THROTTLE_LOGIN", text)
        rate = parse(env_rate("THROTTLE_LOGIN", default=""))

        assert (rate.amount, rate.get_expiry()) == (limit, seconds)

    @pytest.mark.parametrize("text", ["10", "10/", "10/15", "10/x", "-1/m", "ten/m", "5/h;6/d"])
    def test_that_is_none_is_refused(self, monkeypatch: pytest.MonkeyPatch, text: str) -> None:
        monkeypatch.setenv("THROTTLE_LOGIN", text)

        with pytest.raises(ImproperlyConfigured, match=r"^THROTTLE_LOGIN=.*such as 10/15m"):
            env_rate("THROTTLE_LOGIN", default="")
