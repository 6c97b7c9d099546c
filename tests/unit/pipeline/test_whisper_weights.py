import errno
import hashlib
import os
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import huggingface_hub.constants
import pytest

from pipeline.providers.speech import whisper_weights
from pipeline.providers.speech.whisper_weights import (
    PackagedModel,
    WeightsUnavailable,
    ensure_model,
)

FIRST, SECOND = b"first half, ", b"second half"


@pytest.fixture
def models_dir(tmp_path: Path, settings: Any) -> Path:
    """A models directory of this test's own."""
    settings.MODELS_DIR = tmp_path / "models"
    return tmp_path / "models"


@pytest.fixture
def packages(tmp_path: Path, models_dir: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Two packages with a model in two parts, known under the name `tiny`."""
    site = tmp_path / "site"
    for number, content in enumerate((FIRST, SECOND), start=1):
        data = site / f"tiny_weights_{number}" / "data"
        data.mkdir(parents=True)
        (data.parent / "__init__.py").touch()
        (data / f"model.bin.part{number}").write_bytes(content)
    (site / "tiny_weights_1" / "data" / "config.json").write_text("{}")
    model = PackagedModel(
        folder="whisper-tiny",
        packages=("tiny_weights_1", "tiny_weights_2"),
        sha256=hashlib.sha256(FIRST + SECOND).hexdigest(),
    )
    monkeypatch.syspath_prepend(site)
    monkeypatch.setitem(whisper_weights.PACKAGED, "tiny", model)
    return site


class TestPackagedModel:
    def test_is_joined_from_its_parts(self, packages: Path, models_dir: Path) -> None:
        directory = ensure_model("tiny")

        assert directory == models_dir / "whisper-tiny"
        assert (directory / "model.bin").read_bytes() == FIRST + SECOND
        assert (directory / "config.json").is_file()

    def test_is_not_read_again_once_it_was_found_right(
        self, packages: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        directory = ensure_model("tiny")
        monkeypatch.setattr(hashlib, "file_digest", None)

        assert ensure_model("tiny") == directory

    def test_is_refused_when_a_package_holds_something_else(
        self, packages: Path, models_dir: Path
    ) -> None:
        (packages / "tiny_weights_2" / "data" / "model.bin.part2").write_bytes(b"poison")

        with pytest.raises(WeightsUnavailable, match="expected"):
            ensure_model("tiny")

        assert [path.name for path in models_dir.iterdir()] == [".whisper-tiny.lock"]

    def test_is_refused_when_the_joined_file_was_changed(self, packages: Path) -> None:
        directory = ensure_model("tiny")
        (directory / "model.bin").write_bytes(b"other weights, same place")

        with pytest.raises(WeightsUnavailable, match=r"Delete whisper-tiny"):
            ensure_model("tiny")

    def test_is_checked_and_marked_where_an_operator_copied_it(self, packages: Path) -> None:
        directory = ensure_model("tiny")
        (directory / whisper_weights.MARKER).unlink()

        assert ensure_model("tiny") == directory
        assert (directory / whisper_weights.MARKER).is_file()

    def test_survives_a_process_that_was_killed_while_joining(
        self, packages: Path, models_dir: Path
    ) -> None:
        (models_dir / ".whisper-tiny-abc").mkdir(parents=True)
        (models_dir / ".whisper-tiny-abc" / "model.bin").write_bytes(b"half")

        ensure_model("tiny")

        assert not (models_dir / ".whisper-tiny-abc").exists()

    def test_is_joined_once_by_many_at_the_same_time(self, packages: Path) -> None:
        with ThreadPoolExecutor(8) as pool:
            found = set(pool.map(ensure_model, ["tiny"] * 16))

        assert len(found) == 1

    def test_says_so_when_the_disk_is_full(
        self, packages: Path, models_dir: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def full(*_: object) -> int:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

        monkeypatch.setattr(os, "write", full)

        with pytest.raises(WeightsUnavailable, match="has no room"):
            ensure_model("tiny")

        assert not (models_dir / "whisper-tiny").exists()

    def test_names_the_package_that_is_missing(
        self, packages: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        lonely = PackagedModel(folder="whisper-lonely", packages=("not_installed",), sha256="")
        monkeypatch.setitem(whisper_weights.PACKAGED, "lonely", lonely)

        with pytest.raises(WeightsUnavailable, match="not_installed is missing"):
            ensure_model("lonely")


class TestOtherNames:
    def test_take_a_directory_as_it_is(self, tmp_path: Path) -> None:
        (tmp_path / "model.bin").touch()

        assert ensure_model(str(tmp_path)) == tmp_path

    def test_refuse_a_directory_without_a_model(self, tmp_path: Path) -> None:
        with pytest.raises(WeightsUnavailable, match=r"holds no model\.bin"):
            ensure_model(str(tmp_path))

    def test_refuse_a_directory_that_is_not_there(self) -> None:
        with pytest.raises(WeightsUnavailable, match="does not exist"):
            ensure_model("/no/such/directory")

    def test_stay_off_the_network_when_the_operator_says_so(
        self, models_dir: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(huggingface_hub.constants, "HF_HUB_OFFLINE", True)

        with pytest.raises(WeightsUnavailable, match="could not be had from the Hub"):
            ensure_model("large-v3-turbo")
