"""Views that use up quotas, and say what is left of them (draft-ietf-httpapi-ratelimit-headers)."""

import logging
from collections.abc import Iterable, Iterator
from typing import Any, ClassVar, Final

from django.db import DatabaseError, InterfaceError
from django.http import HttpResponse
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from pipeline.quotas import HOUR, Left, what_is_left

logger = logging.getLogger(__name__)

POLICY: Final = "RateLimit-Policy"
LIMIT: Final = "RateLimit"


USES_UP: Final = frozenset({"POST", "PUT"})


class Rationed(APIView):
    """A view whose POST or PUT uses up quotas. Put it behind `Idempotent`: a replay costs nothing and tells what is left, too."""

    rationed_by: ClassVar[tuple[str, ...]] = ()  # the OpenAPI document looks for it
    _asker: int | None = None

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        """Keep in mind who asks."""
        super().initial(request, *args, **kwargs)
        if request.method in USES_UP and request.user.is_authenticated:
            self._asker = request.user.pk

    def finalize_response(
        self, request: Request, response: HttpResponse, *args: Any, **kwargs: Any
    ) -> Response:
        """Add what is left, unless the database is away."""
        final: Response = super().finalize_response(request, response, *args, **kwargs)  # type: ignore[arg-type] # the REST framework's own views pass plain responses, too
        if self._asker is None:
            return final
        try:
            left = what_is_left(self._asker, self.rationed_by)
        except (DatabaseError, InterfaceError) as error:
            logger.warning("Nobody knows what is left: %s", type(error).__name__)
            return final
        for name, value in header_fields(left):
            final[name] = value
        return final


def header_fields(left: Iterable[Left]) -> Iterator[tuple[str, str]]:
    """Yield the two fields, as structured lists; none where nothing is limited."""
    rows = list(left)
    if rows:
        yield POLICY, ", ".join(map(_policy, rows))
        yield LIMIT, ", ".join(map(_service_limit, rows))


def _policy(left: Left) -> str:
    parts = [f'"{left.quota.name}"', f"q={left.limit}"]
    if left.seconds is not None:
        parts.append(f"w={int(HOUR.total_seconds())}")
    if left.quota.unit:
        parts.append(f'qu="{left.quota.unit}"')
    return ";".join(parts)


def _service_limit(left: Left) -> str:
    parts = [f'"{left.quota.name}"', f"r={left.remaining}"]
    if left.seconds is not None:
        parts.append(f"t={left.seconds}")
    return ";".join(parts)
