"""Slow and silent clients keep nobody from being answered: a real server, and a small part of `tests.slow_clients.run`."""

import asyncio
from collections.abc import Iterator

import pytest

from tests.integration.media.api_server import Answering, ApiServer
from tests.recordings import wave_bytes
from tests.slow_clients.attacks import PUBLIC_ROUTES, Attack, Outcome, carry_out
from tests.slow_clients.run import LIMIT, SETTINGS, People, refused_by_head, token_of

pytestmark = pytest.mark.journey

CLIENTS = 40
SECONDS = 30.0  # in which every client must be cut off
LOGIN = ("POST /api/v1/users/login",)


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ApiServer]:
    """The API that these tests attack, with short deadlines and few threads."""
    running = ApiServer(
        tmp_path_factory.mktemp("api"), environment={**SETTINGS, "API_CONCURRENCY": "4"}
    )
    running.start()
    yield running
    running.stop()


@pytest.fixture(scope="module")
def people(server: ApiServer) -> Iterator[People]:
    """One person with an open question, and one whose quota is used up."""
    with Answering(server) as attacker, Answering(server) as owner:
        owner.send(wave_bytes()).raise_for_status()
        yield People(attacker, owner)


def attack(server: ApiServer, plan: Attack) -> Outcome:
    return asyncio.run(carry_out(plan, port=server.port, clients=CLIENTS, seconds=SECONDS))


class TestFortyHalfRequestsWithoutAToken:
    @pytest.mark.parametrize("is_chunked", [False, True], ids=["plain", "chunked"])
    def test_keep_nobody_waiting_and_are_cut_off(self, server: ApiServer, is_chunked: bool) -> None:
        outcome = attack(server, Attack("half", PUBLIC_ROUTES, is_chunked=is_chunked))

        assert outcome.slowest_probe < LIMIT
        assert outcome.still_open == 0
        assert not is_chunked or outcome.statuses == {"411": CLIENTS}

    def test_are_cut_off_when_they_drip(self, server: ApiServer) -> None:
        outcome = attack(server, Attack("dripping", LOGIN, drips=True, sizes=(5_000,)))

        assert outcome.slowest_probe < LIMIT
        assert outcome.statuses == {"408": CLIENTS}


class TestFortyUploadsOfOnePerson:
    def test_keep_nobody_waiting_and_are_cut_off_when_they_drip(
        self, server: ApiServer, people: People
    ) -> None:
        upload = f"POST {people.attacker.path}"
        token = token_of(people.attacker)
        plan = Attack("uploads", (upload,), drips=True, token=token, sizes=(40_000_000,))

        outcome = attack(server, plan)

        assert outcome.slowest_probe < LIMIT
        assert outcome.statuses == {"408": CLIENTS}


class TestTheHeadAlone:
    def test_is_enough_to_refuse_what_will_not_be_taken(
        self, server: ApiServer, people: People
    ) -> None:
        found = asyncio.run(refused_by_head(people, port=server.port))

        assert [name for name, refused in found.items() if not refused] == []
