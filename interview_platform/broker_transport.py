"""Kombu's Redis transport, which two faults of Kombu 5.7 cannot end, through its public methods."""

import logging

from kombu import Connection
from kombu.transport import redis
from redis import ConnectionPool

logger = logging.getLogger(__name__)

MALFORMED = (TypeError, ValueError, KeyError)  # what Kombu raises for bytes that are no message


class Channel(redis.Channel):
    """
    Raise a connection error when the channel is used after its connection was closed.

    After a lost connection Celery closes it; a task that was at work then acknowledges its message
    through the old channel. Kombu raises an `AttributeError` there, which ends the worker and its
    children; everybody around it expects and survives a connection error.
    """

    @property
    def pool(self) -> ConnectionPool:
        """Return the pool of blocking connections."""
        self._require_connection()
        pool: ConnectionPool = super().pool
        return pool

    @property
    def async_pool(self) -> ConnectionPool:
        """Return the pool of the connections that the event loop reads."""
        self._require_connection()
        pool: ConnectionPool = super().async_pool
        return pool

    def close(self) -> None:
        """Close, and drop a malformed message that arrives meanwhile."""
        try:
            super().close()
        except MALFORMED as error:
            _log_dropped(error)
            super().close()  # nothing is read any more

    def _require_connection(self) -> None:
        if self.connection is None or self.connection.client is None:
            raise ConnectionError("the connection to the broker was closed")


class Transport(redis.Transport):
    """Drop bytes in a queue that are no message: in Kombu they end the worker."""

    Channel = Channel

    def on_readable(self, fileno: int) -> None:  # type: ignore[override] # as in Kombu
        """Read one message, in the event loop of a worker."""
        try:
            super().on_readable(fileno)
        except MALFORMED as error:
            _log_dropped(error)

    def drain_events(  # type: ignore[override] # as in Kombu
        self, connection: Connection, timeout: float | None = None
    ) -> None:
        """Read one message, waiting for it; raise `TimeoutError` when there was none to deliver."""
        try:
            super().drain_events(connection, timeout=timeout)
        except MALFORMED as error:
            _log_dropped(error)
            raise TimeoutError from error


def _log_dropped(error: Exception) -> None:
    logger.error("Dropped a malformed message from the broker: %s", error)
