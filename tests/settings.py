"""
The project's settings for tests: a throw-away data directory, quick passwords, counters in memory.

`TEST_DATABASE=postgres` starts a real server from a wheel; the default is SQLite in a file, as threads need one.
"""

import atexit
import os
import shutil
import tempfile
from pathlib import Path

from interview_platform.stack.broker import free_port
from tests.environment import enter

_directory = Path(tempfile.mkdtemp(prefix="interview-tests-"))
atexit.register(shutil.rmtree, _directory, ignore_errors=True)
(_directory / "static").mkdir()  # whitenoise warns when there is none
_database_url = ""
if os.environ.get("TEST_DATABASE", "sqlite") == "postgres":
    from tests.databases import start_postgres

    _database_url = start_postgres()
BROKER_PASSWORD = "a-password-of-the-tests"
enter(
    DATA_DIR=str(_directory),
    DATABASE_URL=_database_url,
    SECRET_KEY="a-key-of-the-tests-that-signs-nothing-of-worth-0123456789",
    JWT_SIGNING_KEY="another-key-of-the-tests-for-their-tokens-9876543210",
    BROKER_URL=f"redis://:{BROKER_PASSWORD}@127.0.0.1:{free_port()}/0",  # the fixture `broker` starts it
)

from interview_platform.settings import *  # noqa: E402, F403 - the environment comes first; all settings are wanted
from interview_platform.settings import DATABASES  # noqa: E402 - named, as it is changed

if not _database_url:
    DATABASES["default"]["TEST"] = {"NAME": str(_directory / "test.sqlite3")}
DATABASES["default"]["CONN_MAX_AGE"] = 0  # a thread's connection must not outlive it
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]  # quick
CACHE_URL = "memory://"  # counters of this process
