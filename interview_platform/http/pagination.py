"""One page shape for every list."""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar
from urllib.parse import urlencode

from django.db.models import Model, QuerySet
from rest_framework import serializers
from rest_framework.request import Request

from interview_platform.http.envelope import Answer, answer
from interview_platform.http.query_params import read_query

DEFAULT_SIZE = 20
MAX_SIZE = 100
MAX_PAGE = 1_000_000_000
PARAMETERS = ("page", "page_size")

Row = TypeVar("Row", bound=Model)


class PageIn(serializers.Serializer[Any]):
    """The two parameters of every list; a size over the limit is taken down to it."""

    page = serializers.IntegerField(min_value=1, max_value=MAX_PAGE, default=1)
    page_size = serializers.IntegerField(min_value=1, default=DEFAULT_SIZE)


@dataclass(frozen=True, slots=True)
class Page:
    """Which part of the list it is."""

    number: int
    size: int
    items: int  # in the whole list

    @property
    def total(self) -> int:
        """Return how many pages there are."""
        return math.ceil(self.items / self.size)

    @property
    def slice(self) -> slice:
        """Return the part of the list, empty past the end."""
        start = min((self.number - 1) * self.size, self.items)
        return slice(start, start + self.size)


def paginate(
    request: Request,
    queryset: "QuerySet[Row] | Sequence[Any]",
    *,
    name: str,
    serialize: Callable[[Any], Any],
) -> Answer:
    """Return `data.<name>` with one page of the list, and `meta.pagination`."""
    form = PageIn(data=read_query(request))
    form.is_valid(raise_exception=True)
    items = queryset.count() if isinstance(queryset, QuerySet) else len(queryset)
    size = min(form.validated_data["page_size"], MAX_SIZE)
    page = Page(number=form.validated_data["page"], size=size, items=items)
    rows = [serialize(row) for row in queryset[page.slice]] if items else []
    return answer({name: rows}, meta={"pagination": _describe(request, page)})


def _describe(request: Request, page: Page) -> dict[str, Any]:
    return {
        "page": page.number,
        "page_size": page.size,
        "total_items": page.items,
        "total_pages": page.total,
        "next": _link(request, page.number + 1, page),
        "previous": _link(request, page.number - 1, page),
    }


def _link(request: Request, number: int, page: Page) -> str | None:
    """Return the path of a neighbouring page with the same filters, None where there is none."""
    if not 1 <= number <= page.total:
        return None
    kept = [pair for pair in _pairs(request) if pair[0] not in PARAMETERS]
    query = urlencode([*kept, ("page", number), ("page_size", page.size)])
    return f"{request.path}?{query}"


def _pairs(request: Request) -> list[tuple[str, Any]]:
    return [(key, value) for key, values in request.query_params.lists() for value in values]
