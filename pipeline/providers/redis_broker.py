"""`Broker` over a Redis or Valkey server."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Final

from django.conf import settings
from redis import Redis
from redis.backoff import NoBackoff
from redis.exceptions import ConnectionError as RedisConnectionError
from redis.exceptions import RedisError
from redis.retry import Retry

from pipeline.domain.ports import BrokerAway, BrokerLife

SECONDS: Final = 1.0  # to connect, and to answer
EPOCH: Final = "broker-epoch"


class RedisBroker:
    """A flush takes our mark with it, a restart changes the server's own id."""

    def __init__(self, url: str) -> None:
        self._server = Redis.from_url(
            url,
            socket_timeout=SECONDS,
            socket_connect_timeout=SECONDS,
            retry=Retry(NoBackoff(), 1, (RedisConnectionError,)),  # a stale connection, once
        )

    def ping(self) -> None:
        """Raise `BrokerAway` when it does not answer."""
        with self._asked() as server:
            server.ping()

    def life(self) -> BrokerLife:
        """Return which life it lives."""
        with self._asked() as server:
            name = str(server.info("server").get("run_id", ""))
            return BrokerLife(name, is_marked=server.get(_key(EPOCH)) is not None)

    def mark(self, life: BrokerLife) -> None:
        """Leave our mark in the present life."""
        with self._asked() as server:
            server.set(_key(EPOCH), life.name)

    def waiting(self, queues: Sequence[str]) -> dict[str, int]:
        """Return how many messages lie in each queue."""
        with self._asked() as server:
            return {queue: int(server.llen(_key(queue))) for queue in queues}

    def unacknowledged(self) -> int:
        """Return how many messages workers have taken and not finished."""
        with self._asked() as server:
            return int(server.hlen(_key("unacked")))

    @contextmanager
    def _asked(self) -> Iterator["Redis"]:
        try:
            yield self._server
        except (RedisError, OSError) as trouble:
            raise BrokerAway(type(trouble).__name__) from trouble


def _key(name: str) -> str:
    return f"{settings.BROKER_KEY_PREFIX}{name}"
