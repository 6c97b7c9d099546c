"""When a request began to come."""

from datetime import UTC, datetime
from typing import Final

from django.utils import timezone
from rest_framework.request import Request

BEGAN: Final = (
    "interview.began"  # in the WSGI environment; no header of a client can have this name
)


def began_at(request: Request) -> datetime:
    """Return when the request's first byte came, where the server tells, else the present moment."""
    seconds = request.META.get(BEGAN)
    return timezone.now() if seconds is None else datetime.fromtimestamp(float(seconds), UTC)
