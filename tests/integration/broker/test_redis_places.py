"""Redis and Valkey with TLS, and behind Sentinels, by `BROKER_URL` alone."""

from collections.abc import Iterator
from urllib.parse import urlsplit

import pytest
from django.core.cache.backends.redis import RedisCache
from kombu.exceptions import OperationalError

from interview_platform.redis_url import connect
from pipeline.ports import BrokerAway
from pipeline.providers.broker_redis import RedisBroker
from tests.integration.broker.conftest import connection_to, there_and_back
from tests.private_broker import PrivateBroker
from tests.sentinels import WatchedServers
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


@pytest.fixture(scope="module")
def watched(tmp_path_factory: pytest.TempPathFactory) -> Iterator[WatchedServers]:
    """A master, its replica and a Sentinel."""
    servers = WatchedServers(tmp_path_factory.mktemp("watched"))
    servers.start()
    yield servers
    servers.stop()


def cache_at(url: str) -> RedisCache:
    """Return the cache as the settings make it."""
    options = {"pool_class": "interview_platform.redis_url.ServerPool", "socket_timeout": 2.0}
    return RedisCache(url, {"OPTIONS": options})


def everything_works(url: str) -> None:
    """Use the server for all that the platform uses it for."""
    with connection_to(url) as connection:
        assert there_and_back(connection) == {"said": "hello"}
    with connect(url, socket_timeout=2.0) as events:
        assert events.publish("interview:events:a-session", "changed") == 0
    cache = cache_at(url)
    cache.set("throttle", 1)
    assert cache.incr("throttle") == 2
    cache.close()
    broker = RedisBroker(url)
    broker.ping()
    broker.mark(broker.life())
    assert broker.life().is_marked
    assert broker.waiting(["gpu"]) == {"gpu": 0}


class TestTls:
    def test_is_used_for_everything(self, tls_url: str) -> None:
        everything_works(tls_url)

    def test_is_refused_with_a_server_that_nobody_vouches_for(self, tls_url: str) -> None:
        stranger = tls_url.partition("?")[0]

        with pytest.raises(BrokerAway):
            RedisBroker(stranger).ping()
        with pytest.raises(OperationalError), connection_to(stranger) as connection:
            there_and_back(connection)


class TestSentinels:
    def test_know_where_the_server_is(self, watched: WatchedServers) -> None:
        everything_works(watched.url)

    def test_lead_to_the_other_server_when_the_first_is_lost(self, watched: WatchedServers) -> None:
        broker = RedisBroker(watched.url)
        before = broker.life()
        watched.lose_the_master()

        everything_works(watched.url)
        assert broker.life().name != before.name

    def test_may_be_asked_in_vain(self) -> None:
        with pytest.raises(BrokerAway):
            RedisBroker("sentinel://127.0.0.1:1/interviews").ping()
