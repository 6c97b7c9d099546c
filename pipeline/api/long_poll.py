"""Wait for results (`Prefer: wait`): a view ends without a result, and the gateway calls it again."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Generic, Protocol, TypeVar
from uuid import UUID

from rest_framework.request import Request

from interview_platform.http.exchange import StillWaiting, exchange_of


class Settles(Protocol):
    """Something that is waited for."""

    @property
    def is_settled(self) -> bool: ...


Seen = TypeVar("Seen", bound=Settles)


@dataclass(frozen=True, slots=True)
class Held(Generic[Seen]):
    """What was seen last, and whether it was waited for as wished."""

    seen: Seen
    honored: bool


def hold(
    request: Request, look: Callable[[], Seen], *, session_uuid: UUID, seconds: float
) -> Held[Seen]:
    """
    Return what is seen, if it is settled or nobody waits; else raise `StillWaiting`, and be called again.

    Past the limits of waiting requests, and while the events server is away, what is seen is returned at once.
    """
    seen = look()
    exchange = exchange_of(request)
    if seen.is_settled or seconds <= 0:
        return Held(seen, honored=seconds > 0)
    if exchange.may_wait:
        exchange.wait_for(str(session_uuid), user_id=request.user.pk, seconds=seconds)
        raise StillWaiting
    return Held(seen, honored=exchange.has_waited)
