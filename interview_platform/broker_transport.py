"""Kombu's Redis transport, mended in two places: a worker outlives a dying broker, and what is no message at all."""

import logging
from collections.abc import Mapping, Sequence
from queue import Empty
from types import MappingProxyType
from typing import Any

from kombu.transport import redis
from redis import ConnectionPool, Redis
from redis.sentinel import Sentinel

logger = logging.getLogger(__name__)


class Mended(redis.Channel):
    """
    A channel that says so when its connection is gone.

    After a loss Celery takes the connection apart, and then a task that was at work meanwhile wants to acknowledge its
    message, or the channel to give messages back, over the old one. Kombu 5.7 stumbles there over an `AttributeError`, which
    ends the worker with all that its children are at; a connection error is what everybody around it expects and survives.

    Likewise bytes in a queue that are no message of Kombu's end the worker; here they are dropped.
    """

    def _connparams(self, asynchronous: bool = False) -> dict[str, Any]:  # noqa: FBT001, FBT002 - Kombu's signature
        if self.connection is None or self.connection.client is None:
            raise ConnectionError("the connection to the broker was taken apart")
        params: dict[str, Any] = super()._connparams(asynchronous=asynchronous)  # type: ignore[misc] # not in the stubs
        return params

    def _brpop_read(self, **options: Any) -> Any:
        try:
            return super()._brpop_read(**options)  # type: ignore[misc] # not in the stubs
        except (TypeError, ValueError, KeyError) as trouble:
            logger.error("What came from the broker is no message, and was dropped: %s", trouble)  # noqa: TRY400 - whose fault it is is known
            raise Empty from trouble


class Channel(Mended):
    """Such a channel to a server at a known place."""


class SentinelChannel(Mended, redis.SentinelChannel):
    """
    Such a channel to the server that Sentinels name.

    Kombu reads the Sentinels off alternate addresses; where one of them fails it goes on with the next, and with a transport
    of its own in place of ours. So we name them in the options, and there is one address.
    """

    from_transport_options = (*redis.SentinelChannel.from_transport_options, "sentinels")
    sentinels: Sequence[tuple[str, int]] = ()
    sentinel_kwargs: Mapping[str, Any] = MappingProxyType({})
    master_name = ""

    def _sentinel_managed_pool(self, asynchronous: bool = False) -> ConnectionPool:  # noqa: FBT001, FBT002 - Kombu's signature
        parameters = self._connparams(asynchronous=asynchronous)
        for known_to_sentinels in ("host", "port"):
            parameters.pop(known_to_sentinels, None)
        sentinel = Sentinel(  # type: ignore[no-untyped-call] # redis-py has none here
            self.sentinels, sentinel_kwargs=self.sentinel_kwargs, **parameters
        )
        if asynchronous:  # Kombu closes what it finds there
            self._async_sentinel_manager = sentinel
        else:
            self._sentinel_manager = sentinel
        client: Redis = sentinel.master_for(self.master_name, Redis)  # type: ignore[no-untyped-call] # likewise
        return client.connection_pool


class Transport(redis.Transport):
    """The transport with such channels."""

    Channel = Channel


class SentinelTransport(redis.SentinelTransport):
    """Likewise, where Sentinels know which server is the one to ask."""

    Channel = SentinelChannel
