"""PostgreSQL as the settings ask for it: time-outs, a pool, and a PgBouncer before it."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from django.db import OperationalError, connection, connections, transaction
from django.db.backends.base.base import BaseDatabaseWrapper

from accounts.models import User
from interview_platform.database_options import postgres_settings
from pipeline.models import PipelineRun, Stage
from pipeline.runs import leases
from pipeline.runs.leases import Claim
from pipeline.runs.recovery import lead
from tests.factories import make_run, make_user
from tests.pgbouncer import PROGRAM, PgBouncer

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(connection.vendor != "postgresql", reason="needs TEST_DATABASE=postgres"),
]
QUIET: dict[str, Any] = {"pool": 0, "has_pgbouncer": False, "statement_seconds": 0}


@contextmanager
def connected(**changes: Any) -> Iterator[BaseDatabaseWrapper]:
    """Give another connection to the tests' database, with these of its settings; new threads get the like."""
    own: dict[str, Any] = connections.settings["default"]
    connections.settings["default"] = {**own, **changes}
    made = connections.create_connection("default")
    try:
        yield made
    finally:
        made.close()
        if made.settings_dict["OPTIONS"].get("pool"):
            made.close_pool()  # type: ignore[attr-defined] # PostgreSQL's own
        connections.settings["default"] = own


def shown(database: BaseDatabaseWrapper, name: str) -> str:
    """Return a setting of the session."""
    with database.cursor() as cursor:
        cursor.execute(f"SHOW {name}")
        return str(cursor.fetchone()[0])


class TestTimeouts:
    def test_are_set_for_the_session_unless_the_address_says_otherwise(self) -> None:
        asked = {"OPTIONS": {"options": "-c lock_timeout=7s"}}
        changes = postgres_settings(asked, **{**QUIET, "statement_seconds": 30})

        with connected(**changes) as database:
            assert shown(database, "statement_timeout") == "30s"
            assert shown(database, "lock_timeout") == "7s"
            assert shown(database, "idle_in_transaction_session_timeout") == "1min"

    def test_end_a_statement_and_leave_a_connection_that_works(self) -> None:
        options = {"OPTIONS": {"options": "-c statement_timeout=50ms"}}

        with connected(**postgres_settings(options, **QUIET)) as database:
            with pytest.raises(OperationalError), database.cursor() as cursor:
                cursor.execute("SELECT pg_sleep(5)")

            assert shown(database, "statement_timeout") == "50ms"

    def test_end_the_wait_for_a_lock(self) -> None:
        user = make_user()
        options = {"OPTIONS": {"options": "-c lock_timeout=50ms"}}

        with connected(**postgres_settings(options, **QUIET)) as database, transaction.atomic():
            User.objects.select_for_update().get(pk=user.pk)
            with pytest.raises(OperationalError), database.cursor() as cursor:
                cursor.execute("SELECT 1 FROM accounts_user FOR UPDATE")


class TestAPool:
    def test_is_shared_by_threads_and_waits_for_nobody_for_long(self) -> None:
        changes = postgres_settings({}, **{**QUIET, "pool": 2})
        changes["OPTIONS"]["pool"]["timeout"] = 0.2
        seen: set[int] = set()

        with connected(**changes) as database:
            for _ in range(4):
                thread = threading.Thread(target=lambda: seen.add(server_process()))
                thread.start()
                thread.join()
            assert len(seen) <= 2
            assert database.settings_dict["CONN_MAX_AGE"] == 0

    def test_refuses_in_time_when_all_are_taken(self) -> None:
        changes = postgres_settings({}, **{**QUIET, "pool": 1})
        changes["OPTIONS"]["pool"]["timeout"] = 0.2
        troubles: list[Exception] = []

        def ask() -> None:
            try:
                server_process()
            except OperationalError as trouble:
                troubles.append(trouble)

        with connected(**changes) as database:
            database.ensure_connection()
            thread = threading.Thread(target=ask)
            thread.start()
            thread.join()

        assert len(troubles) == 1


class TestBehindPgBouncer:
    @pytest.fixture
    def bouncer(self) -> Iterator[PgBouncer]:
        if PROGRAM is None:
            pytest.skip("there is no PgBouncer on this machine: apt-get install pgbouncer")
        own = connection.settings_dict
        made = PgBouncer(behind=int(own["PORT"]))
        try:
            made.start(database=own["NAME"], user=own["USER"])
            yield made
        finally:
            made.stop()

    def test_runs_are_claimed_beaten_and_led(self, bouncer: PgBouncer) -> None:
        run = make_run()
        with through(bouncer):
            held = leases.claim(run_id=run.pk, stage=Stage.TRANSCRIBE, worker="gpu@test")
            assert isinstance(held, Claim)
            assert leases.renew(held)
            leases.release(held)
            assert lead("somebody")

        run.refresh_from_db()
        assert (run.state, run.attempts) == (PipelineRun.State.QUEUED, 0)

    def test_many_rows_are_read_without_a_cursor_of_the_server(self, bouncer: PgBouncer) -> None:
        make_user()
        with through(bouncer):
            for _ in range(7):  # as often as psycopg would wait before it prepares a statement
                assert [user.pk for user in User.objects.iterator(chunk_size=1)]


@contextmanager
def through(bouncer: PgBouncer) -> Iterator[None]:
    """Have all that is asked of the database go through the PgBouncer."""
    changes = postgres_settings({}, **{**QUIET, "has_pgbouncer": True})
    with connected(PORT=str(bouncer.port), **changes) as database:
        former = connections["default"]
        connections["default"] = database
        try:
            yield
        finally:
            connections["default"] = former


def server_process() -> int:
    """Return which of the server's processes answers, and give the connection back."""
    database = connections["default"]
    try:
        with database.cursor() as cursor:
            cursor.execute("SELECT pg_backend_pid()")
            return int(cursor.fetchone()[0])
    finally:
        database.close()
