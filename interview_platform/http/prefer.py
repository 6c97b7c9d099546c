"""`Prefer: wait=N` (RFC 7240): how long a client is ready to wait for a result."""

import re

from django.conf import settings
from django.http import HttpResponse
from rest_framework.request import Request

HEADER = "Prefer"
WAIT = re.compile(r'wait\s*=\s*"?(\d{1,9})"?\s*', re.ASCII | re.IGNORECASE)


def wait_seconds(request: Request, *, default: int = 0) -> int:
    """Return the seconds to hold the answer: the client's wish, capped; `default` when there is none."""
    for preference in request.headers.get(HEADER, "").split(","):
        token = preference.partition(";")[0].strip()
        if wish := WAIT.fullmatch(token):
            return min(int(wish[1]), settings.WAIT_MAX_SECONDS)
        if token.lower() == "respond-async":
            default = 0
    return min(default, settings.WAIT_MAX_SECONDS)


def mark_applied(response: HttpResponse, seconds: int) -> None:
    """Say in the answer that the wish was followed."""
    response.headers["Preference-Applied"] = f"wait={seconds}"
