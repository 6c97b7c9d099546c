"""
Typed readers of environment variables; a bad value stops the start with a sentence that names it.

Empty is unset (decision 0027). No sentence repeats a URL: it may have a password in it.
"""

import os
import re
from collections.abc import Mapping
from email.utils import parseaddr
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

from django.core.exceptions import ImproperlyConfigured, ValidationError
from django.core.validators import validate_email
from limits import parse_many

TRUE = {"1", "true", "yes", "on"}
FALSE = {"0", "false", "no", "off"}
UNITS = {"s": "second", "m": "minute", "h": "hour", "d": "day"}
HOST: Final = re.compile(r"\*|\.?[\w-]+(\.[\w-]+)*|\[[\da-fA-F:.]+\]")
ORIGIN: Final = re.compile(r"https?://[^/*\s]+")
WIDE_ORIGIN: Final = re.compile(r"https?://(\*\.)?[^/*\s]+")
SHORT_UNIT = re.compile(r"(?<=[/\d])[smhd]$")


def load_dotenv(path: Path) -> None:
    """Put the `NAME=value` lines of `path` into the environment, where not set there already."""
    if not path.is_file():
        return
    for line in path.read_text(encoding="utf-8").splitlines():
        name, separator, value = line.strip().removeprefix("export ").partition("=")
        if separator and not name.startswith("#"):
            os.environ.setdefault(name.strip(), value.strip().strip("'\""))


def env_text(name: str, *, default: str = "") -> str:
    """Return the variable, or `default` when it is unset or empty."""
    return os.environ.get(name, "") or default


def env_int(name: str, *, default: int, minimum: int = 0) -> int:
    """Return the variable as a whole number of at least `minimum`."""
    raw = env_text(name, default=str(default))
    try:
        number = int(raw)
    except ValueError as error:
        raise ImproperlyConfigured(f"{name}={raw!r}: expected a whole number") from error
    if number < minimum:
        raise ImproperlyConfigured(f"{name}={raw!r}: expected at least {minimum}")
    return number


def env_float(name: str, *, default: float, minimum: float = 0.0) -> float:
    """Return the variable as a number of at least `minimum`."""
    raw = env_text(name, default=str(default))
    try:
        number = float(raw)
    except ValueError as error:
        raise ImproperlyConfigured(f"{name}={raw!r}: expected a number") from error
    if not minimum <= number < float("inf"):
        raise ImproperlyConfigured(f"{name}={raw!r}: expected a number of at least {minimum}")
    return number


def env_bool(name: str, *, default: bool) -> bool:
    """Return the variable as a yes or no."""
    raw = env_text(name, default="yes" if default else "no").lower()
    if raw in TRUE | FALSE:
        return raw in TRUE
    raise ImproperlyConfigured(f"{name}={raw!r}: expected yes or no")


def env_choice(name: str, *, choices: tuple[str, ...], default: str) -> str:
    """Return the variable when it is one of `choices`; refuse everything else."""
    raw = env_text(name, default=default)
    if raw not in choices:
        raise ImproperlyConfigured(f"{name}={raw!r}: expected one of {', '.join(choices)}")
    return raw


def env_list(name: str, *, default: tuple[str, ...] = ()) -> list[str]:
    """Return the comma-separated variable as a list of trimmed words."""
    raw = env_text(name)
    return [word.strip() for word in raw.split(",") if word.strip()] if raw else list(default)


def env_hosts(name: str, *, default: tuple[str, ...]) -> list[str]:
    """Return a list of host names, without scheme, port or path."""
    return _matching(name, env_list(name, default=default), HOST, "a host name such as example.org")


def env_origins(name: str, *, wildcards: bool = False) -> list[str]:
    """Return a list of origins, such as `https://app.example.org`; or `https://*.example.org`."""
    pattern = WIDE_ORIGIN if wildcards else ORIGIN
    return _matching(name, env_list(name), pattern, "an origin such as https://app.example.org")


def env_url(name: str, *, default: str, schemes: tuple[str, ...], has_host: bool = True) -> str:
    """Return the variable when it is a URL of one of these schemes; "" if that is the default."""
    url = env_text(name, default=default)
    if not url:
        return ""
    try:
        parts = urlsplit(url)
        is_whole = bool(parts.hostname or not has_host) and parts.port != 0 and "://" in url
    except ValueError:  # the port is no number
        is_whole = False
    if is_whole and parts.scheme in schemes:
        return url
    expected = " or ".join(f"{scheme}://…" for scheme in schemes)
    raise ImproperlyConfigured(f"{name}: expected a URL, {expected}")


def env_sender(name: str, *, default: str) -> str:
    """Return the variable when an e-mail can come from it: `Name <address>`, or an address."""
    raw = env_text(name, default=default)
    try:
        validate_email(parseaddr(raw)[1])
    except ValidationError as error:
        raise ImproperlyConfigured(
            f"{name}={raw!r}: expected a sender such as Interviews <noreply@example.org>"
        ) from error
    return raw


def env_numbers(name: str, *, default: Mapping[str, float]) -> dict[str, float]:
    """Return `key=number,…` as a mapping with exactly the keys of `default`."""
    pairs = dict(pair.partition("=")[::2] for pair in env_list(name))
    if not pairs:
        return dict(default)
    try:
        numbers = {key.strip(): float(value) for key, value in pairs.items()}
    except ValueError as error:
        raise ImproperlyConfigured(f"{name}: expected key=number pairs") from error
    if numbers.keys() != default.keys():
        raise ImproperlyConfigured(f"{name}: expected the keys {', '.join(default)}")
    return numbers


def env_rate(name: str, *, default: str) -> str:
    """Return `10/15m` or `10 per 15 minutes` in the notation of the package `limits`."""
    raw = env_text(name, default=default).strip()
    rate = SHORT_UNIT.sub(lambda unit: UNITS[unit[0]], raw)
    try:
        [_] = parse_many(rate)
    except ValueError as error:
        raise ImproperlyConfigured(
            f"{name}={raw!r}: expected a rate such as 10/15m or 10 per 15 minutes"
        ) from error
    return rate


def _matching(name: str, words: list[str], pattern: re.Pattern[str], expected: str) -> list[str]:
    for word in words:
        if not pattern.fullmatch(word):
            raise ImproperlyConfigured(f"{name}: {word!r} is not {expected}")
    return words
