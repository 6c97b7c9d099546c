"""Some columns of a table in a statement that is written by hand, and how their values become a row of it."""

from collections.abc import Callable, Iterable, Sequence
from typing import Any

from django.db import connection
from django.db.models import Model
from django.db.models.expressions import Col


class Columns:
    """Columns of one table, by its alias in the statement."""

    def __init__(self, model: type[Model], alias: str, names: Iterable[str]) -> None:
        self.model = model
        wanted = frozenset(names)
        fields = [field for field in model._meta.concrete_fields if field.attname in wanted]
        self.columns = [Col(alias, field) for field in fields]
        self.names = [field.attname for field in fields]
        self.sql = ", ".join(f'{alias}."{field.column}"' for field in fields)
        self.converters = [
            (place, column, converter)
            for place, column in enumerate(self.columns)
            for converter in converters(column)
        ]

    def __len__(self) -> int:
        return len(self.names)

    def read(self, values: Sequence[Any]) -> Any:
        """Return the row; None where an outer join has found none."""
        if values[0] is None:
            return None
        converted = list(values)
        for place, column, convert in self.converters:
            converted[place] = convert(converted[place], column, connection)
        return self.model.from_db(connection.alias, self.names, converted)


def read_each(parts: Sequence[Columns], row: Sequence[Any]) -> list[Any]:
    """Return a row of each table, from one row of a join."""
    found = []
    begin = 0
    for part in parts:
        found.append(part.read(row[begin : begin + len(part)]))
        begin += len(part)
    return found


def list_of(parts: Iterable[Columns]) -> str:
    """Return the columns of all the tables, as a statement lists them."""
    return ", ".join(part.sql for part in parts)


def converters(column: Col) -> list[Callable[..., Any]]:
    """Return what Django does with a column's values, the database's own conversion first."""
    return [
        *connection.ops.get_db_converters(column),
        *column.get_db_converters(connection),
    ]


def quoted(words: Iterable[str]) -> str:
    """Return words of ours as a list of values."""
    return ", ".join(f"'{word}'" for word in words)
