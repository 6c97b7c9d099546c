"""Redis or Valkey with TLS, for all that the platform uses it for."""

from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

import pytest
from kombu.exceptions import OperationalError
from redis import Redis

from interview_platform.http.throttles import Counter
from pipeline.domain.ports import BrokerAway
from pipeline.providers.redis_broker import RedisBroker
from tests.integration.broker.conftest import connection_to, there_and_back
from tests.private_broker import PrivateBroker
from tests.tls import Certificates, TlsFront


@pytest.fixture(scope="module")
def tls_port(certificates: Certificates, private_broker: PrivateBroker) -> Iterator[int]:
    """Where the tests' broker is reached by TLS; the server of the wheel is built without, as are many behind a proxy."""
    private_broker.ensure_running()
    front = TlsFront(certificates, port=urlsplit(private_broker.url).port or 0)
    yield front.port
    front.close()


@pytest.fixture
def tls_url(tls_port: int, certificates: Certificates, broker: PrivateBroker) -> str:
    """The broker's address by TLS, with the authority to trust."""
    password = urlsplit(broker.url).password
    return f"rediss://:{password}@localhost:{tls_port}/0?ssl_ca_certs={certificates.authority}"


def everything_works(url: str, settings: Any) -> None:
    """Use the server for all that the platform uses it for."""
    settings.CACHE_URL = url
    with connection_to(url) as connection:
        assert there_and_back(connection) == {"said": "hello"}
    with Redis.from_url(url, socket_timeout=2.0) as events:
        assert events.publish("interview:events:a-session", "changed") == 0
    assert Counter(scope="login", subject="somebody").hit() == 0
    broker = RedisBroker(url)
    broker.ping()
    broker.mark(broker.life())
    assert broker.life().is_marked
    assert broker.waiting(["gpu"]) == {"gpu": 0}


class TestTls:
    def test_is_used_for_everything(self, tls_url: str, settings: Any) -> None:
        everything_works(tls_url, settings)

    def test_is_refused_with_a_server_that_nobody_vouches_for(self, tls_url: str) -> None:
        stranger = tls_url.partition("?")[0]

        with pytest.raises(BrokerAway):
            RedisBroker(stranger).ping()
        with pytest.raises(OperationalError), connection_to(stranger) as connection:
            there_and_back(connection)
