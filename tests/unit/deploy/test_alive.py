"""Whether a container's part lives."""

import threading
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest

from interview_platform.stack import alive
from interview_platform.stack.broker import free_port


class Refuses(BaseHTTPRequestHandler):
    """An API that answers, and knows another name of itself."""

    status = 400

    def do_GET(self) -> None:
        self.send_response(self.status)
        self.end_headers()

    def log_message(self, *_: object) -> None:
        """Say nothing."""


class Fails(Refuses):
    status = 500


class TestAgainstApi:
    @pytest.mark.parametrize(
        ("handler", "reason"), [(Refuses, ""), (Fails, "The API answers 500.")]
    )
    def test_takes_any_answer_but_a_failure(
        self, handler: type[BaseHTTPRequestHandler], reason: str
    ) -> None:
        with HTTPServer(("127.0.0.1", 0), handler) as server:
            thread = threading.Thread(target=server.handle_request)
            thread.start()

            assert alive.against_api(server.server_port) == reason
            thread.join()

    def test_says_that_nobody_answers(self) -> None:
        assert alive.against_api(free_port()).startswith("The API does not answer")


class TestAgainstWorker:
    def test_leaves_it_alone_where_nothing_can_be_learned(self) -> None:
        nobody = f"postgresql://nobody@127.0.0.1:{free_port()}/nothing"

        assert alive.against_worker(nobody, host="here") == ""
        assert alive.against_worker("sqlite:///somewhere", host="here") == ""
