"""
Migrations are backward compatible: while an upgrade is under way, the code of yesterday works on the tables of today.

So columns come nullable or with a default of the database's own, and what goes is first no longer used, in one release, and
then removed, in the next. `ALLOWED` is for what that release may do, and says why.
"""

from collections.abc import Iterator
from typing import Final

import pytest
from django.db import models
from django.db.migrations import (
    AddField,
    AlterField,
    AlterModelTable,
    CreateModel,
    DeleteModel,
    RemoveField,
    RenameField,
    RenameModel,
    SeparateDatabaseAndState,
)
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.operations.base import Operation
from django.db.migrations.state import ProjectState

OURS: Final = ("accounts", "interview_sessions", "pipeline", "media", "analytics")
BEFORE_ANY_RELEASE: Final = "nobody runs an earlier version"
ALLOWED: Final = {  # what the test says of the step → why it may be so
    "pipeline.0003_corrected_transcripts adds evaluationrecord.edited": BEFORE_ANY_RELEASE,
}
TAKES_AWAY: Final = (DeleteModel, RemoveField, RenameField, RenameModel, AlterModelTable)


def steps() -> Iterator[tuple[str, Operation, ProjectState]]:
    """Yield each step of ours after the first migration of its app, with the tables as they are before it."""
    loader = MigrationLoader(None)
    state = ProjectState()
    for app, name in loader.graph._generate_plan(loader.graph.leaf_nodes(), at_end=True):
        migration = loader.graph.nodes[app, name]
        made = set()  # tables that this migration makes: nobody of yesterday knows them
        for operation in parts_of(migration.operations):
            if isinstance(operation, CreateModel):
                made.add(operation.name_lower)
            elif app in OURS and not migration.initial and table_of(operation) not in made:
                yield f"{app}.{name}", operation, state
            operation.state_forwards(app, state)


def table_of(operation: Operation) -> str:
    """Return the table that the step is about, or ""."""
    return str(getattr(operation, "model_name_lower", ""))


def parts_of(operations: list[Operation]) -> Iterator[Operation]:
    """Return what is done, where an operation is made of others."""
    for operation in operations:
        if isinstance(operation, SeparateDatabaseAndState):
            yield from operation.database_operations
        else:
            yield operation


def trouble_with(operation: Operation, state: ProjectState, *, app: str) -> str:
    """Return what yesterday's code would stumble over, or ""."""
    if isinstance(operation, TAKES_AWAY):
        return f"takes away or renames: {operation.describe()}"
    if isinstance(operation, AddField) and needs_a_value(operation.field):
        return f"adds {operation.model_name_lower}.{operation.name}"
    if isinstance(operation, AlterField) and needs_a_value(operation.field):
        before = state.models[app, operation.model_name_lower].fields[operation.name]
        if before.null:
            return f"demands {operation.model_name_lower}.{operation.name}"
    return ""


def needs_a_value(field: models.Field) -> bool:  # type: ignore[type-arg] # generic for the type checker only
    """Tell whether a row cannot be written without naming the column; a default of Django's alone is not in the table."""
    if isinstance(field, models.ManyToManyField):
        return False
    return not field.null and not field.has_db_default()


def troubles() -> set[str]:
    """Return what is wrong, one sentence a step."""
    found = (
        (name, trouble_with(operation, state, app=name.partition(".")[0]))
        for name, operation, state in steps()
    )
    return {f"{name} {trouble}" for name, trouble in found if trouble}


class TestOurMigrations:
    def test_leave_yesterdays_code_working(self) -> None:
        assert troubles() - set(ALLOWED) == set()

    def test_are_allowed_nothing_that_they_do_not_do(self) -> None:
        assert set(ALLOWED) - troubles() == set()


class TestTheRule:
    STATE = ProjectState()
    TEXT = models.CharField(max_length=8)

    @pytest.mark.parametrize(
        "operation",
        [
            RemoveField("run", "state"),
            RenameField("run", "state", "stage"),
            DeleteModel("Run"),
            RenameModel("Run", "Way"),
            AddField("run", "note", models.CharField(max_length=8)),
            AddField("run", "note", models.CharField(max_length=8, default="")),
        ],
        ids=lambda operation: operation.describe(),
    )
    def test_forbids(self, operation: Operation) -> None:
        assert trouble_with(operation, self.STATE, app="pipeline")

    @pytest.mark.parametrize(
        "field",
        [
            models.CharField(max_length=8, null=True),
            models.CharField(max_length=8, db_default=""),
            models.ManyToManyField("pipeline.Run"),
        ],
        ids=["nullable", "with a default of the database", "a table of its own"],
    )
    def test_lets_a_column_come(self, field: "models.Field[object, object]") -> None:
        assert not trouble_with(AddField("run", "note", field), self.STATE, app="pipeline")

    def test_forbids_to_demand_what_could_be_missing(self) -> None:
        state = ProjectState()
        nullable = models.CharField(max_length=8, null=True)
        CreateModel("Run", [("note", nullable)]).state_forwards("pipeline", state)
        demand = AlterField("run", "note", models.CharField(max_length=8))

        assert trouble_with(demand, state, app="pipeline")
