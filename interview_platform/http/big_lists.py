"""
Lists of the admin that stay quick with a million rows.

An unfiltered list is counted by PostgreSQL's own estimate, a filtered one only as far as anybody turns pages, and an action
takes only so many rows as one request can do.
"""

from functools import cached_property
from typing import TYPE_CHECKING, Any, ClassVar, Final
from uuid import UUID

from django.contrib import messages
from django.contrib.admin import AllValuesFieldListFilter, ShowFacets
from django.contrib.auth import get_user_model
from django.core.paginator import Paginator
from django.db import connection
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect

if TYPE_CHECKING:
    from unfold.admin import ModelAdmin

    AdminBase = ModelAdmin
    AnyPaginator = Paginator[Any]
else:
    AdminBase = object  # a mixin: the admin's class comes beside it
    AnyPaginator = Paginator  # generic for the type checker only

COUNTED: Final = 2_000  # rows of a filtered list; whoever looks for one of more narrows it first
EXACT_BELOW: Final = 10_000  # rows of a table: an estimate may be wrong by a few, which shows there
PEOPLE: Final = 20  # whose rows a search shows
AT_ONCE: Final = 1_000  # rows that one action may change


class EstimatingPaginator(AnyPaginator):
    """Counts as much as is needed to turn pages, and no more."""

    @cached_property
    def count(self) -> int:
        """Return how many rows there are, or about how many, or `COUNTED` where there are more."""
        rows = self.object_list
        if not isinstance(rows, QuerySet):
            return len(rows)
        if not rows.query.where:
            estimate = estimated_count(rows.model._meta.db_table)
            if estimate >= EXACT_BELOW:
                return estimate
        return rows.order_by()[:COUNTED].count()


class BigList(AdminBase):
    """What an admin's list needs to stay quick; it goes before `ModelAdmin`."""

    paginator = EstimatingPaginator
    show_full_result_count = False
    show_facets = ShowFacets.NEVER
    list_per_page = 50
    list_max_show_all = 200
    uuid_paths: ClassVar[tuple[str, ...]] = ("uuid",)  # what an id that is searched may be of
    owner_path: ClassVar[str] = "owner"  # how a row leads to the person it belongs to
    heavy: ClassVar[tuple[str, ...]] = ()  # columns that a list does not show, and need not read

    def get_queryset(self, request: HttpRequest) -> "QuerySet[Any]":
        """Read for a list what it shows."""
        match = request.resolver_match
        is_list = match is not None and (match.url_name or "").endswith("_changelist")
        rows: QuerySet[Any] = super().get_queryset(request)
        return rows.defer(*self.heavy) if is_list and self.heavy else rows

    def get_search_results(
        self, request: HttpRequest, queryset: "QuerySet[Any]", search_term: str
    ) -> "tuple[QuerySet[Any], bool]":
        """Find by a whole id, or by the beginning of the candidate's e-mail address: both are quick with any number of rows."""
        term = search_term.strip()
        if not term:
            return queryset, False
        try:
            wanted = UUID(term)
        except ValueError:
            people = get_user_model()._default_manager.filter(email__istartswith=term)
            found = list(people.order_by("email").values_list("pk", flat=True)[:PEOPLE])
            own = queryset.order_by().filter(**{f"{self.owner_path}__in": found})
            # Their keys first: told to sort, too, the planner would look for theirs among everybody's.
            return queryset.filter(pk__in=list(own.values_list("pk", flat=True)[:COUNTED])), False
        for path in self.uuid_paths:
            rows = queryset.filter(**{path: wanted})
            if rows.exists():
                return rows, False
        return queryset.none(), False

    def response_action(
        self, request: HttpRequest, queryset: "QuerySet[Any]", *place: Any, **named: Any
    ) -> HttpResponse | None:
        """Refuse what would not fit into one request."""
        if request.POST.get("select_across") == "1" and queryset[AT_ONCE : AT_ONCE + 1].exists():
            message = (
                f"That is more than {AT_ONCE} at once: narrow the list first. Nothing was done."
            )
            self.message_user(request, message, messages.ERROR)
            return HttpResponseRedirect(request.get_full_path())
        return super().response_action(request, queryset, *place, **named)


def estimated_count(table: str) -> int:
    """Return about how many rows the table has by the database's own statistics; 0 where it keeps none."""
    if connection.vendor != "postgresql":
        return 0
    with connection.cursor() as cursor:
        cursor.execute("SELECT reltuples::bigint FROM pg_class WHERE oid = %s::regclass", [table])
        (rows,) = cursor.fetchone()
    return max(0, int(rows))


def known_values(rows: "QuerySet[Any]", field: str) -> list[str]:
    """Return the values of an indexed column but "", each found with one look into its index: it has few."""
    found: list[str] = []
    values = rows.exclude(**{field: ""}).order_by(field).values_list(field, flat=True)
    value = values.first()
    while value is not None:
        found.append(value)
        value = values.filter(**{f"{field}__gt": value}).first()
    return found


class KnownValuesFilter(AllValuesFieldListFilter):
    """Offers the values of an indexed column without reading the table."""

    def __init__(self, field: Any, *arguments: Any, **named: Any) -> None:
        super().__init__(field, *arguments, **named)
        values = known_values(field.model._default_manager.all(), field.name)
        self.lookup_choices = values  # type: ignore[assignment] # it is only walked through
