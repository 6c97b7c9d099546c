"""A worker keeps its connection to PostgreSQL between two tasks."""

import time
from types import SimpleNamespace

import pytest
from celery import Celery
from celery.fixups.django import DjangoWorkerFixup  # type: ignore[attr-defined] # not in the stubs
from django.conf import settings
from django.db import connection

from celery_app import app
from pipeline import tasks
from pipeline.runs.worker_signals import check_connections
from tests.factories import make_run
from tests.private_broker import PrivateBroker

pytestmark = pytest.mark.django_db(transaction=True)

TASK = SimpleNamespace(request=SimpleNamespace(is_eager=False))


def between_two_tasks(worker: DjangoWorkerFixup) -> None:
    worker.on_task_postrun(TASK)
    worker.on_task_prerun(TASK)
    check_connections(TASK)


@pytest.fixture
def keeping(monkeypatch: pytest.MonkeyPatch) -> DjangoWorkerFixup:
    """Celery's own care for connections, as a worker has it on PostgreSQL."""
    monkeypatch.setitem(connection.settings_dict, "CONN_MAX_AGE", 60)
    connection.close()
    worker = DjangoWorkerFixup(Celery(set_as_current=False))
    worker.db_reuse_max = 2**31
    return worker


def test_it_is_kept_for_the_next_task(keeping: DjangoWorkerFixup) -> None:
    connection.ensure_connection()
    before = connection.connection

    between_two_tasks(keeping)

    assert connection.connection is before
    connection.close()


def test_it_is_closed_when_it_is_too_old(keeping: DjangoWorkerFixup) -> None:
    connection.ensure_connection()
    connection.close_at = time.monotonic()

    between_two_tasks(keeping)

    assert connection.connection is None


@pytest.mark.skipif(connection.vendor != "postgresql", reason="kept on PostgreSQL alone")
def test_a_stage_gets_a_new_one_when_it_was_lost(
    keeping: DjangoWorkerFixup, broker: PrivateBroker
) -> None:
    run = make_run(stage="score")
    connection.ensure_connection()
    connection.connection.close()  # the server went away, and nobody has noticed yet
    check_connections(tasks.score_session)
    broken = connection.connection

    tasks.score_session.run(run_id=run.pk)

    run.refresh_from_db()
    assert run.stage == "feedback"
    assert connection.connection is not broken
    connection.close()


def test_a_task_within_a_transaction_leaves_it_alone() -> None:
    connection.ensure_connection()
    before = connection.connection

    check_connections(SimpleNamespace(request=SimpleNamespace(is_eager=True)))

    assert connection.connection is before


def test_workers_keep_it_where_django_does() -> None:
    keeps = connection.vendor == "postgresql"

    assert bool(app.conf.get("CELERY_DB_REUSE_MAX")) == keeps
    assert hasattr(settings, "CELERY_DB_REUSE_MAX") == keeps
