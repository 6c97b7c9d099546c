"""Runs among the parts of a private stack: people with results to poll, and what a poll asks of the database. See `benchmarks.drive`."""

from typing import Any, Final

import django

django.setup()

from django.db import connection  # noqa: E402 - the settings are there now
from django.test import Client  # noqa: E402 - likewise
from django.test.utils import CaptureQueriesContext  # noqa: E402 - likewise

from accounts.tokens import issue_tokens  # noqa: E402 - likewise
from tests.factories import (  # noqa: E402 - likewise
    make_evaluation,
    make_finished_run,
    make_question,
    make_run,
    make_session,
    make_transcript,
    make_user,
)

TABLE: Final = "CREATE TABLE IF NOT EXISTS bench_upload (id bigserial PRIMARY KEY, name text)"


def make_people(count: int) -> dict[str, Any]:
    """Return so many people, each with a session: one question is answered and judged, one is in work, one is open."""
    with connection.cursor() as cursor:
        cursor.execute(TABLE)
    return {"people": [_make_person(number) for number in range(count)]}


def count_queries(person: dict[str, str]) -> dict[str, Any]:
    """Return how many queries a poll takes, by what is polled."""
    client = Client(headers={"Authorization": f"Bearer {person['token']}", "Host": "localhost"})
    found = {}
    for kind in ("pending", "finished"):
        client.get(person[kind])  # caches of the process are warm
        with CaptureQueriesContext(connection) as queries:
            client.get(person[kind])
        found[kind] = len(queries)
    return found


def _make_person(number: int) -> dict[str, str]:
    user = make_user(f"polls-{number}@example.com")
    session = make_session(owner=user)
    finished, pending, free = (make_question(session=session) for _ in range(3))
    run = make_finished_run(question=finished)
    make_transcript(run=run)
    make_evaluation(run=run)
    make_run(question=pending)
    path = f"/api/v1/interviews/sessions/{session.uuid}/questions"
    return {
        "token": issue_tokens(user).access,
        "finished": f"{path}/{finished.uuid}/evaluation",
        "pending": f"{path}/{pending.uuid}/evaluation",
        "upload": f"{path}/{free.uuid}/audio",
        "result": f"{path}/{free.uuid}/evaluation",
        "feedback": f"/api/v1/feedback/sessions/{session.uuid}/feedback",
    }
