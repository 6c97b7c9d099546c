"""People who practise on a running stack, over HTTP."""

import itertools
import uuid
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any, Final, TypeVar

import httpx

from tests.chaos.recordings import Kind, Marked, make_recording

Result = TypeVar("Result")

PASSWORD: Final = "correct-horse-battery-9"
_numbers = itertools.count(1)


@dataclass(frozen=True, slots=True)
class Answer:
    """A question, and the recording that was made for it."""

    path: str  # of the question, below /api/v1/
    question: uuid.UUID
    number: int  # of the last recording
    seconds: float  # that the platform took to say 201


@dataclass(slots=True)
class Person:
    """Somebody who practises on the stack."""

    url: str
    questions: int = 1
    http: httpx.Client = field(init=False)
    session: str = field(init=False)
    paths: list[str] = field(init=False)

    def __post_init__(self) -> None:
        self.http = httpx.Client(base_url=f"{self.url}/api/v1/", timeout=60)
        account = {
            "email": f"{uuid.uuid4().hex}@example.com",
            "password": PASSWORD,
            "full_name": "A Candidate",
        }
        token = self.data("POST", "users/register", json=account)["token"]
        self.http.headers["Authorization"] = f"Bearer {token}"
        self.session = self.data("POST", "interviews/sessions", json={"target_role": "Engineer"})[
            "id"
        ]
        path = f"interviews/sessions/{self.session}/questions"
        made = self.data("POST", f"{path}/generate", json={"num_questions": self.questions})
        self.paths = [f"{path}/{question['id']}" for question in made["questions"]]

    def record(self, kind: Kind = Kind.GOOD, *, question: int = 0) -> Answer:
        """Upload an answer to the question."""
        number, content = new_recording(kind)
        response = self.send(content, question=question)
        assert response.is_success, response.text
        return self.answer(number, question=question, seconds=response.elapsed.total_seconds())

    def send(self, content: bytes, *, question: int = 0, key: str = "") -> httpx.Response:
        """Upload these bytes, and return what the platform says."""
        headers = {"Idempotency-Key": key} if key else {}
        file = ("answer.wav", content, "audio/wav")
        return self.http.post(
            f"{self.paths[question]}/audio", files={"file": file}, headers=headers
        )

    def answer(self, number: int, *, question: int = 0, seconds: float = 0.0) -> Answer:
        """Return the question as one that was answered by this recording."""
        path = self.paths[question]
        return Answer(path, uuid.UUID(path.rpartition("/")[2]), number, seconds)

    def data(self, method: str, path: str, **content: Any) -> dict[str, Any]:
        """Return what the answer carries."""
        response = self.http.request(method, path, **content)
        assert response.is_success, f"{path}: {response.status_code} {response.text}"
        data: dict[str, Any] = response.json()["data"]
        return data


def new_recording(kind: Kind = Kind.GOOD) -> tuple[int, bytes]:
    """Return the number and the bytes of a recording that nobody has made before."""
    number = next(_numbers)
    return number, make_recording(Marked(number, kind))


def at_once(jobs: Sequence[Callable[[], Result]]) -> list[Result]:
    """Do the jobs in threads; return what they return, raise what one of them raised."""
    with ThreadPoolExecutor(len(jobs)) as pool:
        return list(pool.map(lambda job: job(), jobs))
