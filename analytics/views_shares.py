"""Links to a session's report over HTTP: for the owner who makes them, and for visitors who have no account."""

from typing import Any, Final
from uuid import UUID

from django.http import HttpResponse
from django.http.response import HttpResponseBase
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework import status
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.http import AuthenticatedRequest
from analytics.report import Report
from analytics.selectors_report import find_report
from analytics.serializers_report import ReportIn
from analytics.serializers_shares import (
    CommentIn,
    CommentOut,
    ListedShareOut,
    NewShareOut,
    RevokedOut,
    SharedFields,
    SharedOut,
    SharedUnderWayOut,
    ShareIn,
    ShareOut,
    SharesOut,
)
from analytics.views_report import FILES, KINDS, REPORT, ReportAccept, as_file
from interview_platform.http.envelope import answer
from interview_platform.http.query_params import read_query
from interview_platform.http.throttles import ScopeThrottle
from media.selectors import get_recording
from media.sending import send_recording
from pipeline.progress.estimates import Outcome
from sessions import shares
from sessions.models import SessionShare

TAGS: Final = ["Shared reports"]
SHARED_PATH: Final = "/api/v1/shared/"
PRIVATE: Final = {
    "Cache-Control": "private, no-store",
    "Referrer-Policy": "no-referrer",  # the path is the secret
    "X-Robots-Tag": "noindex",
}


class CommentThrottle(ScopeThrottle):
    """Comments from one address."""

    scope = "comment"


class Visited(APIView):
    """A view for whoever has the link."""

    authentication_classes = ()
    permission_classes = (AllowAny,)


class Shares(APIView):
    """Makes and lists links to a session's report."""

    @extend_schema(
        tags=TAGS,
        operation_id="share_session",
        request=ShareIn,
        responses={201: NewShareOut, 409: None},
    )
    def post(self, request: AuthenticatedRequest, session_uuid: UUID) -> Response:
        """Make a link by which the report can be read without an account, until it expires or is revoked."""
        form = ShareIn(data=request.data)
        form.is_valid(raise_exception=True)
        wanted = form.validated_data
        share, token = shares.share_session(
            owner=request.user,
            session_uuid=session_uuid,
            days=wanted["expires_in_days"],
            with_audio=wanted["with_audio"],
            with_name=wanted["with_name"],
        )
        path = f"{SHARED_PATH}{token}"
        data = {**ShareOut(share).data, "token": token, "path": path}
        return answer(data, status=status.HTTP_201_CREATED, headers={"Location": path, **PRIVATE})

    @extend_schema(tags=TAGS, operation_id="list_shares", responses={200: SharesOut})
    def get(self, request: AuthenticatedRequest, session_uuid: UUID) -> Response:
        """List the links that still work, with what visitors said."""
        found = shares.list_shares(owner=request.user, session_uuid=session_uuid)
        return answer({"shares": ListedShareOut(found, many=True).data})


class Share(APIView):
    """One link."""

    @extend_schema(tags=TAGS, operation_id="revoke_share", responses={200: RevokedOut})
    def delete(
        self, request: AuthenticatedRequest, session_uuid: UUID, share_uuid: UUID
    ) -> Response:
        """Revoke the link; the comments left by it go, too."""
        shares.revoke_share(owner=request.user, session_uuid=session_uuid, share_uuid=share_uuid)
        return answer({"id": share_uuid, "revoked": True})


class SharedReport(Visited):
    """A report as a visitor sees it."""

    content_negotiation_class = ReportAccept

    @extend_schema(
        tags=TAGS,
        operation_id="read_shared_report",
        parameters=[ReportIn],
        responses={
            (200, "application/json"): SharedOut,
            (202, "application/json"): SharedUnderWayOut,
            **FILES,
        },
    )
    def get(self, request: Request, token: str) -> HttpResponse:
        """Read the report that somebody shared with you."""
        query = ReportIn(data=read_query(request))
        query.is_valid(raise_exception=True)
        share = shares.find_share(token)
        outcome = _report_of(share)
        kind = KINDS.get(query.validated_data["format"])
        if kind is not None and outcome.row is not None:
            response = as_file(outcome.row, kind)
            for name, value in PRIVATE.items():
                response.headers[name] = value
            return response
        headers = dict(PRIVATE)
        if outcome.progress is not None:
            headers["Retry-After"] = str(outcome.progress.retry_after)
        data: dict[str, Any] = {**REPORT.as_data(outcome), **SharedFields(share).data}
        return answer(data, status=202 if outcome.progress else 200, headers=headers)


class SharedAudio(Visited):
    """A recording as a visitor hears it."""

    @extend_schema(
        tags=TAGS,
        operation_id="hear_shared_answer",
        responses={
            (200, "audio/*"): OpenApiTypes.BINARY,
            (206, "audio/*"): OpenApiTypes.BINARY,
            410: None,
        },
    )
    def get(self, request: Request, token: str, question_uuid: UUID) -> HttpResponseBase:
        """Hear the answer that the report is about, where the owner shares it."""
        share = shares.find_share(token)
        report = _report_of(share).row if share.with_audio else None
        attempts = {row.question_id: row.attempt for row in report.answers} if report else {}
        attempt = attempts.get(question_uuid)
        if attempt is None:
            raise shares.ShareNotFound
        recording = get_recording(
            owner=share.session.owner,
            session_uuid=share.session.uuid,
            question_uuid=question_uuid,
            attempt=attempt,
        )
        return send_recording(request, recording)


class SharedComments(Visited):
    """Takes what visitors say."""

    throttle_classes = (CommentThrottle,)

    @extend_schema(
        tags=TAGS,
        operation_id="comment_on_report",
        request=CommentIn,
        responses={201: CommentOut, 409: None},
    )
    def post(self, request: Request, token: str) -> Response:
        """Leave a comment and, if you like, a score of 100; only the candidate sees it."""
        form = CommentIn(data=request.data)
        form.is_valid(raise_exception=True)
        comment = shares.leave_comment(token, **form.validated_data)
        return answer(CommentOut(comment).data, status=status.HTTP_201_CREATED)


def _report_of(share: SessionShare) -> Outcome[Report]:
    return find_report(
        owner=share.session.owner, session_uuid=share.session.uuid, with_name=share.with_name
    )
