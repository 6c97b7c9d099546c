"""A candidate's client, written from the seed document's nine steps: plain HTTP, nothing of ours imported."""

import secrets
import threading
from collections.abc import Callable, Mapping
from http import HTTPStatus
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import httpx

QUESTIONS = 5
KEYWORDS = ("deadline", "migration", "team", "outcome", "learning")
HOLD = 30  # seconds that the API may hold an answer back
PATIENCE = 60  # answers that say "not yet", at most


class Candidate:
    """
    Somebody who goes through an interview, and keeps the whole answer to each step.

    One who `waits` asks the API to hold its answers until the result is there; one who does not comes again when
    `Retry-After` says so.
    """

    def __init__(self, url: str, *, waits: bool = True) -> None:
        self.http = httpx.Client(base_url=url, timeout=HOLD + 30)
        self.answers: dict[str, httpx.Response] = {}
        self.not_yet = 0  # how often there was no result yet
        self._waits = waits
        self._clock = threading.Event()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.http.close()

    def data(self, step: str) -> Any:
        """Return what the answer to the step carried."""
        return self.answers[step].json()["data"]

    def go_through(self, recording: Path) -> None:
        """Do the nine steps as the seed writes them."""
        self.register()
        self.create_session()
        self.generate_questions()
        question = self.data("generate_questions")["questions"][0]["id"]
        self.upload(question, recording)
        self.transcribe(question)
        self.evaluate(question)
        self.ask_for_result("scores", f"{self.feedback_path}/scores")
        self.ask_for_result("feedback", f"{self.feedback_path}/feedback")
        self._keep("dashboard", self.http.get("/api/v1/feedback/dashboard"))

    def register(self) -> None:
        """Step 1."""
        body = {
            "email": f"{secrets.token_hex(6)}@example.com",
            "password": "SecurePass123!",
            "full_name": "John Doe",
        }
        self._post("register", "/api/v1/users/register", body)
        self.http.headers["Authorization"] = f"Bearer {self.data('register')['token']}"

    def create_session(self) -> None:
        """Step 2."""
        body = {
            "title": "Software Engineer Interview",
            "target_role": "Senior Software Engineer",
            "target_company": "Tech Corp",
            "difficulty": "medium",
        }
        self._post("create_session", "/api/v1/interviews/sessions", body)

    def generate_questions(self) -> None:
        """Step 3."""
        body = {
            "num_questions": QUESTIONS,
            "categories": ["behavioral", "technical", "situational"],
            "skills": ["Python", "FastAPI", "PostgreSQL"],
        }
        self._post("generate_questions", f"{self.session_path}/questions/generate", body)

    def upload(self, question: str, recording: Path, *, step: str = "upload") -> None:
        """Step 4."""
        with recording.open("rb") as file:
            response = self.http.post(
                f"{self.session_path}/questions/{question}/audio",
                files={"file": (recording.name, file)},
                data={"duration": "95"},
            )
        self._keep(step, response)

    def transcribe(self, question: str, *, step: str = "transcribe") -> None:
        """Step 5."""
        path = f"{self.session_path}/questions/{question}/transcribe"
        self.ask_for_result(step, path, {"language": "en"})

    def evaluate(self, question: str) -> None:
        """Step 6."""
        path = f"{self.session_path}/questions/{question}/evaluate"
        self.ask_for_result("evaluate", path, {"expected_keywords": KEYWORDS})

    def ask_for_result(self, step: str, path: str, body: Mapping[str, Any] | None = None) -> None:
        """POST, and keep the answer that carries the result: this one, or one of those that follow."""
        ask = self._post_waiting if self._waits else self._post_and_poll
        response = ask(path, body)
        assert response.status_code == HTTPStatus.OK, response.text
        assert response.json()["data"]["status"] == "completed", response.text
        self.answers[step] = response

    @property
    def session_path(self) -> str:
        """The path of the interview."""
        return f"/api/v1/interviews/sessions/{self.data('create_session')['id']}"

    @property
    def feedback_path(self) -> str:
        """The path of its results."""
        return f"/api/v1/feedback/sessions/{self.data('create_session')['id']}"

    def _post_waiting(self, path: str, body: Mapping[str, Any] | None) -> httpx.Response:
        headers = {"Prefer": f"wait={HOLD}"}
        return self._until_done(lambda: self.http.post(path, json=body, headers=headers))

    def _post_and_poll(self, path: str, body: Mapping[str, Any] | None) -> httpx.Response:
        first = self.http.post(path, json=body)
        if first.status_code != HTTPStatus.ACCEPTED:
            return first
        self._come_again_later(first)
        return self._until_done(lambda: self.http.get(first.headers["Location"]))

    def _until_done(self, ask: Callable[[], httpx.Response]) -> httpx.Response:
        for _ in range(PATIENCE):
            response = ask()
            if response.status_code != HTTPStatus.ACCEPTED:
                return response
            if not self._waits:
                self._come_again_later(response)
        raise AssertionError(f"no result after {PATIENCE} answers: {response.text}")

    def _come_again_later(self, response: httpx.Response) -> None:
        self.not_yet += 1
        self._clock.wait(float(response.headers["Retry-After"]))

    def _post(self, step: str, path: str, body: Mapping[str, Any]) -> None:
        self._keep(step, self.http.post(path, json=body))

    def _keep(self, step: str, response: httpx.Response) -> None:
        assert response.is_success, f"{step}: {response.status_code} {response.text}"
        self.answers[step] = response
