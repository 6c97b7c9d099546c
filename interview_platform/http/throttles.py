"""
How often somebody may ask: counters in the cache, shared by all API processes.

When the cache is away, polls, uploads and registrations stay open and log-ins are closed with a 503: a guess at a password
is the one thing that must not go uncounted.
"""

import functools
import hashlib
import logging
import re
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from django.core.cache import cache
from django.core.exceptions import ImproperlyConfigured
from django.http import HttpRequest
from redis.exceptions import RedisError
from rest_framework.request import Request
from rest_framework.settings import api_settings
from rest_framework.throttling import BaseThrottle

from interview_platform.errors import Refused
from interview_platform.http.allowances import Allowances, part_of

if TYPE_CHECKING:
    from rest_framework.views import APIView  # it imports this module, by way of the settings

logger = logging.getLogger(__name__)
allowances = Allowances()  # of this process

RATE = re.compile(r"(\d+)/(\d*)([smhd])")
SECONDS = {"s": 1, "m": 60, "h": 3600, "d": 86400}
REST_SECONDS = (
    5.0  # an absent cache is not asked again for so long: its time-out would slow each answer
)


class TooManyRequests(Refused):
    """Over the rate."""

    status = 429
    code = "throttled"
    message = "Too many requests"


class CounterIsAway(Refused):
    """Nobody can count, and this must be counted."""

    status = 503
    code = "unavailable"
    message = "The service is temporarily unavailable"


@dataclass(frozen=True, slots=True)
class Rate:
    """So many in so many seconds."""

    limit: int
    seconds: int


@functools.cache
def parse_rate(text: str) -> Rate:
    """Read `10/15m`, `60/h` and the like."""
    match = RATE.fullmatch(text.strip())
    if match is None:
        raise ImproperlyConfigured(f"{text!r}: expected a rate such as 10/15m or 60/h")
    return Rate(limit=int(match[1]), seconds=int(match[2] or 1) * SECONDS[match[3]])


def rate_of(scope: str) -> Rate:
    """Return the rate that the settings give to a scope."""
    return parse_rate(str(api_settings.DEFAULT_THROTTLE_RATES[scope]))


class Counter:
    """Counts what one subject does within a window that opens with the first of it. Raises when the cache is away."""

    def __init__(self, *, scope: str, subject: str) -> None:
        self.rate = rate_of(scope)
        digest = hashlib.sha256(subject.encode()).hexdigest()[:32]  # no address lies in the cache
        self.key = f"throttle:{scope}:{digest}"

    def seconds_to_wait(self) -> int:
        """Count one more, atomically; return 0 when it is within the rate, else the seconds until the window closes."""
        opened = self._opened()
        if self._count(1, opened=opened) <= self.rate.limit:
            return 0
        return self._left_of(opened)

    def seconds_to_wait_in_parts(self) -> int:
        """Do the same by counting some requests in advance, for what need not be counted to the last one."""
        subject = self.key, self.rate.limit
        if allowances.use(subject):
            return 0
        opened, number = self._opened(), part_of(self.rate.limit)
        counted = self._count(number, opened=opened)
        granted = min(number, self.rate.limit - (counted - number))
        if granted <= 0:
            return self._left_of(opened)
        allowances.keep(subject, number=granted - 1, until=float(opened + self.rate.seconds))
        return 0

    def take_back(self) -> None:
        """Count one less; an absent cache forgets by itself."""
        try:
            cache.decr(f"{self.key}:{cache.get(self.key)}")
        except ValueError:
            return  # the window closed meanwhile
        except (RedisError, OSError) as error:
            logger.warning("The cache is away, nothing is taken back: %s", type(error).__name__)

    def forget(self) -> None:
        """Begin anew; an absent cache forgets by itself."""
        try:
            cache.delete_many([self.key, f"{self.key}:{cache.get(self.key)}"])
        except (RedisError, OSError) as error:
            logger.warning("The cache is away, nothing is forgotten: %s", type(error).__name__)

    def _opened(self) -> int:
        return int(cache.get_or_set(self.key, int(time.time()), self.rate.seconds) or 0)

    def _count(self, number: int, *, opened: int) -> int:
        return _add(number, f"{self.key}:{opened}", seconds=self.rate.seconds)

    def _left_of(self, opened: int) -> int:
        return max(1, opened + self.rate.seconds - int(time.time()))


class _Rest:
    """Remembers, for one process, that the cache was away a moment ago."""

    until: ClassVar[float] = 0.0


def seconds_to_wait(counter: Counter, *, in_parts: bool = False) -> int | None:
    """Count one more; return the seconds to wait, 0 for none, and None when the cache is away."""
    if time.monotonic() < _Rest.until:
        return None
    try:
        return counter.seconds_to_wait_in_parts() if in_parts else counter.seconds_to_wait()
    except (RedisError, OSError) as error:
        _Rest.until = time.monotonic() + REST_SECONDS
        logger.warning("The cache is away, nothing is counted: %s", type(error).__name__)
        return None


class ScopeThrottle(BaseThrottle):
    """Counts requests by person, else by address; open when the cache is away."""

    scope: ClassVar[str]
    in_parts: ClassVar[bool] = False  # count some in advance: quicker, and never too many

    def allow_request(self, request: Request, view: "APIView") -> bool:
        """Tell whether this request is within the rate."""
        user = request.user
        subject = f"user {user.pk}" if user and user.pk else f"ip {self.get_ident(request)}"
        counter = Counter(scope=self.scope, subject=subject)
        self._wait = seconds_to_wait(counter, in_parts=self.in_parts) or 0
        return self._wait == 0

    def wait(self) -> float:
        """Return the seconds until the window closes."""
        return self._wait


class UserThrottle(ScopeThrottle):
    """All that somebody asks for."""

    scope = "user"
    in_parts = True


class RegisterThrottle(ScopeThrottle):
    """New accounts from one address."""

    scope = "register"


class UploadThrottle(ScopeThrottle):
    """Recordings of one person."""

    scope = "upload"


def address_of(request: Request | HttpRequest) -> str:
    """Return the client's address; `X-Forwarded-For` counts only as far as our own proxies wrote it."""
    return str(BaseThrottle().get_ident(request))  # type: ignore[arg-type] # it reads `META` alone


def _add(number: int, key: str, *, seconds: int) -> int:
    """Count so many more in a window, which is there already for all but the first: they ask the cache no more than they must."""
    try:
        return int(cache.incr(key, number))
    except ValueError:  # nobody has counted in it yet, or it was thrown out
        if cache.add(key, number, seconds):
            return number
    try:
        return int(cache.incr(key, number))
    except ValueError:  # it closed between two commands
        return number
