"""
`BROKER_URL` → Celery's settings for it. The three kinds, each with its options in the address:

`redis://` and `rediss://` (TLS), `sentinel://` (`redis_url`), and RabbitMQ: `amqp://user:password@host:5672/vhost`, `amqps://` with
TLS. With TLS the server's certificate is checked, against `?ssl_ca_certs=/path` or else the system's authorities.
"""

from dataclasses import dataclass
from typing import Any, Final, Literal
from urllib.parse import urlsplit, urlunsplit

from django.core.exceptions import ImproperlyConfigured

from interview_platform.redis_url import FILES, of_sentinels, read_watched, speaks_redis, tls_of

OURS: Final = "interview_platform.broker_transport"
RABBITMQ: Final = ("amqp", "amqps")


@dataclass(frozen=True, slots=True)
class BrokerSettings:
    """What Celery must know of the broker."""

    url: str  # as Celery takes it
    transport: str | None  # in place of the one that the address names
    options: dict[str, Any]  # of the transport
    tls: dict[str, Any] | None
    queue_type: Literal["classic", "quorum"] = "classic"


def read_broker_url(url: str, *, options: dict[str, Any]) -> BrokerSettings:
    """Return the settings; `options` are those of Kombu's Redis transport, of which RabbitMQ knows the time-outs alone."""
    scheme = urlsplit(url).scheme
    if scheme in RABBITMQ:
        return _rabbitmq(url, options)
    if scheme == "sentinel":
        return _sentinel(url, options)
    if speaks_redis(url):
        tls = tls_of(url) if scheme == "rediss" else None
        return BrokerSettings(_bare(url), f"{OURS}:Transport", options, tls)
    raise ImproperlyConfigured(
        f"BROKER_URL begins with {scheme!r}: expected redis, rediss, sentinel, amqp or amqps"
    )


def _sentinel(url: str, options: dict[str, Any]) -> BrokerSettings:
    """Name the first Sentinel in the address, with what the server itself wants to know, and all of them in the options."""
    watched = read_watched(url)
    credentials, at, _ = urlsplit(url).netloc.rpartition("@")
    host, port = watched.sentinels[0]
    return BrokerSettings(
        f"sentinel://{credentials}{at}{host}:{port}/{watched.db}",
        f"{OURS}:SentinelTransport",
        {
            **options,
            "master_name": watched.master,
            "sentinels": watched.sentinels,
            "sentinel_kwargs": of_sentinels(watched, options),
        },
        watched.tls,
    )


def _rabbitmq(url: str, options: dict[str, Any]) -> BrokerSettings:
    """Each message is confirmed before an upload counts as sent; queues are replicated where there are several nodes."""
    seconds = options["socket_timeout"]
    return BrokerSettings(
        _bare(url),
        None,
        {"confirm_publish": True, "read_timeout": seconds, "write_timeout": seconds},
        _amqp_tls(url) if urlsplit(url).scheme == "amqps" else None,
        queue_type="quorum",
    )


def _amqp_tls(url: str) -> dict[str, Any]:
    """Return the same in the words of py-amqp, which checks the name in the certificate when it is told it."""
    wanted = tls_of(url)
    names = {name: name.removeprefix("ssl_") for name in (*FILES, "ssl_cert_reqs")}
    return {
        "server_hostname": urlsplit(url).hostname,
        **{names[name]: value for name, value in wanted.items()},
    }


def _bare(url: str) -> str:
    """Return the address without its query: what stood there is told to Celery apart."""
    return urlunsplit(urlsplit(url)._replace(query=""))
