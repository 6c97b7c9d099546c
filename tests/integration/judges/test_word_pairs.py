"""The table of word pairs: built once, shared by all workers, and done without where it cannot be kept."""

from pathlib import Path
from unittest.mock import Mock

import numpy as np
import pytest
from pytest_django.fixtures import Settings

from pipeline.providers.nlp import bigrams
from pipeline.providers.nlp.bigrams import Table, WordPairs

TEXT = "We moved all customers in one night."


@pytest.fixture
def small_table(monkeypatch: pytest.MonkeyPatch) -> Mock:
    """Build a table of four words, and count how often."""
    table = Table(
        words=np.array([b"all", b"customers", b"moved", b"we"]),
        counts=np.array([3e9, 5e7, 4e7, 3e9]),
        keys=np.array([(0 << 32) | 1, (3 << 32) | 2]),
        pairs=np.array([9e5, 8e5], dtype=np.float32),
    )
    build = Mock(return_value=table)
    monkeypatch.setattr(bigrams, "build_table", build)
    return build


@pytest.fixture(autouse=True)
def models(tmp_path: Path, settings: Settings) -> Path:
    settings.MODELS_DIR = tmp_path / "models"
    return tmp_path / "models"


class TestTheTable:
    def test_is_built_once_and_then_mapped(self, small_table: Mock) -> None:
        first, second = WordPairs().read([TEXT]), WordPairs().read([TEXT])

        assert first == second
        assert small_table.call_count == 1
        assert isinstance(bigrams.open_table().words.base, np.memmap)

    def test_leaves_no_drafts_behind(self, small_table: Mock, models: Path) -> None:
        bigrams.open_table()

        assert list(models.iterdir()) == [bigrams.table_folder()]

    @pytest.mark.parametrize("spoil", ["shorten", "remove"])
    def test_is_built_again_where_a_file_is_spoilt(self, small_table: Mock, spoil: str) -> None:
        expected = WordPairs().read([TEXT])
        keys = bigrams.table_folder() / "keys.npy"
        if spoil == "remove":
            keys.unlink()
        else:
            keys.write_bytes(keys.read_bytes()[:-8])

        assert WordPairs().read([TEXT]) == expected
        assert WordPairs().read([TEXT]) == expected
        assert small_table.call_count == 2

    def test_is_kept_in_memory_where_it_cannot_be_written(
        self, small_table: Mock, models: Path
    ) -> None:
        models.write_text("a file, where a folder should be")

        (read,) = WordPairs().read([TEXT])

        assert len(read) == 6

    def test_of_two_who_write_it_at_once_is_the_first_ones(
        self, small_table: Mock, models: Path
    ) -> None:
        bigrams.open_table()
        inode = bigrams.table_folder().stat().st_ino
        bigrams.write_table(small_table(), bigrams.table_folder())

        assert bigrams.table_folder().stat().st_ino == inode
        assert list(models.iterdir()) == [bigrams.table_folder()]
