"""POST and GET users/me/export: everything that is kept about a person."""

import io
import json
import stat
import zipfile
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.utils import timezone
from rest_framework.test import APIClient

from accounts import services
from accounts.models import ExportJob, User
from analytics import exports
from analytics.export_archive import write_archive
from analytics.tasks import build_export
from pipeline.runs import dispatch
from pipeline.runs.results import save_feedback, save_score
from pipeline.runs.services import re_evaluate
from tests.factories import (
    make_evaluation,
    make_finished_run,
    make_question,
    make_recording,
    make_session,
    make_transcript,
    make_user,
)

pytestmark = pytest.mark.django_db

PATH = "/api/v1/users/me/export"


@pytest.fixture
def jane() -> User:
    return make_user("jane@example.com", full_name="Jane Doe")


@pytest.fixture
def api(client_for: Callable[[User], APIClient], jane: User) -> APIClient:
    return client_for(jane)


def practise(owner: User, *, said: str = "We finished in time.") -> None:
    """Let somebody have a session with an answer, its recording and its results."""
    question = make_question(session=make_session(owner=owner, title="=1+1"))
    key = default_storage.save(f"{owner.uuid}/tests/answer.mp3", ContentFile(b"ID3 what was said"))
    run = make_finished_run(question=question, audio_key=key)
    make_recording(run=run)
    make_transcript(run=run, text=said)
    make_evaluation(run=run)
    save_score(question.session)
    save_feedback(question.session)


def build(api: APIClient) -> Any:
    """Ask for an archive, and let a worker make it."""
    api.post(PATH)
    build_export(job_id=ExportJob.objects.latest("pk").pk)
    return api.get(PATH).json()["data"]


def open_archive(api: APIClient, made: Any) -> zipfile.ZipFile:
    response: Any = api.get(made["download_path"])
    assert response.status_code == 200
    content = io.BytesIO(b"".join(response.streaming_content))
    return zipfile.ZipFile(content)


class TestAnExport:
    def test_is_polled_like_any_other_work(self, api: APIClient) -> None:
        begun = api.post(PATH)

        waiting = api.get(PATH)
        build_export(job_id=ExportJob.objects.get().pk)
        there = api.get(PATH)

        assert (begun.status_code, begun["Location"]) == (202, PATH)
        assert (waiting.status_code, waiting["Retry-After"]) == (202, "3")
        assert waiting.json()["data"]["download_path"] is None
        assert (there.status_code, there.json()["data"]["status"]) == (200, "completed")

    def test_holds_what_is_kept(self, api: APIClient, jane: User) -> None:
        practise(jane)

        archive = open_archive(api, build(api))

        session = jane.interview_sessions.get()
        assert sorted(archive.namelist()) == [
            "answers.csv",
            f"audio/{session.uuid}/question-01-attempt-01.mp3",
            "profile.json",
            "sessions.csv",
            f"sessions/{session.uuid}.json",
        ]
        told = json.loads(archive.read(f"sessions/{session.uuid}.json"))
        assert told["answers"][0]["transcript"]["text"] == "We finished in time."
        assert told["answers"][0]["evaluation"]["overall"] == 67.0
        assert told["scores"]["answered"] == 1
        assert told["feedback"]["next_steps"]
        profile = json.loads(archive.read("profile.json"))
        assert (profile["email"], profile["lost_recordings"]) == ("jane@example.com", [])
        assert "password" not in profile
        audio = f"audio/{session.uuid}/question-01-attempt-01.mp3"
        assert archive.read(audio) == b"ID3 what was said"

    def test_is_private_on_the_disk(self, api: APIClient, jane: User) -> None:
        practise(jane)

        build(api)

        path = Path(default_storage.path(ExportJob.objects.get().storage_key))
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
        assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700

    def test_holds_what_answers_were_judged_before(self, api: APIClient, jane: User) -> None:
        practise(jane)
        session = jane.interview_sessions.get()
        re_evaluate(session.runs.get())

        told = json.loads(open_archive(api, build(api)).read(f"sessions/{session.uuid}.json"))

        assert told["answers"][0]["evaluation"] is None
        assert told["answers"][0]["past_evaluations"][0]["overall"] == 67.0

    def test_gives_a_spreadsheet_nothing_to_reckon(self, api: APIClient, jane: User) -> None:
        practise(jane, said='=HYPERLINK("http://evil.example")')

        archive = open_archive(api, build(api))

        assert "'=1+1" in archive.read("sessions.csv").decode("utf-8-sig")
        assert "'=HYPERLINK" in archive.read("answers.csv").decode("utf-8-sig")

    def test_holds_nothing_of_others(self, api: APIClient, mallory: User) -> None:
        practise(mallory)

        archive = open_archive(api, build(api))

        assert sorted(archive.namelist()) == ["answers.csv", "profile.json", "sessions.csv"]

    def test_names_recordings_that_are_lost(self, api: APIClient, jane: User) -> None:
        practise(jane)
        default_storage.delete(jane.interview_sessions.get().runs.get().audio_key)

        archive = open_archive(api, build(api))

        assert len(json.loads(archive.read("profile.json"))["lost_recordings"]) == 1


class TestAskingAgain:
    def test_joins_the_one_that_is_being_made(self, api: APIClient) -> None:
        ids = {api.post(PATH).json()["data"]["id"] for _ in range(3)}

        assert len(ids) == 1

    def test_puts_a_new_one_in_its_place(
        self, api: APIClient, django_capture_on_commit_callbacks: Any
    ) -> None:
        first = build(api)
        key = ExportJob.objects.get().storage_key

        with django_capture_on_commit_callbacks(execute=True):
            second = build(api)

        assert second["id"] != first["id"]
        assert api.get(first["download_path"]).status_code == 404
        assert not default_storage.exists(key)

    def test_makes_one_archive_when_the_message_comes_twice(self, api: APIClient) -> None:
        build(api)
        made = ExportJob.objects.get()

        build_export(job_id=made.pk)

        again = ExportJob.objects.get()
        assert (again.storage_key, again.tries) == (made.storage_key, 1)


class TestTrouble:
    @pytest.fixture
    def full_disk(self, monkeypatch: pytest.MonkeyPatch) -> None:
        def refuse(*_: object) -> None:
            raise OSError(28, "No space left on device")

        monkeypatch.setattr(exports, "write_archive", refuse)

    @pytest.mark.usefixtures("full_disk")
    def test_is_given_up_after_three_tries(self, api: APIClient) -> None:
        api.post(PATH)
        job = ExportJob.objects.get()
        for _ in range(4):
            build_export(job_id=job.pk)
        assert api.get(PATH).status_code == 202

        exports.tend()

        job.refresh_from_db()
        assert job.tries == 3
        assert api.get(PATH).json()["data"]["status"] == "failed"

    def test_of_a_lost_worker_is_mended(
        self, api: APIClient, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        rung: list[int] = []

        def ring(_task: str, *, job_id: int) -> bool:
            rung.append(job_id)
            return True

        monkeypatch.setattr(dispatch, "send", ring)
        api.post(PATH)
        an_hour_ago = timezone.now() - timedelta(hours=1)
        ExportJob.objects.update(state="running", lease_until=an_hour_ago, created_at=an_hour_ago)
        job = ExportJob.objects.get()

        exports.tend()
        build_export(job_id=job.pk)

        assert rung == [job.pk]
        assert api.get(PATH).json()["data"]["status"] == "completed"

    def test_a_closed_account_leaves_no_archive(
        self, api: APIClient, jane: User, django_capture_on_commit_callbacks: Any
    ) -> None:
        build(api)
        key = ExportJob.objects.get().storage_key

        with django_capture_on_commit_callbacks(execute=True):
            services.close_account(jane)

        assert not default_storage.exists(key)

    def test_an_account_closed_meanwhile_leaves_no_archive(
        self, api: APIClient, jane: User, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        api.post(PATH)
        job = ExportJob.objects.get()

        def write_and_close(owner: User, path: Any) -> None:
            write_archive(owner, path)
            ExportJob.objects.all().delete()

        monkeypatch.setattr(exports, "write_archive", write_and_close)
        build_export(job_id=job.pk)

        assert default_storage.listdir(f"{jane.uuid}/exports")[1] == []


class TestAfterADay:
    def test_it_is_gone(self, api: APIClient, django_capture_on_commit_callbacks: Any) -> None:
        made = build(api)
        key = ExportJob.objects.get().storage_key
        ExportJob.objects.update(finished_at=timezone.now() - timedelta(hours=25))
        assert api.get(PATH).status_code == 404
        assert api.get(made["download_path"]).status_code == 404

        with django_capture_on_commit_callbacks(execute=True):
            exports.forget_old()

        assert not ExportJob.objects.exists()
        assert not default_storage.exists(key)


class TestSomebodyElse:
    def test_gets_nothing(
        self, api: APIClient, client_for: Callable[[User], APIClient], mallory: User
    ) -> None:
        made = build(api)

        assert client_for(mallory).get(made["download_path"]).status_code == 404
        assert client_for(mallory).get(PATH).status_code == 404

    @pytest.mark.parametrize("method", ["get", "post"])
    def test_needs_a_token(self, method: str) -> None:
        assert getattr(APIClient(), method)(PATH).status_code == 401
