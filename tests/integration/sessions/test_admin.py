from pathlib import Path

import pytest
from django.test import Client

from accounts.models import User
from sessions.models import InterviewSession
from tests.integration.sessions.conftest import Person

LIST = "/admin/interview_sessions/interviewsession/"


@pytest.fixture
def staff(db: None) -> Client:
    client = Client()
    client.force_login(User.objects.create_superuser("root@example.com", "x", full_name="Root"))
    return client


class TestSessionsInTheAdmin:
    def test_are_found_and_shown_with_their_questions(
        self, staff: Client, alice: Person, session: InterviewSession
    ) -> None:
        found = staff.get(f"{LIST}?q=alice")
        shown = staff.get(f"{LIST}{session.pk}/change/")

        assert b"Data Engineer interview" in found.content
        assert b"Tell me about project number 1." in shown.content

    def test_are_not_added_there(self, staff: Client) -> None:
        assert staff.get(f"{LIST}add/").status_code == 403

    @pytest.mark.django_db(transaction=True)
    def test_go_with_their_recordings(
        self, staff: Client, session: InterviewSession, uploads: Path
    ) -> None:
        recording = uploads / str(session.owner.uuid) / str(session.uuid) / "a.wav"
        recording.parent.mkdir(parents=True)
        recording.write_bytes(b"sound")
        body = {"post": "yes", "action": "delete_selected", "_selected_action": [session.pk]}

        staff.post(LIST, body)

        assert not InterviewSession.objects.exists()
        assert not recording.exists()
