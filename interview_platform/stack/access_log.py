"""The web server's logs: of errors, and, where an operator wants it (`GUNICORN_CMD_ARGS="--access-logfile -"`), of requests."""

from datetime import timedelta
from typing import Any

from gunicorn.glogging import Logger

from interview_platform.http.log_redaction import RedactionFilter, mask, mask_query


class MaskingLogger(Logger):  # type: ignore[misc] # gunicorn has no types
    """Gunicorn's own, without paths that are secrets and what people look for."""

    def setup(self, cfg: Any) -> None:
        """Set the logs up as gunicorn does, with a filter on what it says of errors."""
        super().setup(cfg)
        self.error_log.addFilter(RedactionFilter())

    def atoms(self, resp: Any, req: Any, environ: dict[str, Any], request_time: timedelta) -> Any:
        """Return the values that the format of a request's line may name."""
        found = super().atoms(resp, req, environ, request_time)
        masked = {
            name: mask(value) if isinstance(value, str) else value for name, value in found.items()
        }
        query = mask_query(environ.get("QUERY_STRING", ""))
        return {**masked, "q": query, "{query_string}e": query}
