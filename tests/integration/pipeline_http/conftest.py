from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from rest_framework.test import APIClient

from accounts.models import User
from pipeline.models import PipelineRun, Stage
from pipeline.progress.queue import forget_paces
from pipeline.runs import notifications
from sessions.models import Question
from tests.factories import make_evaluation, make_finished_run, make_run, make_transcript

State = PipelineRun.State

FAILED = {
    "state": State.FAILED,
    "failure_code": "audio_missing",
    "failure_message": "The recording is gone.",
    "failure_retryable": False,
}
PROGRESS_FIELDS = {"status", "stage", "progress", "queue_position", "eta_seconds"}


@dataclass
class Place:
    """A question as one person's client sees it."""

    api: APIClient
    question: Question

    @property
    def session_path(self) -> str:
        return f"/api/v1/interviews/sessions/{self.question.session.uuid}"

    @property
    def path(self) -> str:
        return f"{self.session_path}/questions/{self.question.uuid}"

    @property
    def feedback_path(self) -> str:
        return f"/api/v1/feedback/sessions/{self.question.session.uuid}"

    def get(self, name: str, query: str = "", **headers: str) -> Any:
        """Ask for a result."""
        return self.api.get(f"{self._path_of(name)}{query}", headers=headers)

    def post(
        self,
        name: str,
        body: dict[str, Any] | None = None,
        *,
        headers: dict[str, str] | None = None,
    ) -> Any:
        """Ask for work."""
        return self.api.post(self._path_of(name), body or {}, format="json", headers=headers)

    def _path_of(self, name: str) -> str:
        if name in {"scores", "feedback"}:
            return f"{self.feedback_path}/{name}"
        if name in {"progress", "complete", "session_evaluation", "questions/generate"}:
            return f"{self.session_path}/{name.removeprefix('session_')}"
        return f"{self.path}/{name}"


def data_of(response: Any, *, status: int = 200) -> Any:
    """Return the data of an answer with that status."""
    assert response.status_code == status, response.content
    return response.json()["data"]


def message_of(response: Any) -> tuple[int, str]:
    """Return an error's status and message."""
    return response.status_code, response.json()["error"]["message"]


def fields_at_fault(response: Any) -> list[str]:
    """Return the fields that a 422 names."""
    assert response.status_code == 422, response.content
    return [row["field"] for row in response.json()["error"]["details"]]


def make_judged_run(question: Question, **fields: Any) -> PipelineRun:
    """Return a run that is through, with transcript and evaluation."""
    run = make_finished_run(question=question, **fields)
    make_transcript(run=run)
    make_evaluation(run=run)
    return run


def make_working_run(question: Question, stage: Stage, **fields: Any) -> PipelineRun:
    """Return an unfinished run with all that the stages before this one have made."""
    run = make_run(question=question, stage=stage, **fields)
    if stage != Stage.TRANSCRIBE:
        make_transcript(run=run)
    if stage in {Stage.SCORE, Stage.FEEDBACK}:
        make_evaluation(run=run)
    return run


@pytest.fixture
def place(client_for: Callable[[User], APIClient], alice: User, question: Question) -> Place:
    """Alice's question, seen by Alice."""
    return Place(client_for(alice), question)


@pytest.fixture
def foreign(client_for: Callable[[User], APIClient], mallory: User, question: Question) -> Place:
    """Alice's question, seen by Mallory."""
    return Place(client_for(mallory), question)


@pytest.fixture(autouse=True)
def fresh_paces() -> Iterator[None]:
    """Measure in each test anew, and forget that the broker was away in the one before."""
    forget_paces()
    notifications._Rest.until = 0.0
    yield
    forget_paces()
