"""Every route of the platform, from the URL configuration itself, and the table that says who may use it."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings
from django.urls import URLPattern, URLResolver, get_resolver

TABLE = Path(__file__).with_name("who_may_what.txt")
METHODS = ("get", "post", "put", "patch", "delete")
PARAMETER = re.compile(r"<(?:\w+:)?(\w+)>")


@dataclass(frozen=True, slots=True, order=True)
class Route:
    """A method and a path with named holes."""

    path: str
    method: str

    def __str__(self) -> str:
        return f"{self.method} {self.path}"

    def filled(self, values: dict[str, str]) -> str:
        """Return the path with these values in its holes."""
        return self.path.format(**values)


@dataclass(frozen=True, slots=True)
class Row:
    """What each kind of visitor gets for a route."""

    route: Route
    expected: dict[str, int]


def routes() -> list[Route]:
    """Return every route but those of the admin, which has rules of its own."""
    return sorted(_routes(get_resolver().url_patterns, "/"))


def admin_paths() -> list[str]:
    """Return the path of every page of the staff, with a 1 in each hole."""
    prefix = f"/{settings.ADMIN_PATH}/"
    pages = [found for found in get_resolver().url_patterns if f"/{found.pattern}" == prefix]
    found = (_walk(below.url_patterns, prefix) for below in pages if isinstance(below, URLResolver))
    return sorted({_as_path(route) for routes in found for route in routes})


def rows() -> list[Row]:
    """Return the table."""
    lines = [line.split() for line in TABLE.read_text("utf-8").splitlines()]
    head, *body = [words for words in lines if words and words[0] != "#"]
    visitors = head[2:]
    return [
        Row(
            Route(path=path, method=method),
            {who: int(status) for who, status in zip(visitors, statuses, strict=True)},
        )
        for method, path, *statuses in body
    ]


def _routes(patterns: "list[URLPattern | URLResolver]", prefix: str) -> Iterator[Route]:
    for pattern in patterns:
        path = prefix + PARAMETER.sub(r"{\1}", str(pattern.pattern))
        if path == f"/{settings.ADMIN_PATH}/":
            continue
        if isinstance(pattern, URLResolver):
            yield from _routes(pattern.url_patterns, path)
            continue
        view = getattr(pattern.callback, "view_class", None) or getattr(
            pattern.callback, "cls", None
        )
        for method in METHODS if view else ("get",):
            if view is None or hasattr(view, method):
                yield Route(path=path, method=method.upper())


def _walk(patterns: "list[URLPattern | URLResolver]", prefix: str) -> Iterator[str]:
    for pattern in patterns:
        path = f"{prefix}{pattern.pattern}"
        if isinstance(pattern, URLResolver):
            yield from _walk(pattern.url_patterns, path)
        else:
            yield path


def _as_path(route: str) -> str:
    """Return a path that the route matches."""
    path = re.sub(r"<[^>]+>|\(\?P<[^)]*\)", "1", route)
    return re.sub(r"[\^$]|\\Z|\(|\)|\?", "", path)
