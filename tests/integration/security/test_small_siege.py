"""The messages of `make attack`, a few of each kind, put to the platform in this process: no surprise, and every refusal in the envelope."""

import io
import sys
from collections.abc import Iterator
from typing import Any, Final

import httpx
import pytest
from django.test.client import ClientHandler

from tests.candidate import Candidate
from tests.siege import messages

URL: Final = "http://testserver"
EVERY: Final = 9  # so many-th strange value; no divisor of how many there are, so all of them come
COUNT: Final = 60  # mutations by chance
DECODED: Final = "latin-1"  # as WSGI has it, whatever the bytes are


class InProcess(httpx.BaseTransport):
    """Puts requests to the platform without a server between, headers of any bytes included."""

    def __init__(self) -> None:
        self._handler = ClientHandler(enforce_csrf_checks=True)

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """Return what the platform answers."""
        response = self._handler(_environ(request, request.read()))
        return httpx.Response(
            response.status_code, headers=list(response.items()), content=response.getvalue()
        )


def _environ(request: httpx.Request, body: bytes) -> dict[str, Any]:
    path, _, query = request.url.raw_path.decode("ascii").partition("?")
    named = {
        f"HTTP_{name.decode(DECODED).upper().replace('-', '_')}": value.decode(DECODED)
        for name, value in request.headers.raw
    }
    return {
        "REQUEST_METHOD": request.method,
        "PATH_INFO": httpx.URL(f"{URL}{path}").path.encode().decode(DECODED),
        "QUERY_STRING": query,
        "CONTENT_TYPE": named.pop("HTTP_CONTENT_TYPE", ""),
        "CONTENT_LENGTH": named.pop("HTTP_CONTENT_LENGTH", str(len(body))),
        "SERVER_NAME": "testserver",
        "SERVER_PORT": "80",
        "REMOTE_ADDR": "127.0.0.1",
        "SERVER_PROTOCOL": "HTTP/1.1",
        "wsgi.url_scheme": "http",
        "wsgi.input": io.BytesIO(body),
        "wsgi.errors": sys.stderr,
        **named,
    }


@pytest.fixture
def person(db: None, settings: Any) -> Iterator[Candidate]:
    """Somebody whom no rate stops."""
    rates = dict.fromkeys(settings.REST_FRAMEWORK["DEFAULT_THROTTLE_RATES"], "1000000/hour")
    settings.REST_FRAMEWORK = {**settings.REST_FRAMEWORK, "DEFAULT_THROTTLE_RATES": rates}
    with Candidate(URL) as candidate:
        candidate.http.close()
        candidate.http = httpx.Client(transport=InProcess(), base_url=URL)
        yield candidate


class TestASmallSiege:
    def test_finds_nothing_wrong(self, person: Candidate) -> None:
        tallies = list(messages.attack_as(person, seed=1, count=COUNT, every=EVERY))

        assert [trouble for tally in tallies for trouble in tally.wrong] == []
        assert min(tally.tried for tally in tallies) > 0
        assert min(tally.rejected for tally in tallies) > 0

    def test_would_tell_of_a_surprise(
        self, person: Candidate, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr("sessions.services.open_session", None)
        person.register()
        doors = {"/api/v1/interviews/sessions": {"target_role": "Nurse"}}

        tally = messages.strange_fields(person.http, doors)

        assert tally.wrong
