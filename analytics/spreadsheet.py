"""Tables for a spreadsheet, in which no cell is reckoned with."""

import csv
import io
from collections.abc import Iterable, Sequence
from typing import Any, Final

FORMULA: Final = ("=", "+", "-", "@", "\t", "\r")  # a spreadsheet would reckon with such a cell
CODING_MARK: Final = "\ufeff"  # tells a spreadsheet that it is UTF-8


def write_table(head: Sequence[str], rows: Iterable[Sequence[Any]]) -> str:
    """Return the table as CSV."""
    written = io.StringIO()
    table = csv.writer(written)
    table.writerow(head)
    table.writerows([_cell(value) for value in row] for row in rows)
    return CODING_MARK + written.getvalue()


def _cell(value: Any) -> Any:
    return f"'{value}" if isinstance(value, str) and value.startswith(FORMULA) else value
