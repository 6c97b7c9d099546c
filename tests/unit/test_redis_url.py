"""What Celery is told of a URL with TLS."""

import ssl

from interview_platform.redis_url import tls_options, without_query

TLS_URL = "rediss://:secret@host:6380/0?ssl_ca_certs=/etc/ca.pem"


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
