"""URLs of Redis or Valkey servers: `redis://`, or `rediss://` with TLS."""

import ssl
from typing import Any, Final
from urllib.parse import parse_qsl, urlsplit, urlunsplit

from django.core.exceptions import ImproperlyConfigured

FILES: Final = ("ssl_ca_certs", "ssl_certfile", "ssl_keyfile")


def check_redis_url(name: str, url: str) -> str:
    """Return the URL, or raise `ImproperlyConfigured` with a sentence that names the setting."""
    try:
        parts = urlsplit(url)
        is_valid = parts.scheme in {"redis", "rediss"} and parts.hostname and parts.port != 0
    except ValueError:  # the port is no number
        is_valid = False
    if not is_valid:
        raise ImproperlyConfigured(
            f"{name}: expected redis://:password@host:6379/0, or rediss:// for TLS"
        )
    return url


def without_query(url: str) -> str:
    """Return the URL without its TLS options, which Celery takes in a setting of their own."""
    return urlunsplit(urlsplit(url)._replace(query=""))


def tls_options(url: str) -> dict[str, Any] | None:
    """
    Return the options for `broker_use_ssl`, or None without TLS.

    Kombu itself does not verify the certificate of a bare `rediss://` URL. Here it is verified unless
    the URL says `ssl_cert_reqs=none`, as redis-py does.
    """
    parts = urlsplit(url)
    if parts.scheme != "rediss":
        return None
    query = dict(parse_qsl(parts.query))
    verify = ssl.CERT_NONE if query.get("ssl_cert_reqs") == "none" else ssl.CERT_REQUIRED
    return {"ssl_cert_reqs": verify, **{name: query[name] for name in FILES if name in query}}
