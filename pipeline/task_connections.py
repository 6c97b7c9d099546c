"""
A worker's process keeps its connection to PostgreSQL from one task to the next.

Celery closes it before and after each task: each of an answer's four stages began with a new process of PostgreSQL, that
knew no table and had no statement prepared. `CELERY_DB_REUSE_MAX` has Celery leave it alone; what Django does with a
connection between two requests is done here between two tasks.
"""

from typing import Any

from celery.signals import task_prerun
from django.db import connections

from pipeline.stage_task import StageTask


@task_prerun.connect
def look_after_connections(sender: Any, **_: Any) -> None:
    """
    Close what is broken or too old. What is kept is tried before it is used (`CONN_HEALTH_CHECKS`); a stage does without, as
    it claims its run once more when the connection has gone.
    """
    if sender.request.is_eager:  # it stands within its caller's transaction
        return
    for connection in connections.all(initialized_only=True):
        connection.close_if_unusable_or_obsolete()
        if isinstance(sender, StageTask):
            connection.health_check_done = True  # type: ignore[attr-defined] # not in the stubs
