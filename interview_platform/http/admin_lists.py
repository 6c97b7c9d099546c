"""Admin lists of large tables: counted, searched and changed in bulk within limits."""

from functools import cached_property
from typing import TYPE_CHECKING, Any, ClassVar, Final
from uuid import UUID

from django.contrib import messages
from django.contrib.admin import ShowFacets
from django.contrib.auth import get_user_model
from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect

if TYPE_CHECKING:
    from unfold.admin import ModelAdmin

    AdminBase = ModelAdmin
    AnyPaginator = Paginator[Any]
else:
    AdminBase = object  # a mixin: the admin's class comes beside it
    AnyPaginator = Paginator  # generic for the type checker only

MAX_COUNT: Final = 2_000  # rows; whoever looks for one of more narrows the list first
MAX_PEOPLE: Final = 20  # whose rows a search shows
MAX_ACTION_ROWS: Final = 1_000  # what one request can do


class CappedPaginator(AnyPaginator):
    """Count as far as anybody turns pages."""

    @cached_property
    def count(self) -> int:
        """Return how many rows there are, `MAX_COUNT` at most."""
        rows = self.object_list
        if isinstance(rows, QuerySet):
            return rows.order_by()[:MAX_COUNT].count()
        return len(rows)


class LargeTableMixin(AdminBase):
    """Keep the list of a large table quick; goes before `ModelAdmin`."""

    paginator = CappedPaginator
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
        """Find by a whole id, or by the beginning of the candidate's e-mail address."""
        term = search_term.strip()
        if not term:
            return queryset, False
        try:
            wanted = UUID(term)
        except ValueError:
            people = get_user_model()._default_manager.filter(email__istartswith=term)
            found = list(people.order_by("email").values_list("pk", flat=True)[:MAX_PEOPLE])
            own = queryset.order_by().filter(**{f"{self.owner_path}__in": found})
            # Keys first: told to sort as well, the planner looks for these rows among all.
            keys = list(own.values_list("pk", flat=True)[:MAX_COUNT])
            return queryset.filter(pk__in=keys), False
        for path in self.uuid_paths:
            rows = queryset.filter(**{path: wanted})
            if rows.exists():
                return rows, False
        return queryset.none(), False

    def response_action(
        self, request: HttpRequest, queryset: "QuerySet[Any]", *place: Any, **named: Any
    ) -> HttpResponse | None:
        """Refuse an action on more rows than fit into one request."""
        is_for_all = request.POST.get("select_across") == "1"
        if is_for_all and queryset[MAX_ACTION_ROWS : MAX_ACTION_ROWS + 1].exists():
            message = (
                f"You selected more than {MAX_ACTION_ROWS} rows. Narrow the list and try again; "
                "nothing was changed."
            )
            self.message_user(request, message, messages.ERROR)
            return HttpResponseRedirect(request.get_full_path())
        return super().response_action(request, queryset, *place, **named)
