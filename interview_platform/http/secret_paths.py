"""Paths that are secrets: who knows the path of a shared report may read it, so no log has it."""

import logging
import re
from typing import Final

SECRET: Final = re.compile(r"(/shared/)[^/?#\s\"']+")
MASKED: Final = r"\1***"


def mask(text: str) -> str:
    """Return the text without the secret part of such paths."""
    return SECRET.sub(MASKED, text)


class SecretPathsFilter(logging.Filter):
    """Takes secret paths out of each log line."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Keep every record."""
        message = record.getMessage()
        if SECRET.search(message):
            record.msg, record.args = mask(message), ()
        return True
