import io
import os
import time
import uuid
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core.files.storage import InMemoryStorage, default_storage
from django.core.management import call_command

from media.apps import SWEEP_SECONDS
from media.models import AudioAnswer
from media.services import sweep_orphans
from media.storage import INCOMING, SPOOL_PREFIX
from pipeline.runs import periodic
from tests.integration.media.conftest import Uploader, files_below, needs_directory

pytestmark = pytest.mark.django_db
OLD = 2 * 3600  # seconds


def age(path: Path, seconds: float = OLD) -> Path:
    """Make a file or a folder look as if nothing had happened to it for so long."""
    then = time.time() - seconds
    os.utime(path, (then, then))
    return path


@pytest.fixture
def orphan(uploads: Path) -> Path:
    """A file that a process killed between rename and commit has left."""
    folder = uploads / str(uuid.uuid4()) / str(uuid.uuid4())
    folder.mkdir(parents=True)
    path = folder / f"{uuid.uuid4()}.mp3"
    path.write_bytes(b"somebody's answer")
    age(path)
    return path


def killed_upload(uploads: Path) -> Path:
    (uploads / INCOMING).mkdir(exist_ok=True)
    path = uploads / INCOMING / f"{SPOOL_PREFIX}x"
    path.write_bytes(b"half an answer")
    return path


class TestSweepOrphans:
    def test_removes_a_recording_without_a_row(self, orphan: Path, uploads: Path) -> None:
        swept = sweep_orphans()

        assert not orphan.exists()
        assert swept.recordings == (orphan.relative_to(uploads).as_posix(),)

    @needs_directory
    def test_removes_what_a_killed_upload_has_left(self, uploads: Path) -> None:
        path = age(killed_upload(uploads))

        assert sweep_orphans().spools == (str(path),)
        assert not path.exists()

    def test_leaves_recordings_with_a_row(self, uploader: Uploader) -> None:
        uploader.upload()
        [file] = files_below(uploader.storage)
        age(file)

        assert str(sweep_orphans()).startswith("0 recordings")
        assert file.exists()

    @needs_directory
    def test_leaves_what_may_be_on_its_way(self, orphan: Path, uploads: Path) -> None:
        age(orphan, seconds=60)
        arriving = killed_upload(uploads)

        sweep_orphans()
        assert orphan.exists()
        assert arriving.exists()

        sweep_orphans(older_than=timedelta(seconds=-1))
        assert files_below(uploads) == []

    def test_leaves_files_that_are_not_ours(self, uploads: Path) -> None:
        others = [uploads / "README", uploads / "backup" / "x.mp3", uploads / INCOMING / "notes"]
        for path in others:
            path.parent.mkdir(exist_ok=True)
            path.write_bytes(b"keep me")
            age(path)

        sweep_orphans()

        assert all(path.exists() for path in others)

    def test_leaves_the_row_of_a_lost_file_to_the_pipeline(self, uploader: Uploader) -> None:
        uploader.upload()
        files_below(uploader.storage)[0].unlink()

        sweep_orphans(older_than=timedelta(seconds=-1))

        assert AudioAnswer.objects.count() == 1

    @needs_directory
    def test_removes_folders_that_stand_empty(self, orphan: Path, uploads: Path) -> None:
        sweep_orphans()
        assert orphan.parent.exists(), "it has just been emptied: an upload may be on its way"

        age(orphan.parent)
        assert sweep_orphans().folders == 1
        assert not orphan.parent.exists()
        assert orphan.parent.parent.exists()

    def test_sweeps_a_bucket_too(self, settings: Any, orphan: Path) -> None:
        settings.STORAGES = {
            **settings.STORAGES,
            "default": {"BACKEND": "django.core.files.storage.InMemoryStorage"},
        }
        name = f"{uuid.uuid4()}/{uuid.uuid4()}/{uuid.uuid4()}.ogg"
        default_storage.save(name, io.BytesIO(b"an answer"))
        assert isinstance(default_storage, InMemoryStorage)

        swept = sweep_orphans(older_than=timedelta(seconds=-1))

        assert swept.recordings == (name,)
        assert not default_storage.exists(name)

    def test_asks_the_database_once_for_a_session(
        self, orphan: Path, django_assert_num_queries: Callable[[int], Any]
    ) -> None:
        for _ in range(5):
            another = orphan.parent / f"{uuid.uuid4()}.mp3"
            another.write_bytes(b"x")
            age(another)

        with django_assert_num_queries(1):
            sweep_orphans()


class TestTheCommand:
    def test_says_what_it_would_remove_and_removes_nothing(self, orphan: Path) -> None:
        said = io.StringIO()

        call_command("sweep", "--dry-run", stdout=said)

        assert orphan.name in said.getvalue()
        assert "Found 1 recordings without a row" in said.getvalue()
        assert orphan.exists()

    def test_removes_what_is_older_than_asked_for(self, orphan: Path) -> None:
        call_command("sweep", "--older-than", "180", stdout=io.StringIO())
        assert orphan.exists()

        call_command("sweep", stdout=io.StringIO())
        assert not orphan.exists()


class TestTheReconcilersLeader:
    def test_sweeps_once_an_hour(self) -> None:
        [job] = [job for name, job in periodic.JOBS.items() if "sweep" in name]

        assert (job.do, job.every_seconds) == (sweep_orphans, SWEEP_SECONDS)
