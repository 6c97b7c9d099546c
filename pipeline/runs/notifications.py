"""
Publish "something about this session changed", from the workers to requests that wait (`Prefer: wait`).

Redis publish/subscribe. Nothing is lost when an event is: whoever waits looks at the database once
more before it answers.
"""

import logging
import time
from collections.abc import Callable
from functools import cache
from typing import ClassVar
from uuid import UUID

import redis
from django.conf import settings
from redis.backoff import NoBackoff
from redis.exceptions import RedisError
from redis.retry import Retry

logger = logging.getLogger(__name__)

CONNECT_SECONDS = 0.5
ANSWER_SECONDS = 0.5
REST_SECONDS = (
    2.0  # an absent server is not told of anything for so long: its time-out would slow each answer
)


def key(name: str) -> str:
    """Return our own key of that name in a server that others may use too."""
    return f"{settings.BROKER_KEY_PREFIX}{name}"


@cache
def server() -> "redis.Redis":
    """Return the client of the events server; it connects when it is used, and again after a fork."""
    return redis.Redis.from_url(
        settings.EVENTS_URL,
        socket_connect_timeout=CONNECT_SECONDS,
        socket_timeout=ANSWER_SECONDS,
        retry=Retry(
            NoBackoff(), 1, (redis.ConnectionError,)
        ),  # a stale connection is replaced once
    )


class _Rest:
    """Remembers, for one process, that the server was away a moment ago."""

    until: ClassVar[float] = 0.0


def announce(session_uuid: UUID) -> None:
    """Wake whoever waits for a result of the session."""
    tell(lambda server: server.publish(_channel(session_uuid), "changed"))


def tell(say: Callable[["redis.Redis"], object]) -> bool:
    """Say something that may get lost; return whether it was heard."""
    if time.monotonic() < _Rest.until:
        return False
    try:
        say(server())
    except (RedisError, OSError) as error:
        _Rest.until = time.monotonic() + REST_SECONDS
        logger.warning("The events server is away: %s", type(error).__name__)
        return False
    return True


def note_absence(url: str) -> None:
    """Take it from somebody who asked for another reason: when that is our server, it is away for us, too."""
    if url == settings.EVENTS_URL:
        _Rest.until = time.monotonic() + REST_SECONDS


def channel_pattern() -> str:
    """Return the pattern that the channels of all sessions match."""
    return _channel("*")


def topic_of(channel: str) -> str:
    """Return which session a channel is about."""
    return channel.removeprefix(_channel(""))


def _channel(session_uuid: UUID | str) -> str:
    return key(f"events:{session_uuid}")
