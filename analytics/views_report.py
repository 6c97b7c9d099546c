"""A session's report over HTTP."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from django.http import HttpResponse
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework.views import APIView

from accounts.http import AuthenticatedRequest
from analytics.report import Report
from analytics.report_html import CONTENT_SECURITY_POLICY, write_html
from analytics.report_markdown import write_markdown
from analytics.report_pdf import write_pdf
from analytics.selectors_report import find_report
from analytics.serializers_report import (
    ReportFields,
    ReportIn,
    ReportOut,
    ReportUnderWayOut,
    report_body,
)
from analytics.views import TAGS
from interview_platform.http.accept import KindAccept
from interview_platform.http.query_params import read_query
from pipeline.api.responses import Result, answer_with, hold_as_wished, note_wait


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of file that a report is offered as."""

    media_type: str
    write: Callable[[Report], str | bytes]


KINDS: Final = {
    "html": Kind("text/html; charset=utf-8", write_html),
    "pdf": Kind("application/pdf", write_pdf),
    "md": Kind("text/markdown; charset=utf-8", write_markdown),
}
FILES: Final = {
    (200, kind.media_type.partition(";")[0]): OpenApiTypes.BINARY for kind in KINDS.values()
}
REPORT: Final[Result[Report]] = Result(ReportFields, report_body)


class ReportAccept(KindAccept):
    """The same for reports."""

    kinds = KINDS


class SessionReport(APIView):
    """The report of a session."""

    prefers_wait = True
    conditional = True
    content_negotiation_class = ReportAccept

    @extend_schema(
        tags=TAGS,
        operation_id="get_report",
        parameters=[ReportIn],
        responses={
            (200, "application/json"): ReportOut,
            (202, "application/json"): ReportUnderWayOut,
            **FILES,
        },
    )
    def get(self, request: AuthenticatedRequest, session_uuid: UUID) -> HttpResponse:
        """Return what was asked and said, scores with reasons, charts and next steps; to hand to a coach as a file."""
        query = ReportIn(data=read_query(request))
        query.is_valid(raise_exception=True)
        held = hold_as_wished(
            request,
            lambda: find_report(owner=request.user, session_uuid=session_uuid),
            session_uuid=session_uuid,
        )
        kind = KINDS.get(query.validated_data["format"])
        if kind is None or held.seen.row is None:
            return answer_with(request, REPORT, held)
        response = as_file(held.seen.row, kind)
        note_wait(request, response, held)
        return response


def as_file(report: Report, kind: Kind) -> HttpResponse:
    """Return the report as a file; a browser shows it, and names it when it is kept."""
    extension = next(name for name, known in KINDS.items() if known is kind)
    words = re.sub(r"[^a-z0-9]+", "-", report.title.lower()).strip("-")[:60] or "interview"
    headers = {
        "Content-Disposition": f'inline; filename="{words}-report.{extension}"',
        "Content-Security-Policy": CONTENT_SECURITY_POLICY,
        "Cache-Control": "private, no-store",
    }
    return HttpResponse(kind.write(report), content_type=kind.media_type, headers=headers)
