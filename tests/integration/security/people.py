"""Everybody who may knock, and what is Alice's."""

import secrets
from dataclasses import dataclass
from typing import Any, Final

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.utils import timezone
from rest_framework.test import APIClient

from accounts.models import ExportJob, User
from accounts.roles import give_roles
from accounts.tokens import issue_tokens
from media.audio_files import public_name
from pipeline.runs.results import save_feedback, save_score
from sessions import shares
from tests.factories import (
    make_evaluation,
    make_finished_run,
    make_question,
    make_recording,
    make_session,
    make_transcript,
    make_user,
)
from tests.integration.security.routes import Route

STAFF: Final = ("reviewer", "operator", "admin")
VISITORS: Final = ("anonymous", "cookie", "owner", "other", *STAFF, "share")

# What makes the request one that its owner may send; elsewhere the body is empty.
SESSION: Final = "/api/v1/interviews/sessions"
QUESTION: Final = f"{SESSION}/{{session_uuid}}/questions/{{question_uuid}}"
BODIES: Final[dict[str, dict[str, Any]]] = {
    f"POST {SESSION}": {"target_role": "Engineer"},
    f"PUT {SESSION}/{{session_uuid}}": {"target_role": "Engineer"},
    f"POST {QUESTION}/answer": {"text": "I found what held the project up, and we finished."},
    f"PUT {QUESTION}/transcript": {"transcript": "We finished in good time."},
    "POST /api/v1/shared/{token}/comments": {"text": "Well said."},
    "PUT /api/v1/users/{user_uuid}/skills": {"skills": ["SQL"]},
    "POST /api/v1/users/email/verify": {"token": "x"},
    "POST /api/v1/users/password/reset": {"email": "nobody@example.com"},
    "POST /api/v1/users/password/reset/confirm": {"token": "x", "password": "another-horse-10"},
    "POST /api/v1/users/login": {"email": "alice@example.com", "password": "wrong-horse-9"},
    "POST /api/v1/users/token/refresh": {"refresh_token": "x"},
}
QUERIES: Final = {"GET /api/v1/feedback/compare": "?sessions={session_uuid},{second_uuid}"}


@dataclass(frozen=True, slots=True)
class House:
    """What Alice has, by the names that holes in paths have; and the token of her link."""

    alice: User
    values: dict[str, str]
    share_token: str


@dataclass(frozen=True, slots=True)
class Knocker:
    """A visitor at the door."""

    client: APIClient
    values: dict[str, str]

    def ask(self, route: Route, **instead: str) -> Any:
        """Send the request, with these values in the path's holes instead of Alice's."""
        values = {**self.values, **instead}
        path = f"{route.path}{QUERIES.get(str(route), '')}".format(**values)
        send = getattr(self.client, route.method.lower())
        body = {} if route.method == "GET" else BODIES.get(str(route), {})
        options = {} if route.method == "GET" else {"format": "json"}
        response = send(path, body, **options)
        if response.streaming:
            b"".join(response.streaming_content)
            for close in response._resource_closers:  # its own `close` would take the database away
                close()
        return response


def furnish() -> House:
    """Make Alice, with one of everything that a path can be about."""
    alice = make_user("alice@example.com")
    session = make_session(owner=alice)
    question = make_question(session=session, attempt_count=1)
    run = make_finished_run(question=question)
    make_transcript(run=run)
    make_evaluation(run=run)
    save_score(session)
    save_feedback(session)
    recording = make_recording(run=run)
    job = ExportJob.objects.create(
        owner=alice,
        state=ExportJob.State.COMPLETED,
        storage_key=f"{alice.uuid}/exports/all.zip",
        finished_at=timezone.now(),
        size_bytes=4,
    )
    for key in (recording.storage_key, job.storage_key):
        default_storage.save(key, ContentFile(b"kept"))
    share, token = shares.share_session(
        owner=alice, session_uuid=session.uuid, days=7, with_audio=True, with_name=True
    )
    values = {
        "user_uuid": str(alice.uuid),
        "session_uuid": str(session.uuid),
        "question_uuid": str(question.uuid),
        "share_uuid": str(share.uuid),
        "export_uuid": str(job.uuid),
        "chart_type": "score_trend",
        "second_uuid": str(make_session(owner=alice).uuid),
        "name": public_name(position=1, attempt=1, audio_format=recording.format),
    }
    return House(alice, values, token)


def knock(who: str, house: House) -> Knocker:
    """Return one of the visitors, with all the credentials that he can have; only who has the link knows its token."""
    client = APIClient(raise_request_exception=False)
    if who == "owner":
        _bear(client, issue_tokens(house.alice).access)
    elif who == "other":
        _bear(client, issue_tokens(make_user("mallory@example.com")).access)
    elif who in STAFF:
        person = make_staff(who)
        client.force_login(person)
        _bear(client, issue_tokens(person).access)
    elif who == "cookie":  # a session of the admin's alone, which must be worth nothing to the API
        client.force_login(make_user("root@example.com", is_staff=True, is_superuser=True))
    elif who == "share":
        _bear(client, house.share_token)
    token = house.share_token if who == "share" else secrets.token_urlsafe(32)
    return Knocker(client, {**house.values, "token": token})


def make_staff(role: str) -> User:
    """Return one of the staff with that role."""
    person = make_user(f"{role}@example.com")
    give_roles(person, [role])
    return person


def _bear(client: APIClient, token: str) -> None:
    client.credentials(HTTP_AUTHORIZATION=f"Bearer {token}")
