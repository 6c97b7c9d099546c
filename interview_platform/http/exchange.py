"""
State of one HTTP exchange that the ASGI gateway and the views share.

The gateway (`interview_platform.http.gateway`) may call Django several times for one exchange: first for the head alone, and
again after each event that a waiting client waits for. Outside of the gateway, as in most tests, an exchange is one call.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final, TypeVar

from django.http import HttpRequest
from django.utils import timezone
from rest_framework.request import Request

from interview_platform.errors import Refused

SCOPE_KEY: Final = "interview_platform.exchange"  # in the ASGI scope, which no client can write to

T = TypeVar("T")


class StillWaiting(Exception):  # noqa: N818 - not an error: it ends a view that is called again later
    """The result is not there yet, and the gateway waits for it."""


class HeadAccepted(Exception):  # noqa: N818 - not an error: it ends a view that is called again with the body
    """Nothing in the head speaks against reading the body."""


@dataclass(slots=True)
class Exchange:
    """One request on its way to one response."""

    began_at: datetime = field(default_factory=timezone.now)  # when the head arrived
    refusal: Refused | None = None  # set by the gateway: respond with it, call no view
    is_head_only: bool = False  # set by the gateway: the body has not been read
    is_head_accepted: bool = False  # set by the view that has checked the head
    may_wait: bool = False  # set by the gateway: an unfinished result can be waited for
    has_waited: bool = False  # set by the gateway: the time to wait is over
    topic: str = ""  # set by the view: the session whose events are waited for; "" = none
    user_id: int | None = None  # set by the view that waits
    deadline: float | None = None  # of the wait, on the monotonic clock
    remembered: dict[str, Any] = field(default_factory=dict)

    def wait_for(self, topic: str, *, user_id: int | None, seconds: float) -> None:
        """Leave the exchange to the gateway until something happens to the topic, or the time is over."""
        self.topic, self.user_id = topic, user_id
        if self.deadline is None:
            self.deadline = time.monotonic() + seconds


def exchange_of(request: Request | HttpRequest) -> Exchange:
    """Return the exchange that the request belongs to; a new one outside of the gateway."""
    scope: dict[str, Any] = getattr(request, "scope", {})
    found: Exchange | None = scope.get(SCOPE_KEY)
    return found or Exchange()


def once(request: Request, name: str, make: Callable[[], T]) -> T:
    """Make a value, or return the one that an earlier call of the view has made for this exchange."""
    remembered = exchange_of(request).remembered
    if name not in remembered:
        remembered[name] = make()
    value: T = remembered[name]
    return value
