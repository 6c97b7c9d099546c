"""
Redact secrets and what people typed from the URLs in log lines.

The path of a shared report is its secret. Of a query the names stay, and the values of parameters that
are a number or one of our own words; staff look for addresses, and candidates for companies.
"""

import logging
import re
from typing import Final

SECRET: Final = re.compile(r"(/shared/)[^/?#\s\"']+")
ASKED: Final = re.compile(r"([?&]([\w.-]+)=)[^&#\s\"']+")
MASKED: Final = "***"
PLAIN: Final = frozenset(
    (
        *("page", "page_size", "order", "format", "theme", "period", "attempt", "attempts"),
        *("status", "difficulty", "created_after", "created_before", "redirect"),
        *("question", "sessions"),
    )
)


def mask(text: str) -> str:
    """Return the text with the secrets, and what people typed, masked in its URLs."""
    return ASKED.sub(_without_value, SECRET.sub(rf"\1{MASKED}", text))


def mask_query(query: str) -> str:
    """Return a query string, masked."""
    return mask(f"?{query}")[1:]


def _without_value(found: re.Match[str]) -> str:
    return found[0] if found[2] in PLAIN else f"{found[1]}{MASKED}"


class RedactionFilter(logging.Filter):
    """Redact each log line."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Keep every record, redacted."""
        message = record.getMessage()
        masked = mask(message)
        if masked != message:
            record.msg, record.args = masked, ()
        return True
