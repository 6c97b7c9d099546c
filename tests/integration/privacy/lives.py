"""Somebody whose words are found wherever they go, and a look at everything that is kept."""

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from rest_framework.test import APIClient

from accounts.models import User
from pipeline.models import PipelineRun
from sessions.models import InterviewSession, Question
from tests.recordings import wave_bytes

NAME = "Zebulon Quarrington"
EMAIL = "zebulon@quarrington.example"
PASSWORD = "bluebottle-horse-9"
COMPANY = "Quarringtonia Holdings"
SAID = "My Bluebottle project saved the Wobbleton plant two million, because the team agreed on a deadline."
CANARIES = ("quarrington", "bluebottle", "wobbleton")  # nobody else says such words


@dataclass
class Life:
    """A person with an interview, all by way of the API."""

    api: APIClient = field(default_factory=lambda: APIClient(raise_request_exception=False))
    data: dict[str, Any] = field(default_factory=dict)
    session: dict[str, Any] = field(default_factory=dict)

    @property
    def user(self) -> User:
        return User.objects.get(email=EMAIL)

    @property
    def row(self) -> InterviewSession:
        return InterviewSession.objects.get(uuid=self.session["id"])

    @property
    def questions(self) -> list[Question]:
        return list(self.row.questions.order_by("position"))

    def path_of(self, question: Question, name: str) -> str:
        return f"/api/v1/interviews/sessions/{self.session['id']}/questions/{question.uuid}/{name}"

    def send(self, path: str, body: Any = None, *, method: str = "post", **headers: str) -> Any:
        """Ask, and want a success."""
        response = getattr(self.api, method)(path, body, format="json", headers=headers)
        assert response.status_code < 300, response.content
        return response.json()["data"]

    def register(self) -> None:
        body = {"email": EMAIL, "password": PASSWORD, "full_name": NAME}
        self.data = self.send("/api/v1/users/register", body)
        self.api.credentials(HTTP_AUTHORIZATION=f"Bearer {self.data['token']}")

    def open_interview(self, *, questions: int = 6) -> None:
        self.send("/api/v1/users/me", {"target_role": f"Chief of {COMPANY}"}, method="patch")
        fields = {
            "title": f"{COMPANY}, final round",
            "target_role": "Nurse",
            "target_company": COMPANY,
        }
        self.session = self.send("/api/v1/interviews/sessions", fields)
        path = f"/api/v1/interviews/sessions/{self.session['id']}/questions/generate"
        wish = {"num_questions": questions, "job_description": f"We at {COMPANY} look for nurses."}
        self.send(path, wish, **{"Idempotency-Key": f"{COMPANY}-1".replace(" ", "-")})

    def record(self, question: Question) -> PipelineRun:
        file = SimpleUploadedFile(f"{NAME}.wav", wave_bytes())
        answer = self.api.post(self.path_of(question, "audio"), {"file": file}, format="multipart")
        assert answer.status_code == 201, answer.content
        return PipelineRun.objects.filter(question=question).latest("pk")

    def write(self, question: Question, text: str = SAID) -> PipelineRun:
        self.send(self.path_of(question, "answer"), {"text": text})
        return PipelineRun.objects.filter(question=question).latest("pk")


def everything_in_the_database() -> dict[str, list[str]]:
    """Return every row of every table, as text."""
    found = {}
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            cursor.execute(f"SELECT * FROM {connection.ops.quote_name(table)}")  # noqa: S608 - a name that the database gave
            found[table] = [str(row) for row in cursor.fetchall()]
    return found


def everything_in(folder: Path) -> str:
    """Return the names and the contents of all files, as text."""
    files = [path for path in folder.rglob("*") if path.is_file()]
    return "\n".join(f"{path} {path.read_bytes().decode('latin-1')}" for path in files)


def canaries_in(text: str) -> list[str]:
    """Return the words of the person's that the text has."""
    return [word for word in CANARIES if word in text.lower()]
