"""The stamp that spares a second start the wait for migrations."""

import sqlite3
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest

from interview_platform.stack.config import StackConfig
from interview_platform.stack.schema_stamp import is_prepared, note_prepared


@pytest.fixture
def config(tmp_path: Path) -> StackConfig:
    with closing(sqlite3.connect(tmp_path / "db.sqlite3")) as connection, connection:
        connection.execute("CREATE TABLE django_migrations (id INTEGER, app TEXT, name TEXT)")
        connection.execute("INSERT INTO django_migrations VALUES (1, 'media', '0001_initial')")
    return StackConfig(
        data_dir=tmp_path,
        host="127.0.0.1",
        port=8000,
        broker_url="",
        database_url="",
        gpu_concurrency=1,
        cpu_concurrency=2,
    )


class TestStamp:
    def test_holds_for_the_same_code_and_the_same_tables(self, config: StackConfig) -> None:
        before = is_prepared(config)
        note_prepared(config)

        assert (before, is_prepared(config)) == (False, True)

    def test_falls_with_a_database_that_lacks_a_migration(self, config: StackConfig) -> None:
        note_prepared(config)
        with closing(sqlite3.connect(config.data_dir / "db.sqlite3")) as connection, connection:
            connection.execute("DELETE FROM django_migrations")

        assert not is_prepared(config)

    def test_falls_with_the_database(self, config: StackConfig) -> None:
        note_prepared(config)
        (config.data_dir / "db.sqlite3").unlink()

        assert not is_prepared(config)

    def test_never_holds_for_a_database_elsewhere(self, config: StackConfig) -> None:
        elsewhere = replace(config, database_url="postgresql://db/interviews")
        note_prepared(config)
        note_prepared(elsewhere)

        assert not is_prepared(elsewhere)
