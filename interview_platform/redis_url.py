"""URLs of Redis or Valkey servers: `redis://`, or `rediss://` with TLS."""

import ssl
from typing import Any, Final
from urllib.parse import parse_qsl, urlsplit, urlunsplit

SCHEMES: Final = ("redis", "rediss")
FILES: Final = ("ssl_ca_certs", "ssl_certfile", "ssl_keyfile")


def without_query(url: str) -> str:
    """Return the URL without its TLS options, which Celery takes in a setting of their own."""
    return urlunsplit(urlsplit(url)._replace(query=""))


def tls_options(url: str) -> dict[str, Any] | None:
    """
    Return the options for `broker_use_ssl`, or None without TLS.

    Kombu itself does not verify the certificate of a bare `rediss://` URL. Here it is verified
    unless the URL says `ssl_cert_reqs=none`, as redis-py does.
    """
    parts = urlsplit(url)
    if parts.scheme != "rediss":
        return None
    query = dict(parse_qsl(parts.query))
    verify = ssl.CERT_NONE if query.get("ssl_cert_reqs") == "none" else ssl.CERT_REQUIRED
    return {"ssl_cert_reqs": verify, **{name: query[name] for name in FILES if name in query}}
