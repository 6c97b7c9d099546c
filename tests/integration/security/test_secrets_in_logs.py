"""The path of a shared report is a secret, and what people look for is theirs: neither stands in a log line, ours or the web server's."""

import io
import json
import logging

import pytest
from django.conf import settings
from rest_framework.test import APIClient

from analytics import views_shares
from interview_platform.http.log_redaction import RedactionFilter
from interview_platform.stack import parts
from interview_platform.stack.config import read_config

TOKEN = "Zx7-secret_of_a_report-0123456789abcdefghij"
PATH = f"{views_shares.SHARED_PATH}{TOKEN}"


def line_of(path: str, query: str) -> str:
    """Return the line that the web server writes of a request, where `ACCESS_LOG` is set."""
    address = f"{path}?{query}"
    message = '%s - "%s %s HTTP/%s" %d'
    arguments = ("127.0.0.1:1234", "GET", address, "1.1", 200)
    record = logging.LogRecord("uvicorn.access", logging.INFO, "", 1, message, arguments, None)
    written = io.StringIO()
    handler = logging.StreamHandler(written)
    handler.addFilter(RedactionFilter())
    handler.handle(record)
    return written.getvalue()


class TestTheLogOfTheWebServer:
    def test_has_the_path_without_its_secret(self) -> None:
        written = line_of(PATH, "format=pdf")

        assert "GET /api/v1/shared/***?format=pdf HTTP/1.1" in written
        assert TOKEN not in written

    def test_has_the_query_without_what_somebody_looks_for(self) -> None:
        written = line_of("/admin/accounts/user/", "q=jane%40example.com&page=2")

        assert "q=***&page=2" in written
        assert "jane" not in written

    def test_is_written_by_the_handler_that_masks(self) -> None:
        """The server configures no logs of its own, so that its lines reach the project's only handler."""
        command = parts.api(read_config()).command
        config = json.loads(parts.LOG_CONFIG.read_text("utf-8"))

        assert f"--log-config={parts.LOG_CONFIG}" in command
        assert config == {"version": 1, "disable_existing_loggers": False}
        assert not any(name.startswith("uvicorn") for name in settings.LOGGING["loggers"])
        assert settings.LOGGING["root"]["handlers"] == ["stderr"]
        assert "redaction" in settings.LOGGING["handlers"]["stderr"]["filters"]


class TestOurOwnLog:
    def test_has_a_surprise_without_the_secret(
        self, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
    ) -> None:
        def fail(_: str) -> None:
            raise RuntimeError

        monkeypatch.setattr("sessions.shares.find_share", fail)
        caplog.handler.addFilter(RedactionFilter())

        response = APIClient(raise_request_exception=False).get(PATH)

        assert response.status_code == 500
        assert "Internal Server Error: /api/v1/shared/***" in caplog.messages

    def test_is_filtered_wherever_it_goes(self) -> None:
        handlers = settings.LOGGING["handlers"].values()

        assert handlers
        assert all("redaction" in handler["filters"] for handler in handlers)
