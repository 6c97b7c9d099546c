"""Uploads over a real web server: what only real connections, processes and disks can show."""

import json
import os
import socket
import subprocess
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest

from interview_platform.settings import MAX_UPLOAD_BYTES
from tests.databases import create_database
from tests.integration.media.api_server import (
    MEGABYTE,
    Answering,
    ApiServer,
    form,
    read_answer,
    unread_bytes,
)
from tests.recordings import sample, wave_bytes
from tests.waiting import wait_until

WAVE_HEAD = len(wave_bytes(frames=0))
SMALL_DISK = 4 * MEGABYTE


def database(name: str) -> str:
    """Return the address of a new database; "" for SQLite in the data directory."""
    server = os.environ["DATABASE_URL"]  # of the tests' own server, when they run on one
    return create_database(server, name) if server else ""


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ApiServer]:
    """The API that these tests share."""
    running = ApiServer(tmp_path_factory.mktemp("api"), database_url=database("media_api"))
    running.start()
    yield running
    running.stop()


@pytest.fixture
def candidate(server: ApiServer) -> Iterator[Answering]:
    """Somebody about to answer."""
    with Answering(server) as somebody:
        yield somebody


def wave_of(size: int) -> bytes:
    """Return a recording of exactly so many bytes."""
    content = wave_bytes(frames=(size - WAVE_HEAD) // 2)
    return content + bytes(size - len(content))


def error_of(body: str) -> Any:
    answer = json.loads(body)
    assert (answer["success"], answer["data"]) == (False, None)
    return answer["error"]


class TestTheLimit:
    def test_takes_fifty_megabytes_exactly_in_little_memory(
        self, server: ApiServer, candidate: Answering
    ) -> None:
        candidate.send(wave_bytes())
        before = server.peak_megabytes()

        response = candidate.send(wave_of(MAX_UPLOAD_BYTES))

        assert response.status_code == 201
        assert response.json()["data"]["size_bytes"] == MAX_UPLOAD_BYTES
        assert server.peak_megabytes() - before < 48

    def test_refuses_one_byte_more(self, server: ApiServer, candidate: Answering) -> None:
        kept = server.recordings()

        response = candidate.send(wave_of(MAX_UPLOAD_BYTES + 1))

        error = response.json()["error"]
        assert response.status_code == error["code"] == 413
        assert error["message"] == "Maximum audio file size is 50MB"
        assert error["details"][0]["code"] == "file_too_large"
        assert candidate.http.get(candidate.path).status_code == 404
        assert server.recordings() == kept
        assert server.waiting_files() == []

    def test_refuses_by_the_length_before_it_reads_the_body(self, candidate: Answering) -> None:
        began = time.monotonic()

        with candidate.open_upload(announced=200 * MEGABYTE) as connection:
            answer, body = read_answer(connection)
            assert time.monotonic() - began < 2

        assert answer.status == 413
        assert answer.headers["Connection"] == "close"
        assert error_of(body)["message"] == "Maximum audio file size is 50MB"

    @pytest.mark.parametrize("size", [60 * MEGABYTE, 55 * MEGABYTE])
    def test_is_heard_by_a_client_that_sends_all_the_same(
        self, candidate: Answering, size: int
    ) -> None:
        assert candidate.send(bytes(size)).status_code == 413

        assert candidate.http.get(candidate.path).status_code == 404

    def test_wants_a_length(self, candidate: Answering) -> None:
        blocks = iter([form(wave_bytes())])

        response = candidate.http.post(
            candidate.path,
            content=blocks,
            headers={"Content-Type": "multipart/form-data; boundary=x"},
        )

        assert response.status_code == 411


class TestAClientThatGoesAway:
    def test_leaves_neither_row_nor_file(self, server: ApiServer, candidate: Answering) -> None:
        kept = server.recordings()
        body = form(wave_of(2 * MEGABYTE))
        with candidate.open_upload(announced=len(body)) as connection:
            connection.sendall(body[:MEGABYTE])
            wait_until(server.spooled_bodies)

        wait_until(lambda: not server.spooled_bodies())
        assert candidate.http.get(candidate.path).status_code == 404
        assert server.recordings() == kept

    def test_is_not_taken_for_one_that_sent_all(
        self, server: ApiServer, candidate: Answering
    ) -> None:
        recording = sample("strong_answer.mp3").read_bytes()
        body = form(recording)
        with candidate.open_upload(announced=len(body) + 10_000) as connection:
            connection.sendall(body)
            wait_until(server.spooled_bodies)
            connection.shutdown(socket.SHUT_WR)
            assert connection.recv(1) == b""  # nobody is there who could be answered

        wait_until(lambda: not server.spooled_bodies())
        assert candidate.http.get(candidate.path).status_code == 404


class TestOneAnswerSentTwentyTimesAtOnce:
    def test_is_one_recording(self, server: ApiServer, candidate: Answering) -> None:
        kept = len(server.recordings())
        body = form(sample("strong_answer.mp3").read_bytes())

        def end(connection: socket.socket) -> Any:
            connection.sendall(body[-1:])
            answer, text = read_answer(connection)
            assert answer.status == 201, text
            return json.loads(text)["data"]

        with ExitStack() as open_ones, ThreadPoolExecutor(20) as pool:
            connections = [
                open_ones.enter_context(candidate.open_upload(announced=len(body)))
                for _ in range(20)
            ]
            for connection in connections:
                connection.sendall(body[:-1])
            wait_until(lambda: not unread_bytes(server.port))  # all have begun, none is whole
            answers = list(pool.map(end, connections))

        assert {answer["attempt"] for answer in answers} == {1}
        assert len({answer["audio_id"] for answer in answers}) == 1
        assert len(server.recordings()) == kept + 1
        assert server.waiting_files() == []

    def test_is_a_new_attempt_when_it_is_sent_again_later(self, candidate: Answering) -> None:
        attempts = [candidate.send(wave_bytes()).json()["data"]["attempt"] for _ in range(3)]

        assert attempts == [1, 2, 3]


class TestWithoutABroker:
    def test_an_upload_is_answered_as_quickly(self, candidate: Answering) -> None:
        began = time.monotonic()

        response = candidate.send(wave_bytes())

        assert response.status_code == 201
        assert time.monotonic() - began < 3


class TestAFullDisk:
    @pytest.fixture
    def small(self, tmp_path: Path, can_mount: Callable[[], bool]) -> Iterator[ApiServer]:
        """An API whose recordings lie on a disk of four megabytes."""
        if not can_mount():
            pytest.skip("this machine lets nobody mount a small disk")
        folder = tmp_path / "uploads"
        folder.mkdir()
        mount = f'mount -t tmpfs -o size={SMALL_DISK} small "{folder}" && exec "$@"'
        running = ApiServer(
            tmp_path,
            database_url=database("media_small_disk"),
            wrapper=("unshare", "--mount", "sh", "-c", mount, "sh"),
        )
        running.start()
        yield running
        running.stop()

    @pytest.fixture
    def can_mount(self) -> Callable[[], bool]:
        """Tell whether this machine lets us mount a disk of our own."""

        def look() -> bool:
            trial = ["unshare", "--mount", "mount", "-t", "tmpfs", "trial", "/mnt"]
            return subprocess.run(trial, capture_output=True, check=False).returncode == 0

        return look

    def test_is_an_error_without_traces_and_the_next_small_one_goes_through(
        self, small: ApiServer
    ) -> None:
        with Answering(small) as candidate:
            refused = candidate.send(wave_of(5 * MEGABYTE))
            assert candidate.http.get(candidate.path).status_code == 404
            taken = candidate.send(wave_of(3 * MEGABYTE // 2))  # body and recording fit in it

        assert refused.status_code == 500
        assert error_of(refused.text)["message"] == "Internal server error"
        assert "No space left on device" in small.log()
        assert taken.status_code == 201  # the broken one has left no byte behind
        assert taken.json()["data"]["attempt"] == 1
