"""URLs of the Redis server, and what Celery is told of its TLS."""

import ssl

import pytest
from django.core.exceptions import ImproperlyConfigured

from interview_platform.redis_url import check_redis_url, tls_options, without_query

TLS_URL = "rediss://:secret@host:6380/0?ssl_ca_certs=/etc/ca.pem"


@pytest.mark.parametrize("url", ["redis://:secret@host:6379/2", "redis://[::1]", TLS_URL])
def test_redis_is_taken_as_it_is_written(url: str) -> None:
    assert check_redis_url("BROKER_URL", url) == url


@pytest.mark.parametrize(
    "url",
    [
        "127.0.0.1:6379",
        "host",
        "redis://",
        "redis://host:port",
        "amqp://host//",
        "sentinel://one/main",
        "memory://",
        "unix:///run/redis",
    ],
)
def test_anything_else_is_refused_with_a_sentence_that_names_the_setting(url: str) -> None:
    with pytest.raises(ImproperlyConfigured, match=r"^BROKER_URL: expected redis://"):
        check_redis_url("BROKER_URL", url)


class TestTls:
    def test_is_off_without_it(self) -> None:
        assert tls_options("redis://host/0?ssl_ca_certs=/etc/ca.pem") is None

    def test_verifies_the_certificate(self) -> None:
        expected = {"ssl_cert_reqs": ssl.CERT_REQUIRED, "ssl_ca_certs": "/etc/ca.pem"}

        assert tls_options(TLS_URL) == expected
        assert tls_options("rediss://host/0") == {"ssl_cert_reqs": ssl.CERT_REQUIRED}

    def test_verifies_nothing_where_the_url_says_so(self) -> None:
        assert tls_options("rediss://host/0?ssl_cert_reqs=none") == {"ssl_cert_reqs": ssl.CERT_NONE}

    def test_options_are_no_part_of_celerys_url(self) -> None:
        assert without_query(TLS_URL) == "rediss://:secret@host:6380/0"
