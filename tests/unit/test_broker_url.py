"""`BROKER_URL` and what Celery is told of it."""

import ssl
from typing import Any

import pytest
from django.core.exceptions import ImproperlyConfigured

from interview_platform.broker_url import BrokerSettings, read_broker_url
from interview_platform.redis_url import read_watched, speaks_redis

OPTIONS = {"socket_timeout": 5.0, "socket_connect_timeout": 2.0, "global_keyprefix": "interview:"}
SENTINELS = "sentinel://user:p%40ss@one:26379,two/interviews?db=3&sentinel_password=other"


def read(url: str) -> BrokerSettings:
    return read_broker_url(url, options=OPTIONS)


class TestRedis:
    def test_is_as_it_is_written(self) -> None:
        found = read("redis://:secret@host:6379/2")

        assert (found.url, found.tls) == ("redis://:secret@host:6379/2", None)
        assert found.options == OPTIONS
        assert found.transport == "interview_platform.broker_transport:Transport"

    def test_with_tls_checks_the_certificate(self) -> None:
        found = read("rediss://:secret@host:6380/0?ssl_ca_certs=/etc/ca.pem")

        assert found.url == "rediss://:secret@host:6380/0"
        assert found.tls == {"ssl_cert_reqs": ssl.CERT_REQUIRED, "ssl_ca_certs": "/etc/ca.pem"}

    def test_trusts_anybody_where_it_is_told_to(self) -> None:
        found = read("rediss://host/0?ssl_cert_reqs=none")

        assert found.tls == {"ssl_cert_reqs": ssl.CERT_NONE}


class TestSentinels:
    def test_are_all_known_and_asked_with_their_own_password(self) -> None:
        found = read(SENTINELS)

        assert found.url == "sentinel://user:p%40ss@one:26379/3"
        assert found.options["master_name"] == "interviews"
        assert found.options["sentinels"] == (("one", 26379), ("two", 26379))
        assert found.options["sentinel_kwargs"]["password"] == "other"
        assert found.options["global_keyprefix"] == "interview:"

    def test_lead_to_a_server_with_a_password_of_its_own(self) -> None:
        assert read_watched(SENTINELS).credentials == {"username": "user", "password": "p@ss"}

    def test_are_spoken_to_by_tls_as_the_server_is(self) -> None:
        found = read("sentinel://one/interviews?tls=yes&ssl_ca_certs=/etc/ca.pem")

        assert found.tls == {"ssl_cert_reqs": ssl.CERT_REQUIRED, "ssl_ca_certs": "/etc/ca.pem"}
        assert found.options["sentinel_kwargs"]["ssl"]

    @pytest.mark.parametrize("url", ["sentinel://one:26379", "sentinel:///interviews"])
    def test_must_be_named_with_what_they_watch(self, url: str) -> None:
        with pytest.raises(ImproperlyConfigured, match="name-of-the-master"):
            read(url)


class TestRabbitMq:
    def test_confirms_and_replicates(self) -> None:
        found = read("amqp://user:secret@host:5672/interviews")

        assert found.transport is None
        assert found.options["confirm_publish"]
        assert found.queue_type == "quorum"

    def test_with_tls_checks_certificate_and_name(self) -> None:
        found = read("amqps://user:secret@host:5671/?ssl_ca_certs=/etc/ca.pem")

        assert found.tls == {
            "server_hostname": "host",
            "cert_reqs": ssl.CERT_REQUIRED,
            "ca_certs": "/etc/ca.pem",
        }

    def test_speaks_no_redis(self) -> None:
        assert not speaks_redis("amqp://host//")
        assert speaks_redis(SENTINELS)


class TestAnotherKind:
    @pytest.mark.parametrize("url", ["sqs://", "memory://", "host:6379", "kafka://host"])
    def test_is_refused_by_name(self, url: str) -> None:
        with pytest.raises(ImproperlyConfigured, match="expected redis, rediss, sentinel, amqp"):
            read(url)


class TestWithoutAServerForEvents:
    def test_nobody_is_told_and_nobody_waits(self, settings: Any) -> None:
        from uuid import uuid4

        from pipeline import events

        settings.EVENTS_URL = ""

        assert not events.tell(lambda server: server.ping())
        with events.subscription(uuid4()) as subscription:
            assert not subscription.is_open

    def test_the_check_says_what_is_missing(self, settings: Any) -> None:
        from pipeline.checks import somebody_is_told

        settings.EVENTS_URL = ""

        [warning] = somebody_is_told()
        assert "throttles by itself" in warning.msg
