"""The web server's log of requests, where an operator switches it on (`GUNICORN_CMD_ARGS="--access-logfile -"`)."""

from datetime import timedelta
from typing import Any

from gunicorn.glogging import Logger

from interview_platform.http.secret_paths import mask


class MaskingLogger(Logger):
    """Gunicorn's own, without paths that are secrets."""

    def atoms(self, resp: Any, req: Any, environ: dict[str, Any], request_time: timedelta) -> Any:
        """Return the values that the format of a line may name."""
        found = super().atoms(resp, req, environ, request_time)
        return {
            name: mask(value) if isinstance(value, str) else value for name, value in found.items()
        }
