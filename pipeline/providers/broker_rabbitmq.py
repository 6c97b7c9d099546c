"""`Broker` over RabbitMQ."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any, Final

from amqp.exceptions import AMQPError, NotFound
from celery import current_app
from kombu.exceptions import KombuError

from pipeline.ports import BrokerAway, BrokerLife

EPOCH: Final = "interview.epoch"
QUORUM: Final = {"x-queue-type": "quorum"}


class RabbitMqBroker:
    """
    Durable queues outlive restarts, so a life ends where the queues themselves are gone: the node was reset, or the vhost made anew.

    Our mark is a queue as durable as those of the messages. One that somebody empties by hand is not noticed: what lay in it
    is sent again after `REPUBLISH_SECONDS`.
    """

    def ping(self) -> None:
        """Raise `BrokerAway` when it does not answer."""
        with _channel():
            pass

    def life(self) -> BrokerLife:
        """Return which life it lives; it has no name of its own."""
        with _channel() as channel:
            return BrokerLife("rabbitmq", is_marked=_count(channel, EPOCH) is not None)

    def mark(self, life: BrokerLife) -> None:
        """Leave our mark in the present life."""
        del life
        with _channel() as channel:
            channel.queue_declare(EPOCH, durable=True, auto_delete=False, arguments=QUORUM)

    def waiting(self, queues: Sequence[str]) -> dict[str, int]:
        """Return how many messages lie in each queue; none in one that no worker has made yet."""
        found = {}
        for queue in queues:
            with _channel() as channel:  # a question about a missing queue closes it
                found[queue] = _count(channel, queue) or 0
        return found

    def unacknowledged(self) -> int | None:
        """Return None: its protocol does not tell, its management API would."""
        return None


def _count(channel: Any, queue: str) -> int | None:
    try:
        return int(channel.queue_declare(queue, passive=True).message_count)
    except NotFound:
        return None


@contextmanager
def _channel() -> Iterator[
    Any
]:  # py-amqp's; its stubs know neither `queue_declare`'s answer nor `close`
    try:
        with current_app.connection_for_write() as connection:
            connection.ensure_connection(max_retries=1, interval_start=0, interval_max=0)
            yield connection.channel()
    except (KombuError, AMQPError, OSError) as trouble:
        raise BrokerAway(type(trouble).__name__) from trouble
