from collections.abc import Callable, Iterable
from typing import Any

from interview_platform.http.hang_up import hang_up_when_told


class Response:
    """What a server gives to an application, as Gunicorn does it."""

    def __init__(self) -> None:
        self.closes = False
        self.headers: list[tuple[str, str]] = []

    def start_response(self, status: str, headers: list[tuple[str, str]]) -> None:
        self.headers = headers

    def force_close(self) -> None:
        self.closes = True


def answering(*headers: tuple[str, str]) -> Callable[..., Iterable[bytes]]:
    def application(environ: dict[str, Any], start_response: Callable[..., Any]) -> list[bytes]:
        start_response("413 Content Too Large", list(headers))
        return [b"no"]

    return hang_up_when_told(application)


class TestHangUpWhenTold:
    def test_closes_the_connection_after_this_answer(self) -> None:
        response = Response()

        body = answering(("Connection", "close"), ("X-Kept", "yes"))({}, response.start_response)

        assert list(body) == [b"no"]
        assert response.closes
        assert response.headers == [("X-Kept", "yes")]

    def test_leaves_other_answers_alone(self) -> None:
        response = Response()

        answering(("X-Kept", "yes"))({}, response.start_response)

        assert not response.closes
        assert response.headers == [("X-Kept", "yes")]

    def test_takes_the_header_away_from_servers_that_cannot_be_asked(self) -> None:
        seen: list[tuple[str, str]] = []

        answering(("Connection", "close"))({}, lambda _, headers: seen.extend(headers))

        assert seen == []
