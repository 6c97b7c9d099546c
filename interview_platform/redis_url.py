"""
Addresses of servers that speak Redis' protocol, and the pools of connections to them.

`redis://`, `rediss://` (TLS) and `unix://` are redis-py's own. Ours is that of a server which Sentinels know the place of:
`sentinel://:password@one:26379,two:26379/master-name?db=0&sentinel_password=…&tls=yes&ssl_ca_certs=/path`.
"""

import ssl
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final
from urllib.parse import parse_qs, unquote, urlsplit

from django.core.exceptions import ImproperlyConfigured
from redis import ConnectionPool, Redis
from redis import asyncio as redis_asyncio
from redis.asyncio.retry import Retry as AsyncRetry
from redis.asyncio.sentinel import Sentinel as AsyncSentinel
from redis.backoff import NoBackoff
from redis.retry import Retry
from redis.sentinel import Sentinel, SentinelConnectionPool

SENTINEL_PORT: Final = 26379
SCHEMES: Final = ("redis", "rediss", "unix", "sentinel")
FILES: Final = ("ssl_ca_certs", "ssl_certfile", "ssl_keyfile")  # in the query, of any address


@dataclass(frozen=True, slots=True)
class Watched:
    """A server whose place Sentinels know."""

    master: str
    sentinels: tuple[tuple[str, int], ...]
    credentials: dict[str, str]  # of the server
    db: int = 0
    sentinel_credentials: dict[str, str] = field(default_factory=dict)
    tls: dict[str, Any] | None = None  # of the server and of the Sentinels; None = no TLS


class ServerPool(ConnectionPool):
    """What Django's cache makes its pool by."""

    @classmethod
    def from_url(cls, url: str, **options: Any) -> ConnectionPool:  # type: ignore[override] # a pool of either kind
        """Return a pool of connections to the server."""
        return pool_of(url, **options)


def pool_of(url: str, **options: Any) -> ConnectionPool:
    """Return a pool of connections to the server; `options` are those of a connection."""
    if not url.startswith("sentinel:"):
        return ConnectionPool.from_url(url, **options)
    watched = read_watched(url)
    tls = {"ssl": True, **watched.tls} if watched.tls is not None else {}
    sentinels = Sentinel(  # type: ignore[no-untyped-call] # redis-py has none here
        list(watched.sentinels), sentinel_kwargs=of_sentinels(watched, options)
    )
    return SentinelConnectionPool(  # type: ignore[no-untyped-call] # likewise
        watched.master, sentinels, db=watched.db, **watched.credentials, **tls, **options
    )


def of_sentinels(watched: Watched, options: Mapping[str, Any]) -> dict[str, Any]:
    """Return how to talk to the Sentinels themselves: as patiently as to the server, and each of them once."""
    return {
        **{name: value for name, value in options.items() if name.startswith("socket_")},
        **watched.sentinel_credentials,
        **({"ssl": True, **watched.tls} if watched.tls is not None else {}),
        "retry": Retry(NoBackoff(), 0),  # else redis-py asks one that is away for seconds
    }


def connect(url: str, **options: Any) -> "Redis":
    """Return a client of the server; it connects when it is used, and again after a fork."""
    return Redis.from_pool(pool_of(url, **options))


def connect_async(url: str, **options: Any) -> "redis_asyncio.Redis":
    """Return a client of the server for the event loop; it connects when it is used."""
    if not url.startswith("sentinel:"):
        return redis_asyncio.Redis.from_url(url, **options)
    watched = read_watched(url)
    tls = {"ssl": True, **watched.tls} if watched.tls is not None else {}
    kwargs = {**of_sentinels(watched, options), "retry": AsyncRetry(NoBackoff(), 0)}
    sentinels = AsyncSentinel(list(watched.sentinels), sentinel_kwargs=kwargs)  # type: ignore[no-untyped-call] # redis-py has none here
    own: dict[str, Any] = {"db": watched.db, **watched.credentials, **tls, **options}
    master: redis_asyncio.Redis = sentinels.master_for(watched.master, **own)
    return master


def speaks_redis(url: str) -> bool:
    """Tell whether the address is one of these."""
    return urlsplit(url).scheme in SCHEMES


def read_watched(url: str) -> Watched:
    """Return what a `sentinel://` address says."""
    parts = urlsplit(url)
    query = {name: values[-1] for name, values in parse_qs(parts.query).items()}
    _, _, hosts = parts.netloc.rpartition("@")
    master = parts.path.strip("/")
    if not (hosts and master):
        raise ImproperlyConfigured(
            "A sentinel:// address is sentinel://:password@host:26379,host:26379/name-of-the-master"
        )
    return Watched(
        master=master,
        sentinels=tuple(_place(host) for host in hosts.split(",")),
        credentials=_credentials(parts.username, parts.password),
        db=int(query.get("db", "0")),
        sentinel_credentials=_credentials(
            query.get("sentinel_username"), query.get("sentinel_password")
        ),
        tls=tls_of(url) if query.get("tls") == "yes" else None,
    )


def tls_of(url: str) -> dict[str, Any]:
    """Return what the address says of TLS: the server's certificate is checked unless `ssl_cert_reqs=none`."""
    query = {name: values[-1] for name, values in parse_qs(urlsplit(url).query).items()}
    strictness = ssl.CERT_NONE if query.get("ssl_cert_reqs") == "none" else ssl.CERT_REQUIRED
    return {"ssl_cert_reqs": strictness, **{name: query[name] for name in FILES if name in query}}


def _place(host: str) -> tuple[str, int]:
    name, _, port = host.rpartition(":")
    return (name, int(port)) if name else (host, SENTINEL_PORT)


def _credentials(username: str | None, password: str | None) -> dict[str, str]:
    found = {"username": unquote(username or ""), "password": unquote(password or "")}
    return {name: value for name, value in found.items() if value}
