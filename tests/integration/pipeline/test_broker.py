"""What a worker makes of a broker that dies, and of messages that nobody of us has sent."""

from typing import Any

import pytest
from celery.exceptions import InvalidTaskError
from kombu import Connection, Queue
from kombu.asynchronous import Hub

from celery_app import app
from interview_platform import broker_messages
from tests.private_broker import PrivateBroker


@pytest.fixture
def connection(broker: PrivateBroker) -> Any:
    """A worker's connection, with its channel."""
    with app.connection_for_read() as made:
        yield made


class TestAClosedConnection:
    def test_is_an_error_that_workers_expect_when_a_task_acknowledges_late(
        self, connection: Connection
    ) -> None:
        channel: Any = connection.default_channel
        expected = connection.connection_errors
        connection.collect()

        with pytest.raises(expected, match="was closed"):
            channel.basic_ack("the message of a task that has just ended")
        with pytest.raises(expected, match="was closed"):
            channel.subclient.ping()


class TestWhatIsNoMessage:
    @pytest.mark.parametrize("junk", ["no message", "[]", "7", "null", '{"body": ""}'])
    def test_is_dropped(self, connection: Connection, broker: PrivateBroker, junk: str) -> None:
        taken: list[object] = []
        consumer = connection.Consumer([Queue("gpu")], on_message=taken.append, no_ack=True)
        with broker.client() as client, consumer:
            client.lpush("interview:gpu", junk)
            with pytest.raises(TimeoutError):
                connection.drain_events(timeout=0.3)

            assert client.llen("interview:gpu") == 0
        assert taken == []

    def test_is_dropped_by_a_channel_that_closes(
        self, connection: Connection, broker: PrivateBroker
    ) -> None:
        channel: Any = connection.default_channel
        connection.Consumer([Queue("gpu")], channel=channel, no_ack=True).consume()
        with pytest.raises(TimeoutError):
            connection.drain_events(timeout=0.1)  # the channel waits for a message from now on
        with broker.client() as client:
            client.lpush("interview:gpu", "no message")

            channel.close()

            assert client.llen("interview:gpu") == 0
        assert channel.closed

    @pytest.mark.parametrize("junk", ["no message", "[]"])
    def test_is_dropped_by_a_workers_event_loop(
        self, connection: Connection, broker: PrivateBroker, junk: str
    ) -> None:
        taken: list[object] = []
        consumer = connection.Consumer([Queue("gpu")], on_message=taken.append, no_ack=True)
        hub = Hub()
        connection.register_with_event_loop(hub)
        with broker.client() as client, consumer:
            client.lpush("interview:gpu", junk)
            connection.Producer().publish("a message", routing_key="gpu")
            while not taken:
                hub.run_once()
            hub.close()

            assert client.llen("interview:gpu") == 0


class TestAMessageThatMakesNoSense:
    @pytest.mark.parametrize("trouble", [TypeError, ValueError, KeyError])
    def test_is_refused(self, monkeypatch: pytest.MonkeyPatch, trouble: type[Exception]) -> None:
        def stumble(*_: Any) -> None:
            raise trouble

        monkeypatch.setattr(broker_messages, "default", lambda *_: stumble)

        with pytest.raises(InvalidTaskError):
            broker_messages.take_carefully(None, None, None)("message", "body")


def test_every_task_takes_its_messages_carefully() -> None:
    app.loader.import_default_modules()
    ours = [task for name, task in app.tasks.items() if name.startswith("pipeline.")]

    assert ours
    assert {task.Strategy for task in ours} == {"interview_platform.broker_messages:take_carefully"}
