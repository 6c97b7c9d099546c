"""Slow and silent clients against the API's own kind of worker, with one process of two threads."""

import json
import os
import re
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from interview_platform.stack.broker import free_port
from interview_platform.stack.processes import die_with
from tests.waiting import wait_until

APPLICATION = """
def application(environ, start_response):
    body = environ["wsgi.input"].read()
    start_response("200 OK", [("Content-Length", str(len(body) + 3))])
    return [b"<", body, b">\\n"]
"""
ROOM = 40  # connections
QUICK = 3.0  # seconds; a thread that waits for a silent client would take five and more
GET = b"GET / HTTP/1.1\r\nHost: x\r\n\r\n"


def post(body: bytes, *, headers: bytes = b"") -> bytes:
    return b"POST / HTTP/1.1\r\nHost: x\r\n%sContent-Length: %d\r\n\r\n%s" % (
        headers,
        len(body),
        body,
    )


@pytest.fixture(scope="module")
def port(tmp_path_factory: pytest.TempPathFactory) -> Iterator[int]:
    folder = tmp_path_factory.mktemp("server")
    (folder / "echo.py").write_text(APPLICATION)
    port = free_port()
    options = {
        "bind": f"127.0.0.1:{port}",
        "worker-class": "interview_platform.stack.patient_worker.PatientWorker",
        "threads": 2,
        "worker-connections": ROOM,
        "keep-alive": 30,
        "pythonpath": str(folder),
    }
    process = subprocess.Popen(
        [
            *(sys.executable, "-m", "gunicorn", "echo:application", "--no-control-socket"),
            *(f"--{name}={value}" for name, value in options.items()),
        ],
        cwd=Path(__file__).parents[3],
        stderr=subprocess.DEVNULL,
        preexec_fn=die_with(os.getpid()),  # noqa: PLW1509 - it takes no lock
    )
    wait_until(lambda: _answers(port), seconds=30)
    yield port
    process.terminate()
    process.wait(timeout=40)


def _answers(port: int) -> bool:
    try:
        return ask(port, GET).endswith(b"<>\n")
    except OSError:
        return False


def connect(port: int) -> socket.socket:
    return socket.create_connection(("127.0.0.1", port), timeout=QUICK)


def read_answers(client: socket.socket, number: int = 1) -> bytes:
    """Return what comes, up to so many ends of an answer."""
    text = b""
    while text.count(b">\n") < number:
        block = client.recv(65_536)
        if not block:
            break
        text += block
    return text


def ask(port: int, request: bytes) -> bytes:
    with connect(port) as client:
        client.sendall(request)
        return read_answers(client)


class TestSlowClients:
    @pytest.mark.parametrize(
        "half",
        [
            b"",
            b"GET / HTTP/1.1\r\nHost: x\r\nX-Slow: ",
            b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\nhalf",
            post(b"x" * 100, headers=b"Expect: 100-continue\r\n")[:-100],
            GET + b"GET / HTT",
        ],
        ids=["silent", "half a head", "half a body", "invited", "half behind a whole"],
    )
    def test_keep_nobody_waiting(self, port: int, half: bytes) -> None:
        with ExitStack() as open_ones:
            for _ in range(ROOM // 2):
                open_ones.enter_context(connect(port)).sendall(half)

            began = time.monotonic()
            assert ask(port, post(b"quick")).endswith(b"<quick>\n")

            assert time.monotonic() - began < QUICK

    def test_make_room_where_the_house_is_full(self, port: int) -> None:
        with ExitStack() as open_ones:
            slow = [open_ones.enter_context(connect(port)) for _ in range(3 * ROOM)]

            assert ask(port, GET).endswith(b"<>\n")

            assert slow[0].recv(1) == b""  # the first one had to go

    def test_keep_nobody_waiting_when_they_do_not_hang_up(self, port: int) -> None:
        last = GET.replace(b"Host", b"Connection: close\r\nHost")
        with ExitStack() as open_ones:
            for _ in range(10):
                client = open_ones.enter_context(connect(port))
                client.sendall(last)
                assert read_answers(client).endswith(b"<>\n")

            began = time.monotonic()
            assert ask(port, GET).endswith(b"<>\n")

            assert time.monotonic() - began < QUICK

    def test_make_room_when_they_only_hold_the_line(self, port: int) -> None:
        with ExitStack() as open_ones:
            for _ in range(2 * ROOM):
                client = open_ones.enter_context(connect(port))
                client.sendall(GET)
                read_answers(client)

            assert ask(port, GET).endswith(b"<>\n")


class TestGoodClients:
    def test_may_send_in_pieces(self, port: int) -> None:
        with connect(port) as client:
            for piece in re.findall(rb".{1,7}", post(b"in pieces"), re.DOTALL):
                client.sendall(piece)

            assert read_answers(client).endswith(b"<in pieces>\n")

    def test_may_ask_again_on_the_same_line(self, port: int) -> None:
        with connect(port) as client:
            for number in range(5):
                client.sendall(post(b"%d" % number))

                assert read_answers(client).endswith(b"<%d>\n" % number)

    def test_may_send_several_requests_at_once(self, port: int) -> None:
        with connect(port) as client:
            client.sendall(post(b"one") + post(b"two") + GET)

            text = read_answers(client, 3)

        assert re.findall(rb"<(\w*)>", text) == [b"one", b"two", b""]

    def test_are_told_once_to_send_a_body_that_waits(self, port: int) -> None:
        with connect(port) as client:
            request = post(b"waited", headers=b"Expect: 100-continue\r\n")
            client.sendall(request[:-6])
            assert client.recv(100) == b"HTTP/1.1 100 Continue\r\n\r\n"
            client.sendall(b"waited")

            assert read_answers(client).startswith(b"HTTP/1.1 200 OK")

    def test_are_answered_when_they_stop_in_the_middle(self, port: int) -> None:
        with connect(port) as client:
            client.sendall(post(b"broken off")[:-4])
            client.shutdown(socket.SHUT_WR)

            assert read_answers(client).endswith(b"<broken>\n")

    def test_may_send_more_than_is_gathered(self, port: int) -> None:
        body = b"x" * 2_000_000

        assert ask(port, post(body)).count(b"x") == len(body)

    def test_may_send_in_chunks(self, port: int) -> None:
        head = b"POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n"

        assert ask(port, head + b"3\r\nabc\r\n0\r\n\r\n").endswith(b"<abc>\n")

    def test_are_refused_with_a_head_without_end(self, port: int) -> None:
        with connect(port) as client:
            client.sendall(b"GET / HTTP/1.1\r\nX-Long: " + b"x" * 70_000)

            assert client.recv(1000).startswith(b"HTTP/1.1 431 ")

    @pytest.mark.parametrize(
        ("request_", "status"),
        [
            (b"\x16\x03\x01 nonsense\r\n\r\n", 400),
            (b"GET /%s HTTP/1.1\r\nHost: x\r\n\r\n" % (b"a" * 9000), 414),
            (post(b"x", headers=b"Expect: the-unexpected\r\n"), 417),
        ],
    )
    def test_are_refused_in_the_envelope(self, port: int, request_: bytes, status: int) -> None:
        head, _, body = ask(port, request_).partition(b"\r\n\r\n")

        assert head.startswith(b"HTTP/1.1 %d " % status)
        assert b"\r\nContent-Type: application/json" in head
        told = json.loads(body)
        assert (told["success"], told["error"]["code"]) == (False, status)
        assert told["meta"]["request_id"]
