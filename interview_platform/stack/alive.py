"""
`python -m interview_platform.stack.alive api|worker`: whether the part beside us lives, for a container's probe.

A worker shows that it lives by a row; to look at it takes a connection and no Django, as a probe comes every minute. Where
nothing can be learned, because the database is away, the worker is left alone: a new one would not see more.
"""

import http.client
import socket
import sys
from contextlib import closing
from http import HTTPStatus

import psycopg

from interview_platform.env import env_int, env_text
from interview_platform.stack.troubles import CannotStart

SECONDS = 4  # that a look may take
SILENT_SECONDS = 120  # after which a worker is taken for dead
LOOK = """
SELECT extract(epoch FROM now() - max(seen_at)) FROM pipeline_workerheartbeat WHERE right(name, %(length)s) = %(name)s
"""


def main(arguments: list[str]) -> None:
    """End well when the part lives, and with a sentence when it does not."""
    match arguments:
        case ["api"]:
            reason = against_api(env_int("PORT", default=8000))
        case ["worker"]:
            reason = against_worker(env_text("DATABASE_URL"), host=socket.gethostname())
        case _:
            raise CannotStart("There are: alive api, alive worker.")
    if reason:
        sys.exit(reason)


def against_api(port: int) -> str:
    """Return why the API on this machine counts as dead, or "". A refusal of our name for it is an answer, too."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=SECONDS)  # past any proxy
    with closing(connection):
        try:
            connection.request("GET", "/health/live", headers={"Host": "localhost"})
            status = connection.getresponse().status
        except (OSError, http.client.HTTPException) as trouble:
            return f"The API does not answer: {trouble}"
    return "" if status < HTTPStatus.INTERNAL_SERVER_ERROR else f"The API answers {status}."


def against_worker(database_url: str, *, host: str) -> str:
    """Return why this machine's worker counts as dead, or ""."""
    if not database_url.startswith("postgres"):
        return ""  # SQLite: one machine, and its supervisor looks after the workers
    try:
        silence = _seconds_of_silence(database_url, host=host)
    except psycopg.Error:
        return ""
    if silence is None:
        return "The worker has not shown yet that it lives."
    return "" if silence < SILENT_SECONDS else f"The worker was not seen for {silence:.0f} s."


def _seconds_of_silence(database_url: str, *, host: str) -> float | None:
    name = f"@{host}"
    with psycopg.connect(database_url, connect_timeout=SECONDS) as connection:
        row = connection.execute(LOOK, {"name": name, "length": len(name)}).fetchone()
    return None if row is None or row[0] is None else float(row[0])


if __name__ == "__main__":
    main(sys.argv[1:])
