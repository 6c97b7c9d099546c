from pathlib import Path
from typing import Any

import pytest
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import Permission
from django.test import Client

from accounts.models import User
from media.models import AudioAnswer
from pipeline.models import PipelineRun
from tests.factories import make_user
from tests.integration.media.conftest import Uploader, files_below
from tests.recordings import wave_bytes

pytestmark = pytest.mark.django_db
LIST = "/admin/media/audioanswer/"


@pytest.fixture
def recording(uploader: Uploader) -> AudioAnswer:
    """What Alice said."""
    uploader.upload()
    return AudioAnswer.objects.get()


@pytest.fixture
def staff(client: Client) -> Client:
    """The browser of somebody who may see everything."""
    client.force_login(User.objects.create_superuser("chief@example.com", "correct-horse-9"))
    return client


def listen(client: Client, recording: AudioAnswer, **headers: str) -> tuple[int, bytes]:
    response = client.get(f"{LIST}{recording.pk}/listen", headers=headers)
    body = b"".join(response) if response.streaming else response.content
    return response.status_code, body


class TestStaff:
    def test_see_what_was_recorded(self, staff: Client, recording: AudioAnswer) -> None:
        page = staff.get(LIST).content.decode()

        for seen in ("wav", "1.0", "0.03", str(recording.question.session)):
            assert seen in page

    def test_find_a_recording_by_its_owner(self, staff: Client, recording: AudioAnswer) -> None:
        own = f"{LIST}{recording.pk}/change/"

        assert own in staff.get(f"{LIST}?q=alice").content.decode()
        assert own not in staff.get(f"{LIST}?q=mallory").content.decode()

    def test_listen_and_are_written_down(self, staff: Client, recording: AudioAnswer) -> None:
        page = staff.get(f"{LIST}{recording.pk}/change/").content.decode()

        assert f'src="{LIST}{recording.pk}/listen"' in page
        assert listen(staff, recording) == (200, wave_bytes())
        assert LogEntry.objects.get().get_change_message() == "Listened."

    def test_are_written_down_once_for_one_listening(
        self, staff: Client, recording: AudioAnswer
    ) -> None:
        for span in ("bytes=0-", "bytes=100-200", "bytes=-10"):
            assert listen(staff, recording, range=span)[0] == 206

        assert LogEntry.objects.count() == 1

    def test_are_told_when_the_file_is_gone(
        self, staff: Client, recording: AudioAnswer, uploads: Path
    ) -> None:
        files_below(uploads)[0].unlink()

        assert listen(staff, recording)[0] == 404
        assert not LogEntry.objects.exists()

    def test_change_nothing(self, staff: Client, recording: AudioAnswer) -> None:
        assert staff.get(f"{LIST}add/").status_code == 403
        assert staff.post(f"{LIST}{recording.pk}/change/", {"attempt": 9}).status_code == 403
        assert AudioAnswer.objects.get().attempt == 1

    def test_remove_it_with_its_run(
        self,
        staff: Client,
        recording: AudioAnswer,
        uploads: Path,
        django_capture_on_commit_callbacks: Any,
    ) -> None:
        chosen = {"action": "delete_selected", "_selected_action": [recording.pk], "post": "yes"}

        with django_capture_on_commit_callbacks(execute=True):
            staff.post(LIST, chosen)

        assert not AudioAnswer.objects.exists()
        assert not PipelineRun.objects.exists()
        assert files_below(uploads) == []

    def test_remove_it_with_its_session(
        self,
        staff: Client,
        recording: AudioAnswer,
        uploads: Path,
        django_capture_on_commit_callbacks: Any,
    ) -> None:
        session = recording.question.session

        with django_capture_on_commit_callbacks(execute=True):
            path = f"/admin/interview_sessions/interviewsession/{session.pk}/delete/"
            assert staff.post(path, {"post": "yes"}).status_code == 302

        assert not AudioAnswer.objects.exists()
        assert files_below(uploads) == []


class TestOthers:
    def test_do_not_listen_without_the_right_to_see(
        self, client: Client, recording: AudioAnswer
    ) -> None:
        helper = make_user(is_staff=True)
        client.force_login(helper)

        assert listen(client, recording)[0] == 403

        helper.user_permissions.add(Permission.objects.get(codename="view_audioanswer"))
        assert listen(client, recording)[0] == 200

    def test_are_sent_to_the_log_in(
        self, client: Client, recording: AudioAnswer, alice: User
    ) -> None:
        client.force_login(alice)

        assert listen(client, recording)[0] == 302
