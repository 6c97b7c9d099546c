"""`Connection: close` for a WSGI server: an application may not send the header, and Gunicorn drops it and keeps the line."""

from collections.abc import Callable, Iterable
from typing import Any

Headers = list[tuple[str, str]]
Application = Callable[..., Iterable[bytes]]


def hang_up_when_told(application: Application) -> Application:
    """
    Return the application with its `Connection: close` obeyed.

    After a refusal of a body that was not read, the server would close the connection without having said so, and the
    client's next request on it would fail.
    """

    def call(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        def start(status: str, headers: Headers, *error: Any) -> Any:
            kept = [(name, value) for name, value in headers if name.lower() != "connection"]
            if len(kept) < len(headers):
                _force_close(start_response)
            return start_response(status, kept, *error)

        return application(environ, start)

    return call


def _force_close(start_response: Callable[..., Any]) -> None:
    """Ask Gunicorn's response object, whose method we were given; other servers have no such thing."""
    force_close = getattr(getattr(start_response, "__self__", None), "force_close", None)
    if force_close is not None:
        force_close()
