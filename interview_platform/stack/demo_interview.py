"""The seed's nine steps, one after the other."""

import json
import re
import secrets
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from interview_platform.stack.config import ROOT
from interview_platform.stack.demo_client import DemoClient, StepFailed

SAMPLES = ROOT / "tests" / "samples"
PREFERRED_FORMATS = ("mp3", "ogg", "webm", "m4a", "wav")
QUESTIONS = 8
MOST_TRIES = 40  # of asking for other questions, until the recordings answer some of them
ENOUGH = 0.75  # of a question's words, to be the same question
WORD = re.compile(r"[a-z]{4,}")  # shorter ones say little about what a question is about


@dataclass(frozen=True, slots=True)
class Recording:
    """A recording that ships with the project, and the question it was made for."""

    path: Path
    question: str


@dataclass(slots=True)
class Answer:
    """One answered question with its results."""

    question: dict[str, Any]
    recording: Recording
    transcript: dict[str, Any] = field(default_factory=dict)
    evaluation: dict[str, Any] = field(default_factory=dict)


@dataclass(slots=True)
class Interview:
    """What the nine steps bring together."""

    client: DemoClient
    recordings: Sequence[Recording]
    account: dict[str, str] = field(default_factory=dict)
    session: dict[str, Any] = field(default_factory=dict)
    questions: list[dict[str, Any]] = field(default_factory=list)
    answers: list[Answer] = field(default_factory=list)
    scores: dict[str, Any] = field(default_factory=dict)
    feedback: dict[str, Any] = field(default_factory=dict)
    dashboard: dict[str, Any] = field(default_factory=dict)

    def steps(self) -> Iterator[tuple[str, Callable[[], None]]]:
        """Yield each step: what it does, in words, and the doing."""
        yield "Register", self._register
        yield "Create a session", self._create_session
        yield "Generate questions", self._generate_questions
        yield "Upload the recordings", self._upload
        yield "Transcribe", self._transcribe
        yield "Evaluate", self._evaluate
        yield "Complete the session and calculate its scores", self._score
        yield "Write the feedback", self._write_feedback
        yield "Look at the dashboard", self._look_at_dashboard

    def _register(self) -> None:
        self.account = {
            "email": f"demo-{secrets.token_hex(4)}@example.com",
            "password": secrets.token_urlsafe(12),
        }
        person = self.client.post("users/register", {**self.account, "full_name": "Demo Candidate"})
        self.client.log_in(person["token"])

    def _create_session(self) -> None:
        self.session = self.client.post(
            "interviews/sessions",
            {
                "title": "Data Engineer Interview",
                "target_role": "Data Engineer",
                "target_company": "Tech Corp",
                "difficulty": "medium",
            },
        )

    def _generate_questions(self) -> None:
        wanted = {"num_questions": QUESTIONS, "categories": ["behavioral"]}
        for _ in range(MOST_TRIES):
            made = self.client.post(f"{self._session_path}/questions/generate", wanted)
            self.questions = made["questions"]
            if all(is_asked(recording.question, self.questions) for recording in self.recordings):
                break
        left = list(self.questions)
        for recording in self.recordings:
            question = closest(recording.question, left)
            left.remove(question)
            self.answers.append(Answer(question, recording))

    def _upload(self) -> None:
        for answer in self.answers:
            self.client.upload(f"{self._path_of(answer)}/audio", answer.recording.path)

    def _transcribe(self) -> None:
        for answer in self.answers:
            path = f"{self._path_of(answer)}/transcribe"
            answer.transcript = self.client.result(path, {"language": "en"})

    def _evaluate(self) -> None:
        for answer in self.answers:
            answer.evaluation = self.client.result(f"{self._path_of(answer)}/evaluate")

    def _score(self) -> None:
        self.client.post(f"{self._session_path}/complete")
        self.scores = self.client.result(f"feedback/sessions/{self.session['id']}/scores")

    def _write_feedback(self) -> None:
        self.feedback = self.client.result(f"feedback/sessions/{self.session['id']}/feedback")

    def _look_at_dashboard(self) -> None:
        self.dashboard = self.client.get("feedback/dashboard")

    @property
    def _session_path(self) -> str:
        return f"interviews/sessions/{self.session['id']}"

    def _path_of(self, answer: Answer) -> str:
        return f"{self._session_path}/questions/{answer.question['id']}"


def closest(wanted: str, questions: Sequence[dict[str, Any]]) -> dict[str, Any]:
    """Return the question that shares most words with what the recording answers."""
    if not questions:
        raise StepFailed("There are fewer questions than recordings")
    words = set(WORD.findall(wanted.lower()))
    return max(
        questions, key=lambda row: len(words & set(WORD.findall(row["question_text"].lower())))
    )


def is_asked(wanted: str, questions: Sequence[dict[str, Any]]) -> bool:
    """Tell whether one of the questions is what the recording answers, or much like it."""
    words = set(WORD.findall(wanted.lower()))
    asked = set(WORD.findall(closest(wanted, questions)["question_text"].lower()))
    return len(words & asked) >= ENOUGH * len(words)


def find_recordings(folder: Path = SAMPLES) -> list[Recording]:
    """Return the recordings that ship with the project."""
    try:
        rows = json.loads((folder / "refs.json").read_text("utf-8"))
    except OSError as trouble:
        raise StepFailed(f"The recordings of the demonstration are not in {folder}") from trouble
    return [Recording(_file_of(row, folder), row["question"]) for row in rows]


def _file_of(row: dict[str, Any], folder: Path) -> Path:
    audio_format = next(name for name in PREFERRED_FORMATS if name in row["formats"])
    return folder / f"{row['name']}.{audio_format}"
