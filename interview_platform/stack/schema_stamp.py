"""Tells cheaply whether the embedded database has every migration, so that a later start need not wait for that."""

import hashlib
import sqlite3
from contextlib import closing
from pathlib import Path

from interview_platform.stack.config import ROOT, StackConfig
from interview_platform.stack.data_directory import read_json, write_private

STAMP_FILE = "prepared.json"
DATABASE_FILE = "db.sqlite3"


def is_prepared(config: StackConfig) -> bool:
    """Tell whether the last preparation still holds. A database elsewhere is always asked."""
    stamp = read_json(config.data_dir / STAMP_FILE)
    return not config.database_url and bool(stamp) and stamp == _stamp(config.data_dir)


def note_prepared(config: StackConfig) -> None:
    """Remember that the tables are those of this very code."""
    if not config.database_url:
        write_private(config.data_dir / STAMP_FILE, _stamp(config.data_dir))


def _stamp(data_dir: Path) -> dict[str, str]:
    return {"code": _digest_of_code(), "applied": _digest_of_applied(data_dir / DATABASE_FILE)}


def _digest_of_code() -> str:
    digest = hashlib.sha256((ROOT / "requirements.lock").read_bytes())  # Django's own migrations
    for path in sorted(ROOT.glob("*/migrations/*.py")):
        digest.update(str(path.relative_to(ROOT)).encode() + path.read_bytes())
    return digest.hexdigest()


def _digest_of_applied(database: Path) -> str:
    if not database.exists():
        return ""
    try:
        with closing(sqlite3.connect(f"{database.as_uri()}?mode=ro", uri=True)) as connection:
            rows = connection.execute("SELECT app, name FROM django_migrations ORDER BY id")
            return hashlib.sha256(repr(rows.fetchall()).encode()).hexdigest()
    except sqlite3.Error:
        return ""
