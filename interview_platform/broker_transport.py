"""Kombu's Redis transport, mended in two places: a worker outlives a dying broker, and what is no message at all."""

import logging
from queue import Empty
from typing import Any

from kombu.transport import redis

logger = logging.getLogger(__name__)


class Channel(redis.Channel):
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


class Transport(redis.Transport):
    """The transport with such channels."""

    Channel = Channel
