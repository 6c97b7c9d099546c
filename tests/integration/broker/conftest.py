"""Brokers of every kind that the platform runs on."""

from collections.abc import Iterator
from typing import Any

import pytest
from kombu import Connection, Queue

from interview_platform.broker_url import read_broker_url
from tests.rabbitmq import RabbitMq, is_installed
from tests.tls import OPENSSL, Certificates, make_certificates

OPTIONS: dict[str, Any] = {
    "socket_timeout": 2.0,
    "socket_connect_timeout": 2.0,
    "global_keyprefix": "interview:",
}


@pytest.fixture(scope="session")
def certificates(tmp_path_factory: pytest.TempPathFactory) -> Certificates:
    """An authority that only who is told of it trusts, and a server's certificate of it."""
    if OPENSSL is None:
        pytest.skip("there is no `openssl` on this machine to make certificates with")
    return make_certificates(tmp_path_factory.mktemp("certificates"))


@pytest.fixture(scope="session")
def rabbitmq(
    tmp_path_factory: pytest.TempPathFactory, certificates: Certificates
) -> Iterator[RabbitMq]:
    """A RabbitMQ that runs."""
    if not is_installed():
        pytest.skip("there is no RabbitMQ on this machine: apt-get install rabbitmq-server")
    server = RabbitMq(tmp_path_factory.mktemp("rabbitmq"), certificates)
    server.start()
    yield server
    server.stop()


def connection_to(url: str, **options: Any) -> Connection:
    """Return a connection to the broker as Celery makes it from the settings."""
    broker = read_broker_url(url, options={**OPTIONS, **options})
    return Connection(
        broker.url,
        transport=broker.transport,
        ssl=broker.tls or False,
        transport_options=broker.options,
        connect_timeout=2,
    )


def there_and_back(connection: Connection, *, queue_type: str = "classic") -> Any:
    """Send a message, take it from its queue, and return what it says."""
    arguments = {"x-queue-type": queue_type} if queue_type == "quorum" else None
    heard: list[Any] = []

    def hear(body: Any, message: Any) -> None:
        heard.append(body)
        message.ack()

    queue = Queue("there-and-back", routing_key="there-and-back", queue_arguments=arguments)
    with connection.Consumer(queue, callbacks=[hear]):
        connection.Producer().publish({"said": "hello"}, routing_key="there-and-back")
        while not heard:  # it may have come while the broker confirmed it
            connection.drain_events(timeout=10)
    return heard[0]
