"""A TLS certificate, and connections to the broker as Celery makes them."""

from typing import Any

import pytest
from kombu import Connection, Queue

from interview_platform.redis_url import tls_options, without_query
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


def connection_to(url: str) -> Connection:
    """Return a connection to the broker as Celery makes it from the settings."""
    return Connection(
        without_query(url),
        transport="interview_platform.broker_transport:Transport",
        ssl=tls_options(url) or False,
        transport_options=OPTIONS,
        connect_timeout=2,
    )


def there_and_back(connection: Connection) -> Any:
    """Send a message, take it from its queue, and return what it says."""
    heard: list[Any] = []

    def hear(body: Any, message: Any) -> None:
        heard.append(body)
        message.ack()

    queue = Queue("there-and-back", routing_key="there-and-back")
    with connection.Consumer(queue, callbacks=[hear]):
        connection.Producer().publish({"said": "hello"}, routing_key="there-and-back")
        connection.drain_events(timeout=10)
    return heard[0]
