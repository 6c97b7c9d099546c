"""The embedded broker."""

import json
import socket
import stat
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest
import redis

from interview_platform.local import broker_address
from interview_platform.stack.broker import (
    answers,
    embedded_broker,
    free_port,
    is_free,
    wait_for_broker,
)
from interview_platform.stack.data_directory import prepare_directory
from interview_platform.stack.processes import Part, stop
from interview_platform.stack.troubles import CannotStart


class Brokers:
    """Starts brokers and ends them all."""

    def __init__(self, data_dir: Path) -> None:
        self.data_dir = data_dir
        self.parts: list[Part] = []

    def start(self) -> str:
        part = embedded_broker(self.data_dir)
        self.parts.append(part)
        part.start()
        url = broker_address(self.data_dir)
        wait_for_broker(part, url=url)
        return url

    def stop(self) -> None:
        stop(self.parts, seconds=10, impatient=lambda: False)


@pytest.fixture
def brokers(tmp_path: Path) -> Iterator[Brokers]:
    prepare_directory(tmp_path / "with a blank")
    starter = Brokers(tmp_path / "with a blank")
    yield starter
    starter.stop()


class TestEmbeddedBroker:
    def test_keeps_what_it_has_and_its_port_through_a_start(self, brokers: Brokers) -> None:
        first = brokers.start()
        with redis.Redis.from_url(first) as client:
            client.set("key", "value")
        brokers.stop()
        second = brokers.start()

        with redis.Redis.from_url(second) as client:
            settings = client.config_get("append*", "maxmemory-policy")
            value = client.get("key")
        assert value == b"value"
        assert urlsplit(first).port == urlsplit(second).port
        assert settings["appendonly"] == "yes"
        assert settings["appendfsync"] == "everysec"
        assert settings["maxmemory-policy"] == "noeviction"

    def test_answers_nobody_without_the_password(self, brokers: Brokers) -> None:
        url = brokers.start()
        port = urlsplit(url).port

        assert answers(url)
        assert not answers(f"redis://127.0.0.1:{port}/0")
        assert not answers(f"redis://:wrong@127.0.0.1:{port}/0")

    def test_tells_its_password_to_nobody_else(self, brokers: Brokers) -> None:
        url = brokers.start()
        password = str(urlsplit(url).password)
        files = [brokers.data_dir / "broker.json", brokers.data_dir / "broker" / "valkey.conf"]

        assert [stat.S_IMODE(path.stat().st_mode) for path in files] == [0o600, 0o600]
        assert not any(password in word for part in brokers.parts for word in part.command)

    def test_takes_the_place_of_one_that_was_left_behind(self, brokers: Brokers) -> None:
        brokers.start()
        brokers.start()

        left, present = brokers.parts
        assert left.exit_code is not None
        assert present.pid is not None

    def test_moves_when_its_port_was_taken(self, brokers: Brokers) -> None:
        with socket.socket() as taken:
            taken.bind(("127.0.0.1", 0))
            taken.listen()
            taken.settimeout(0)
            port = taken.getsockname()[1]
            former = {"url": f"redis://:x@127.0.0.1:{port}/0"}
            (brokers.data_dir / "broker.json").write_text(json.dumps(former), "utf-8")

            url = brokers.start()

        assert urlsplit(url).port != port

    def test_says_why_it_does_not_start(self, brokers: Brokers) -> None:
        part = embedded_broker(brokers.data_dir)
        part.command = [*part.command, "--no-such-option", "1"]
        part.start()

        with pytest.raises(CannotStart, match="The broker does not start"):
            wait_for_broker(part, url=broker_address(brokers.data_dir))


class TestFreePort:
    def test_is_free_until_somebody_takes_it(self) -> None:
        port = free_port()
        before = is_free(port)
        with socket.socket() as taken:
            taken.bind(("127.0.0.1", port))
            taken.listen()

            assert (before, is_free(port)) == (True, False)
