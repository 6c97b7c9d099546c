"""What was tried, what was refused, and what went wrong."""

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final

import httpx

SERVER_ERROR: Final = 500
AWAY: Final = 503  # said on purpose, with Retry-After
REFUSALS: Final = range(400, 500)
SPOKEN: Final = ("Traceback", "psycopg", "sqlite3", "site-packages", "DOES NOT EXIST", "/manage.py")
SHOWN: Final = 20


@dataclass(slots=True)
class Tally:
    """One group of attacks."""

    name: str
    tried: int = 0
    rejected: int = 0
    wrong: list[str] = field(default_factory=list)

    def note(self, what: str, response: httpx.Response) -> None:
        """Count an answer; a server's error, a word too much and a form of its own are wrong."""
        self.tried += 1
        self.rejected += response.status_code in REFUSALS
        for trouble in troubles_of(response):
            self.blame(f"{what}: {response.status_code}, {trouble}")

    def blame(self, what: str) -> None:
        """Note something wrong."""
        self.wrong.append(what[:300])

    @property
    def row(self) -> str:
        """Return the row of the table."""
        return f"{self.name:<34} {self.tried:>8} {self.rejected:>9} {len(self.wrong):>6}"


def troubles_of(response: httpx.Response) -> Iterator[str]:
    """Yield what no answer may be."""
    status, body = response.status_code, response.text
    if status >= SERVER_ERROR and not (status == AWAY and "Retry-After" in response.headers):
        yield "a server's error"
    for word in SPOKEN:
        if word.lower() in body.lower():
            yield f"it says {word}"
    if status in REFUSALS and response.request.method != "HEAD" and not _is_envelope(response):
        yield f"no envelope: {body[:80]!r}"


def _is_envelope(response: httpx.Response) -> bool:
    try:
        body = response.json()
    except ValueError:
        return False
    return isinstance(body, dict) and body.keys() == {"success", "data", "error", "meta"}


def compact(value: object) -> str:
    """Return a value as short text, for a line about it."""
    return json.dumps(value, default=str)[:80]
