"""
Compare web servers by what slow clients do to them: `python -m tests.slow_clients.run`.

Each server runs with two processes on a private data directory. Our own comes first; `--also NAME=COMMAND` adds another one,
whose command may hold `{port}`, and `--base DIRECTORY` is where the commands run whose name begins with `base`.
"""

import argparse
import asyncio
import os
import sys
import tempfile
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import django
import httpx

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tests.settings")
django.setup()

from tests.environment import ROOT  # noqa: E402 - once Django is set up
from tests.integration.media.api_server import MEGABYTE, Answering, ApiServer  # noqa: E402 - likewise
from tests.recordings import wave_bytes  # noqa: E402 - likewise
from tests.slow_clients.attacks import Outcome, ask, attacks, carry_out, head, read_slowly  # noqa: E402 - likewise

SETTINGS = {
    "CACHE_URL": "",
    "SLOW_CLIENT_SECONDS": "4",
    "QUOTA_UPLOADS": "1",
    "THROTTLE_UPLOAD": "100000/h",
    "THROTTLE_USER": "100000/m",
    "THROTTLE_REGISTER": "100000/h",
    "EVENTS_URL": "",
}
LIMIT = 2.0  # seconds that a probe may take
HEAD_SECONDS = 2.0  # for a refusal by the head alone
RECORDING_BYTES = 20 * MEGABYTE


@dataclass(frozen=True, slots=True)
class People:
    """Who sends: one with an open question, one whose quota is used up by a large recording."""

    attacker: Answering
    owner: Answering

    def routes(self) -> list[str]:
        """Return the routes that take a body, but for the upload."""
        session, question = self.attacker.session_path, self.attacker.path.removesuffix("/audio")
        return [
            "PUT /api/v1/users/me",
            "POST /api/v1/interviews/sessions",
            f"POST {session}/questions/generate",
            f"POST {question}/answer",
            f"PUT {question}/transcript",
            f"POST {question}/transcribe",
        ]


def main() -> int:
    """Attack each server, print the tables, return 1 when ours fails."""
    options = _options()
    servers = {"this": "", **dict(also.split("=", 1) for also in options.also)}
    rows = []
    failed = False
    for name, command in servers.items():
        if options.only and name not in options.only:
            continue
        directory = Path(options.base) if name.startswith("base") else ROOT
        outcomes, heads, memory = _try(command, directory, options)
        slowest = max(outcome.slowest_probe for outcome in outcomes)
        left = sum(outcome.still_open for outcome in outcomes)
        by_head = f"{sum(heads.values())} of {len(heads)}"
        rows.append(f"{name:<24} {slowest:>8.2f} {left:>8} {by_head:>10} {memory:>8.0f}")
        failed |= name == "this" and not (slowest <= LIMIT and left == 0 and all(heads.values()))
    print(f"\n{'server':<24} {'slowest':>8} {'no end':>8} {'by head':>10} {'MB':>8}")
    print("\n".join(rows))
    return int(failed)


def _try(
    command: str, directory: Path, options: argparse.Namespace
) -> tuple[list[Outcome], dict[str, bool], float]:
    with tempfile.TemporaryDirectory(prefix="slow-clients-") as folder:
        server = ApiServer(
            Path(folder) / "data", command=command, directory=directory, environment=SETTINGS
        )
        server.start()
        try:
            with Answering(server) as attacker, Answering(server) as owner:
                owner.http.timeout = httpx.Timeout(300)
                frames = RECORDING_BYTES // 2
                sent = owner.send(wave_bytes(frames=frames))
                assert sent.status_code == 201, sent.text
                people = People(attacker, owner)
                heads = asyncio.run(refused_by_head(people, port=server.port))
                print(f"\n{command or 'this'}\n{heads}", flush=True)
                outcomes = list(_attack(people, server.port, options))
            return outcomes, heads, server.peak_megabytes()
        finally:
            server.stop()


def _attack(people: People, port: int, options: argparse.Namespace) -> Iterator[Outcome]:
    """Yield the outcome of each attack, and print it."""
    attacker, owner = people.attacker, people.owner
    token, upload = token_of(attacker), f"POST {attacker.path}"
    plans = [
        carry_out(attack, port=port, clients=options.clients, seconds=options.seconds)
        for attack in attacks(routes=people.routes(), upload=upload, token=token)
    ]
    reading = read_slowly(
        owner.path, token=token_of(owner), port=port, clients=options.clients, seconds=10
    )
    print(f"{'attack':<46} {'slowest':>8} {'no end':>6}  what the clients got")
    for plan in (*plans, reading):
        outcome = asyncio.run(plan)
        print(outcome.row, flush=True)
        yield outcome


async def refused_by_head(people: People, *, port: int) -> dict[str, bool]:
    """Return which refusals come before anything of the body is sent."""
    attacker, owner = people.attacker, people.owner
    question = attacker.path.split("/")[-2]
    elsewhere = attacker.path.replace(question, str(uuid.uuid4()))
    second = Answering(attacker.server)
    second.http.post(f"{second.session_path}/complete").raise_for_status()
    cases = {
        "413 JSON": ("POST /api/v1/users/login", 2_000_000, ""),
        "413 upload": (f"POST {attacker.path}", 200 * MEGABYTE, token_of(attacker)),
        "401 upload": (f"POST {attacker.path}", MEGABYTE, ""),
        "404 upload": (f"POST {elsewhere}", MEGABYTE, token_of(attacker)),
        "409 upload": (f"POST {second.path}", MEGABYTE, token_of(second)),
        "429 quota": (f"POST {owner.path}", MEGABYTE, token_of(owner)),
    }
    found = {}
    for name, (route, length, token) in cases.items():
        request = head(
            route, length=length, token=token, is_upload="upload" in name or "quota" in name
        )
        try:
            async with asyncio.timeout(HEAD_SECONDS):
                status = await ask(request, port=port)
        except TimeoutError:
            status = ""
        found[name] = status == name.split(" ")[0]
    second.http.close()
    return found


def token_of(person: Answering) -> str:
    """Return somebody's access token."""
    return str(person.http.headers["Authorization"]).removeprefix("Bearer ")


def _options() -> argparse.Namespace:
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--clients", type=int, default=64, help="of each attack")
    arguments.add_argument("--seconds", type=float, default=15, help="that an attack may last")
    arguments.add_argument("--also", action="append", default=[], metavar="NAME=COMMAND")
    arguments.add_argument("--base", default=str(ROOT))
    arguments.add_argument("--only", action="append", default=[])
    return arguments.parse_args()


if __name__ == "__main__":
    sys.exit(main())
