"""Many people upload at once, and try again as a good client does when the platform does not answer."""

import itertools
import math
import threading
import time
import uuid
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Any, Final

import httpx

from tests.chaos.recordings import Kind, Marked, make_recording

QUESTIONS: Final = 10  # a person
PEOPLE_AT_ONCE: Final = 8
PATIENCE_SECONDS: Final = 120.0  # a part that starts anew on a busy machine takes a while
TRIES_WITH_A_KEY: Final = 10
PAUSE_SECONDS: Final = 0.5
PASSWORD: Final = "correct-horse-battery-9"


@dataclass(frozen=True, slots=True)
class Upload:
    """A recording that the platform said 201 to."""

    marked: Marked
    token: str
    path: str  # of the question, below /api/v1
    attempt: int
    seconds: float  # that the answer took


@dataclass(slots=True)
class Crowd:
    """Everybody, and what they were told."""

    url: str
    recordings: list[Marked]
    seconds: float  # over which the uploads are spread
    make: Callable[[Marked], bytes] = make_recording
    accepted: list[Upload] = field(default_factory=list)
    surprises: list[str] = field(default_factory=list)
    _lock: threading.Lock = field(default_factory=threading.Lock)
    _over: threading.Event = field(default_factory=threading.Event)
    _pool: ThreadPoolExecutor | None = None
    _people: list[Any] = field(default_factory=list)

    def begin(self) -> None:
        """Let everybody start, a group after the other."""
        self._pool = ThreadPoolExecutor(PEOPLE_AT_ONCE)
        for start in range(0, len(self.recordings), QUESTIONS):
            person = self.recordings[start : start + QUESTIONS]
            self._people.append(self._pool.submit(self._interview, person))

    def wait(self) -> None:
        """Return when everybody is through; raise what went wrong in here."""
        for person in self._people:
            person.result()
        if self._pool:
            self._pool.shutdown()

    @property
    def is_through(self) -> bool:
        """Tell whether everybody is."""
        return all(person.done() for person in self._people)

    def _interview(self, recordings: list[Marked]) -> None:
        people = min(PEOPLE_AT_ONCE, math.ceil(len(self.recordings) / QUESTIONS))
        pace = self.seconds * people / len(self.recordings)
        with httpx.Client(base_url=f"{self.url}/api/v1/", timeout=30) as http:
            account = {
                "email": f"{uuid.uuid4().hex}@example.com",
                "password": PASSWORD,
                "full_name": "A Candidate",
            }
            person = self._ask(http, "users/register", json=account)
            http.headers["Authorization"] = f"Bearer {person['token']}"
            session = self._ask(http, "interviews/sessions", json={"target_role": "Engineer"})
            path = f"interviews/sessions/{session['id']}/questions"
            made = self._ask(http, f"{path}/generate", json={"num_questions": len(recordings)})
            for question, marked in zip(made["questions"], recordings, strict=True):
                self._upload(http, f"{path}/{question['id']}", marked, token=person["token"])
                self._over.wait(pace)

    def _upload(self, http: httpx.Client, path: str, marked: Marked, *, token: str) -> None:
        file = ("answer.wav", self.make(marked), "audio/wav")
        kept = self._ask(http, f"{path}/audio", files={"file": file})
        upload = Upload(marked, token, path, kept["attempt"], kept["answered_after"])
        with self._lock:
            self.accepted.append(upload)

    def _ask(self, http: httpx.Client, path: str, **content: Any) -> dict[str, Any]:
        """Return the data of a 2xx; on anything that may pass, ask again with the same key."""
        key = str(uuid.uuid4())
        said: Counter[str] = Counter()
        deadline = time.monotonic() + PATIENCE_SECONDS
        for number in itertools.count(1):
            if time.monotonic() > deadline:
                break
            if number % TRIES_WITH_A_KEY == 0:
                key = str(uuid.uuid4())
            try:
                response = http.post(path, headers={"Idempotency-Key": key}, **content)
            except httpx.HTTPError as error:
                said[type(error).__name__] += 1
                self._over.wait(PAUSE_SECONDS)
                continue
            if response.is_success:
                return {
                    **response.json()["data"],
                    "answered_after": response.elapsed.total_seconds(),
                }
            said[f"{response.status_code} {response.text[:120]}"] += 1
            self._look_at(path, response)
            self._over.wait(PAUSE_SECONDS)
        raise AssertionError(f"{path}: nobody answered: {said.most_common(3)}")

    def _look_at(self, path: str, response: httpx.Response) -> None:
        """A refusal must be one that passes, and be told in the envelope."""
        passing = {
            HTTPStatus.CONFLICT,
            HTTPStatus.INTERNAL_SERVER_ERROR,
            HTTPStatus.SERVICE_UNAVAILABLE,
        }
        told = response.headers.get("Content-Type", "").startswith("application/json")
        if response.status_code in passing and told and response.json()["success"] is False:
            return
        if path == "users/register" and "unique" in response.text:  # the first try did succeed
            raise AssertionError("the account was made twice")
        with self._lock:
            self.surprises.append(f"{path}: {response.status_code} {response.text[:200]}")


def choose_kinds(count: int) -> list[Marked]:
    """Return the recordings: most are good, some are shaky, a few can never work, and a few kill their worker."""
    return [Marked(number, _kind(number)) for number in range(1, count + 1)]


def _kind(number: int) -> Kind:
    if number % 60 == 17:
        return Kind.POISON
    if number % 50 == 23:
        return Kind.BROKEN
    return Kind.SHAKY if number % 15 == 7 else Kind.GOOD
