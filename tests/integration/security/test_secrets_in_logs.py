"""The path of a shared report is a secret, and what people look for is theirs: neither stands in a log line, ours or the web server's."""

import datetime
import io
import logging
from types import SimpleNamespace

import pytest
from django.conf import settings
from gunicorn.config import Config
from rest_framework.test import APIClient

from analytics import views_shares
from interview_platform.http.log_redaction import RedactionFilter
from interview_platform.stack import parts
from interview_platform.stack.access_log import MaskingLogger
from interview_platform.stack.config import read_config

TOKEN = "Zx7-secret_of_a_report-0123456789abcdefghij"
PATH = f"{views_shares.SHARED_PATH}{TOKEN}"


def line_of(path: str, query: str, *, line: str = "") -> str:
    """Return what the web server writes of a request that came from the same address."""
    configuration = Config()
    configuration.set("accesslog", "-")
    if line:
        configuration.set("access_log_format", line)
    logger, written = MaskingLogger(configuration), io.StringIO()
    logger.access_log.handlers = [logging.StreamHandler(written)]
    logger.access_log.setLevel(logging.INFO)
    address = f"{path}?{query}"
    request = SimpleNamespace(headers=[("REFERER", f"https://x.example{address}")])
    response = SimpleNamespace(status="200 OK", status_code=200, sent=7, headers=[])
    environ = {
        "REQUEST_METHOD": "GET",
        "RAW_URI": address,
        "PATH_INFO": path,
        "SERVER_PROTOCOL": "HTTP/1.1",
        "HTTP_REFERER": f"https://x.example{address}",
        "QUERY_STRING": query,
    }
    logger.access(response, request, environ, datetime.timedelta(seconds=1))
    return written.getvalue()


class TestTheLogOfTheWebServer:
    def test_has_the_path_without_its_secret(self) -> None:
        written = line_of(PATH, "format=pdf")

        assert "GET /api/v1/shared/***?format=pdf HTTP/1.1" in written
        assert TOKEN not in written

    @pytest.mark.parametrize("line", ["", "%(q)s %({query_string}e)s %({raw_uri}e)s %(f)s"])
    def test_has_the_query_without_what_somebody_looks_for(self, line: str) -> None:
        written = line_of("/admin/accounts/user/", "q=jane%40example.com&page=2", line=line)

        assert "q=***&page=2" in written
        assert "jane" not in written

    def test_tells_of_an_error_without_the_secret(self) -> None:
        logger, written = MaskingLogger(Config()), io.StringIO()
        logger.error_log.handlers = [logging.StreamHandler(written)]

        logger.error("Error handling request %s", PATH)

        assert written.getvalue() == "Error handling request /api/v1/shared/***\n"

    def test_is_written_by_the_masking_one(self) -> None:
        name = f"{MaskingLogger.__module__}.{MaskingLogger.__name__}"

        assert f"--logger-class={name}" in parts.api(read_config()).command


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
