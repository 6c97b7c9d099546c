"""
Emptying the database after a test that commits.

Django's own `flush` truncates every table and makes content types, rights and roles anew: most of what such a test takes.
Few tables have rows after a test, and what migrations wrote may stay.
"""

from functools import cache
from typing import Any

from django.apps import apps
from django.db import connections, transaction
from django.db.backends.base.base import BaseDatabaseWrapper

OF_MIGRATIONS = frozenset(
    {
        "django_migrations",
        "django_content_type",
        "auth_permission",
        "auth_group",
        "auth_group_permissions",
    }
)


def empty_databases(test: Any) -> None:
    """Do for a test of Django's what its `_fixture_teardown` does."""
    for alias in test._databases_names(include_mirrors=False):
        empty_tables(connections[alias])


def empty_tables(database: BaseDatabaseWrapper) -> None:
    """Delete all rows but those that migrations wrote; foreign keys are checked when all of them are gone."""
    with transaction.atomic(using=database.alias), database.cursor() as cursor:
        for table in _filled_tables(database):
            cursor.execute(f"DELETE FROM {table}")  # noqa: S608 - likewise


def _filled_tables(database: BaseDatabaseWrapper) -> list[str]:
    with database.cursor() as cursor:
        cursor.execute(_what_is_filled())
        return [table for (table,) in cursor.fetchall()]


@cache
def _what_is_filled() -> str:
    models = apps.get_models(include_auto_created=True)
    tables = {model._meta.db_table for model in models if model._meta.managed} - OF_MIGRATIONS
    return " UNION ALL ".join(
        f"SELECT '{table}' WHERE EXISTS (SELECT 1 FROM {table})"  # noqa: S608 - names of our own
        for table in sorted(tables)
    )
