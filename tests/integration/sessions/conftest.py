from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from rest_framework.test import APIClient

from accounts.models import User
from pipeline.domain.values import DraftQuestion
from sessions.models import InterviewSession
from sessions.services import open_session, put_questions

SESSIONS = "/api/v1/interviews/sessions"


@dataclass
class Person:
    """Somebody with a client that speaks for him."""

    user: User
    api: APIClient

    def open(self, **fields: Any) -> Any:
        """Open a session over the API."""
        body = {"target_role": "Data Engineer", **fields}
        response = self.api.post(SESSIONS, body, format="json")
        assert response.status_code == 201, response.content
        return response.json()["data"]

    def get(self, path: str) -> Any:
        """Return the data of a GET that must succeed."""
        response = self.api.get(path)
        assert response.status_code == 200, response.content
        return response.json()["data"]


def person(name: str) -> Person:
    """Return a new person."""
    user = User.objects.create_user(f"{name}@example.com", full_name=name.title())
    client = APIClient(raise_request_exception=False)
    client.force_authenticate(user)
    return Person(user, client)


def draft(number: int = 1, **fields: Any) -> DraftQuestion:
    """Return a question with a text of its own."""
    return DraftQuestion(
        **{
            "text": f"Tell me about project number {number}.",
            "category": "behavioral",
            "difficulty": "medium",
            "time_limit": 120,
            "expected_keywords": ("team", "result"),
            "skills": ("SQL",),
            "bank_key": f"project-{number}",
            **fields,
        }
    )


def fields_at_fault(response: Any) -> list[str]:
    """Return the fields that a 422 names."""
    assert response.status_code == 422, response.content
    return [row["field"] for row in response.json()["error"]["details"]]


@pytest.fixture
def alice(db: None) -> Person:
    return person("alice")


@pytest.fixture
def mallory(db: None) -> Person:
    return person("mallory")


@pytest.fixture
def session(alice: Person) -> InterviewSession:
    """A session of Alice's with three questions."""
    opened = open_session(owner=alice.user, fields={"target_role": "Data Engineer"})
    put_questions(session=opened, drafts=[draft(number) for number in (1, 2, 3)], replace=False)
    return opened


@pytest.fixture
def uploads(settings: Any, tmp_path: Path) -> Path:
    """The storage, in a folder of this test."""
    settings.MEDIA_ROOT = tmp_path
    settings.STORAGES = {
        **settings.STORAGES,
        "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    }
    return tmp_path
