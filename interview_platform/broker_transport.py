"""Kombu's Redis transport, mended in one place: a worker outlives a broker that dies while it works."""

from typing import Any

from kombu.transport import redis


class Channel(redis.Channel):
    """
    A channel that says so when its connection is gone.

    After a loss Celery takes the connection apart, and then a task that was at work meanwhile wants to acknowledge its
    message, or the channel to give messages back, over the old one. Kombu 5.7 stumbles there over an `AttributeError`, which
    ends the worker with all that its children are at; a connection error is what everybody around it expects and survives.
    """

    def _connparams(self, asynchronous: bool = False) -> dict[str, Any]:  # noqa: FBT001, FBT002 - Kombu's signature
        if self.connection.client is None:
            raise ConnectionError("the connection to the broker was taken apart")
        params: dict[str, Any] = super()._connparams(asynchronous=asynchronous)  # type: ignore[misc] # not in the stubs
        return params


class Transport(redis.Transport):
    """The transport with such channels."""

    Channel = Channel
