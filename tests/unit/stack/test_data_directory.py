"""The directory that holds everything."""

import errno
import json
import shutil
import stat
from pathlib import Path
from types import SimpleNamespace

import pytest

from interview_platform.local import read_secret
from interview_platform.stack.data_directory import (
    SECRET_NAMES,
    held,
    make_secrets,
    note_runtime,
    prepare_directory,
    running_url,
    write_private,
)
from interview_platform.stack.troubles import CannotStart


def mode_of(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


class TestPreparedDirectory:
    def test_is_private_and_has_secrets_of_its_own(self, tmp_path: Path) -> None:
        prepare_directory(tmp_path / "a" / "b")
        prepare_directory(tmp_path / "c")

        secrets = [read_secret(tmp_path / "a" / "b", name) for name in SECRET_NAMES]
        others = [read_secret(tmp_path / "c", name) for name in SECRET_NAMES]
        assert mode_of(tmp_path / "a" / "b") == 0o700
        assert mode_of(tmp_path / "a" / "b" / "secrets.json") == 0o600
        assert all(len(secret) >= 48 for secret in secrets)
        assert len({*secrets, *others}) == 6

    def test_keeps_its_secrets_and_adds_what_is_missing(self, tmp_path: Path) -> None:
        write_private(tmp_path / "secrets.json", {"secret_key": "kept"})
        (tmp_path / "secrets.json").chmod(0o644)

        make_secrets(tmp_path)

        content = json.loads((tmp_path / "secrets.json").read_text("utf-8"))
        assert content["secret_key"] == "kept"
        assert set(content) == set(SECRET_NAMES)
        assert mode_of(tmp_path / "secrets.json") == 0o600

    def test_is_refused_with_damaged_secrets(self, tmp_path: Path) -> None:
        (tmp_path / "secrets.json").write_text("{", "utf-8")

        with pytest.raises(CannotStart, match=r"secrets\.json is damaged"):
            prepare_directory(tmp_path)

    def test_is_refused_where_it_cannot_be_made(self, tmp_path: Path) -> None:
        (tmp_path / "file").touch()

        with pytest.raises(CannotStart, match="cannot be written: Not a directory"):
            prepare_directory(tmp_path / "file" / "data")

    def test_is_refused_on_a_disk_that_is_nearly_full(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(shutil, "disk_usage", lambda path: SimpleNamespace(free=60_000_000))

        with pytest.raises(CannotStart, match=r"nearly full: 60 MB free, 400 MB needed"):
            prepare_directory(tmp_path)

    def test_needs_less_room_once_the_model_is_there(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        (tmp_path / "models" / "whisper-base").mkdir(parents=True)
        (tmp_path / "models" / "whisper-base" / "model.bin").touch()
        monkeypatch.setattr(shutil, "disk_usage", lambda path: SimpleNamespace(free=60_000_000))

        prepare_directory(tmp_path)

    def test_is_refused_on_a_disk_that_is_full(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def full(path: Path, content: bytes) -> int:
            raise OSError(errno.ENOSPC, "No space left on device")

        monkeypatch.setattr(Path, "write_bytes", full)

        with pytest.raises(CannotStart, match=r"^The disk of .* is full\.$"):
            prepare_directory(tmp_path)


class TestHeldDirectory:
    def test_is_refused_to_a_second_one_which_is_told_where_the_first_is(
        self, tmp_path: Path
    ) -> None:
        with held(tmp_path):
            note_runtime(tmp_path, url="http://127.0.0.1:8123")

            with pytest.raises(CannotStart, match=r"already runs at http://127\.0\.0\.1:8123"):
                held(tmp_path).__enter__()

            assert running_url(tmp_path) == "http://127.0.0.1:8123"
        assert running_url(tmp_path) == ""

    def test_is_free_again_after_a_crash(self, tmp_path: Path) -> None:
        note_runtime(tmp_path, url="http://127.0.0.1:8123")

        assert running_url(tmp_path) == ""
        with held(tmp_path):
            pass

    def test_is_held_by_nobody_when_it_is_not_there(self, tmp_path: Path) -> None:
        assert running_url(tmp_path / "nowhere") == ""
