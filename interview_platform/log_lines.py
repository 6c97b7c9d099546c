"""How a log line is written: without what a database quotes of a row, or a traceback that tells nobody anything."""

import logging
import re
from typing import Final

# PostgreSQL says with an error "Key (email)=(…) already exists" or "Failing row contains (…)": that is what people typed.
QUOTED_ROW: Final = re.compile(
    r"DETAIL: .*?(?=\n(?:HINT|CONTEXT|Traceback|During handling|The above exception)|\n\n|\Z)",
    re.DOTALL,
)
LEFT_OUT: Final = "DETAIL: left out, as it quotes a row"


class LineFormatter(logging.Formatter):
    """Formats a line with its traceback, and leaves out quoted rows."""

    def format(self, record: logging.LogRecord) -> str:
        """Return the text."""
        return QUOTED_ROW.sub(LEFT_OUT, super().format(record))


class WithoutTraceback(logging.Filter):
    """For what strangers cause as often as they like, and always at the same place: its message says it all."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Keep every record."""
        record.exc_info = None
        return True
