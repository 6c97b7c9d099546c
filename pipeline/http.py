"""Who polls: the person of a request, had in one query with what he asks for."""

from typing import ClassVar

from drf_spectacular.drainage import set_override
from rest_framework.request import Request
from rest_framework.views import APIView

from accounts.http import BearerAuthentication, token_of
from accounts.models import User
from accounts.tokens import TokenInvalid, read_holder
from pipeline.selectors_poll import Polled, ResultModel, poll


class PollAuthentication(BearerAuthentication):
    """
    Looks at the person and at the result in one go; who or what is not found so, is looked for in the usual way.

    What was found waits in the request, for `polled_by`.
    """

    def authenticate(self, request: Request) -> tuple[User, str] | None:
        """Return the person; see `BearerAuthentication`."""
        view = (request.parser_context or {}).get("view")
        raw = token_of(request)
        if raw and isinstance(view, PollView) and _is_plain(request):
            found = _poll(view, request, raw)
            if found is not None:
                request.polled = found  # type: ignore[attr-defined] # for `polled_by`
                return found.person, raw
        return super().authenticate(request)


set_override(PollAuthentication, "suppress_collision_warning", value=True)  # one name for both


class PollView(APIView):
    """A view whose GET is polled for the result of one recording."""

    authentication_classes = (PollAuthentication,)
    polls: ClassVar[ResultModel]


def polled_by(request: Request) -> Polled | None:
    """Return what was found together with the person, once: whoever looks again looks anew."""
    found: Polled | None = request.__dict__.pop("polled", None)
    return found


def _poll(view: PollView, request: Request, raw: str) -> Polled | None:
    try:
        holder = read_holder(raw)
    except TokenInvalid:
        return None
    return poll(
        view.polls,
        holder=holder,
        session_uuid=view.kwargs["session_uuid"],
        question_uuid=view.kwargs["question_uuid"],
        whole="If-None-Match" not in request.headers,
    )


def _is_plain(request: Request) -> bool:
    """Tell whether the latest recording is asked for, as JSON."""
    return request.method in {"GET", "HEAD"} and not request.META.get("QUERY_STRING")
