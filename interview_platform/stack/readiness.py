"""Asks the API whether everything that a first interview needs is there."""

import http.client

from interview_platform.env import env_list
from interview_platform.stack.config import StackConfig

PATH = "/health/ready"
ASK_SECONDS = 3.0


def is_ready(config: StackConfig) -> bool:
    """Tell whether `/health/ready` is green."""
    host = config.url.removeprefix("http://")
    connection = http.client.HTTPConnection(host, timeout=ASK_SECONDS)
    try:
        connection.request("GET", PATH, headers={"Host": _host(host), **_behind_proxy()})
        return connection.getresponse().status == http.HTTPStatus.OK
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()


def _host(own: str) -> str:
    """Return a name that the API lets in."""
    allowed = [name for name in env_list("ALLOWED_HOSTS") if name != "*"]
    return allowed[0].removeprefix(".") if allowed else own


def _behind_proxy() -> dict[str, str]:
    return {"X-Forwarded-Proto": "https"}  # heeded only where the settings trust a proxy
