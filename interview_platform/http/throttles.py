"""
Rate limits, counted in Redis for all API processes together.

While Redis is unavailable, log-ins are refused with 503, because a guess at a password must not go
uncounted; everything else is let through uncounted.
"""

import functools
import hashlib
import logging
import time
from ipaddress import IPv6Address, ip_address, ip_network
from typing import TYPE_CHECKING, ClassVar

from django.conf import settings
from django.http import HttpRequest
from limits import parse
from limits.storage import storage_from_string
from limits.strategies import FixedWindowRateLimiter
from redis.exceptions import RedisError
from rest_framework.request import Request
from rest_framework.settings import api_settings
from rest_framework.throttling import BaseThrottle

from interview_platform.errors import Refused

if TYPE_CHECKING:
    from rest_framework.views import APIView  # it imports this module, by way of the settings

logger = logging.getLogger(__name__)

REDIS_SECONDS = 0.5  # to connect, and to answer
BREAK_SECONDS = 5.0  # without a question to an unavailable Redis: each would cost a time-out
IPV6_PREFIX = 64  # what one subscriber gets: each has 2**64 addresses


class TooManyRequests(Refused):
    """Over the rate."""

    status = 429
    code = "throttled"
    message = "Too many requests"


class CounterUnavailable(Refused):
    """Nobody can count, and this must be counted."""

    status = 503
    code = "unavailable"
    message = "The service is temporarily unavailable"


class CircuitBreaker:
    """Remember, for one process, that Redis was unavailable a moment ago."""

    open_until: ClassVar[float] = 0.0

    @classmethod
    def is_open(cls) -> bool:
        """Return whether Redis is not to be asked now."""
        return time.monotonic() < cls.open_until

    @classmethod
    def trip(cls, error: Exception) -> None:
        """Ask nothing for a while."""
        cls.open_until = time.monotonic() + BREAK_SECONDS
        logger.warning("Redis is unavailable, nothing is counted: %s", type(error).__name__)


class Counter:
    """Count what one subject does within a window that opens with the first of it."""

    def __init__(self, *, scope: str, subject: str) -> None:
        digest = hashlib.sha256(subject.encode()).hexdigest()[:32]  # Redis gets no address
        self._rate = parse(str(api_settings.DEFAULT_THROTTLE_RATES[scope]))
        self._key = (scope, digest)

    def hit(self) -> int | None:
        """
        Count one more, atomically, and return the seconds to wait: 0 within the rate.

        Return None while Redis is unavailable.
        """
        if CircuitBreaker.is_open():
            return None
        try:
            limiter = _limiter(settings.CACHE_URL)
            if limiter.hit(self._rate, *self._key):
                return 0
            window = limiter.get_window_stats(self._rate, *self._key)
        except (RedisError, OSError) as error:
            CircuitBreaker.trip(error)
            return None
        return max(1, round(window.reset_time - time.time()))

    def refund(self) -> None:
        """Count one less; an unavailable Redis forgets by itself."""
        try:
            _limiter(settings.CACHE_URL).hit(self._rate, *self._key, cost=-1)
        except (RedisError, OSError) as error:
            CircuitBreaker.trip(error)

    def clear(self) -> None:
        """Begin anew; an unavailable Redis forgets by itself."""
        try:
            _limiter(settings.CACHE_URL).clear(self._rate, *self._key)
        except (RedisError, OSError) as error:
            CircuitBreaker.trip(error)


class ScopeThrottle(BaseThrottle):
    """Limit requests by person, else by network; let all through while Redis is unavailable."""

    scope: ClassVar[str]

    def allow_request(self, request: Request, view: "APIView") -> bool:
        """Return whether this request is within the rate."""
        user = request.user
        subject = f"user {user.pk}" if user and user.pk else f"ip {client_network(request)}"
        self._wait = Counter(scope=self.scope, subject=subject).hit() or 0
        return self._wait == 0

    def wait(self) -> float:
        """Return the seconds until the window closes."""
        return self._wait


class UserThrottle(ScopeThrottle):
    """Limit all requests of somebody."""

    scope = "user"


class RegisterThrottle(ScopeThrottle):
    """Limit new accounts from one network."""

    scope = "register"


class UploadThrottle(ScopeThrottle):
    """Limit the recordings of one person."""

    scope = "upload"


def client_network(request: Request | HttpRequest) -> str:
    """
    Return the IPv4 address, or the /64 network of the IPv6 address, that a request comes from.

    `X-Forwarded-For` counts only as far as our own proxies wrote it (`NUM_PROXIES`).
    """
    ident = BaseThrottle().get_ident(request)  # type: ignore[arg-type] # it reads `META` alone
    return network_of(str(ident))


def network_of(client: str) -> str:
    """Return the network of an address that may have brackets, a port or a zone."""
    host = client.strip()
    if host.startswith("["):
        host = host[1:].partition("]")[0]
    elif host.count(":") == 1:
        host = host.partition(":")[0]
    try:
        address = ip_address(host.partition("%")[0])
    except ValueError:  # a proxy wrote "unknown"
        return client
    if not isinstance(address, IPv6Address):
        return str(address)
    return str(address.ipv4_mapped or ip_network((address, IPV6_PREFIX), strict=False))


def reset_counters() -> None:
    """Forget all counts, and that Redis was unavailable."""
    CircuitBreaker.open_until = 0.0
    _limiter(settings.CACHE_URL).storage.reset()


@functools.cache
def _limiter(url: str) -> FixedWindowRateLimiter:
    """Return the limiter of this process; it connects when it is used, and again after a fork."""
    storage = storage_from_string(
        url,
        key_prefix=f"{settings.BROKER_KEY_PREFIX}limits",
        socket_timeout=REDIS_SECONDS,
        socket_connect_timeout=REDIS_SECONDS,
    )
    return FixedWindowRateLimiter(storage)
