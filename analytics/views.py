"""History, dashboard and charts over HTTP."""

from uuid import UUID

from django.http import HttpResponse
from django.utils import timezone
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.http import AuthenticatedRequest
from analytics import selectors, selectors_attempts
from analytics.chart_images import IMAGES, LOOK
from analytics.charts import CHARTS
from analytics.serializers import (
    ChartIn,
    ChartOut,
    DashboardOut,
    HistoryIn,
    HistoryOut,
    HistoryRowOut,
)
from analytics.serializers_attempts import AttemptOut, AttemptsOut, CompareIn, ComparisonOut
from analytics.views_examples import CHART_EXAMPLE, COMPARISON_EXAMPLE, DASHBOARD_EXAMPLE
from interview_platform.http.accept import KindAccept
from interview_platform.http.conditional import conditional_answer
from interview_platform.http.envelope import answer
from interview_platform.http.pagination import PageIn, paginate
from interview_platform.http.query_params import read_query

TAGS = ["Progress"]


class History(APIView):
    """What was practised."""

    @extend_schema(
        tags=TAGS,
        operation_id="list_history",
        parameters=[HistoryIn, PageIn],
        responses={200: HistoryOut},
    )
    def get(self, request: AuthenticatedRequest) -> Response:
        """List your sessions with scores, newest or best first."""
        form = HistoryIn(data=read_query(request))
        form.is_valid(raise_exception=True)
        wanted = form.validated_data
        sessions = selectors.list_history(owner=request.user, filters=wanted, order=wanted["order"])
        return paginate(
            request, sessions, name="sessions", serialize=lambda row: HistoryRowOut(row).data
        )


class Dashboard(APIView):
    """What it adds up to."""

    conditional = True

    @extend_schema(
        tags=TAGS,
        operation_id="get_dashboard",
        responses={200: DashboardOut},
        examples=[DASHBOARD_EXAMPLE],
    )
    def get(self, request: AuthenticatedRequest) -> Response:
        """Return your scores, streaks, strong and weak areas, and what to practise next."""
        dashboard = selectors.read_dashboard(owner=request.user, now=timezone.now())
        return conditional_answer(request, DashboardOut(dashboard).data)


class ChartAccept(KindAccept):
    """A page asks for a picture, whatever it says that it accepts."""

    kinds = IMAGES


class Charts(APIView):
    """One chart."""

    conditional = True
    content_negotiation_class = ChartAccept

    @extend_schema(
        tags=TAGS,
        operation_id="get_chart",
        parameters=[
            OpenApiParameter("chart_type", location="path", enum=tuple(CHARTS)),
            ChartIn,
        ],
        responses={
            200: ChartOut,
            **{(200, image.media_type): OpenApiTypes.BINARY for image in IMAGES.values()},
        },
        examples=[CHART_EXAMPLE],
    )
    def get(self, request: AuthenticatedRequest, chart_type: str) -> HttpResponse:
        """Return a chart in the shape that Chart.js takes, or as an image."""
        form = ChartIn(data=read_query(request))
        form.is_valid(raise_exception=True)
        wanted = form.validated_data
        chart = selectors.read_chart(
            owner=request.user, chart_type=chart_type, period=wanted["period"], now=timezone.now()
        )
        data = ChartOut(chart).data
        image = IMAGES.get(wanted["format"])
        if image is None:
            return conditional_answer(request, data)
        asked = conditional_answer(request, {"chart": data, "look": LOOK, **wanted})
        if asked.status_code == 304:  # noqa: PLR2004 - not modified: nothing needs to be drawn
            return asked
        drawn = image.draw(chart, theme=wanted["theme"])
        headers = {name: asked[name] for name in ("ETag", "Cache-Control", "Vary")}
        return HttpResponse(drawn, content_type=image.media_type, headers=headers)


class Compare(APIView):
    """Two of a kind, side by side."""

    @extend_schema(
        tags=TAGS,
        operation_id="compare",
        parameters=[CompareIn],
        responses={200: ComparisonOut, 404: None},
        examples=[COMPARISON_EXAMPLE],
    )
    def get(self, request: AuthenticatedRequest) -> Response:
        """Compare two sessions (`sessions=…,…`), or two attempts (`question=…&attempts=1,2`)."""
        form = CompareIn(data=read_query(request))
        form.is_valid(raise_exception=True)
        wanted = form.validated_data
        if "sessions" in wanted:
            compared = selectors_attempts.compare_sessions(
                owner=request.user, uuids=wanted["sessions"]
            )
        else:
            compared = selectors_attempts.compare_attempts(
                owner=request.user, question_uuid=wanted["question"], numbers=wanted["attempts"]
            )
        return answer(ComparisonOut(compared).data)


class Attempts(APIView):
    """The recordings of a question."""

    @extend_schema(
        tags=TAGS,
        operation_id="list_attempts",
        parameters=[PageIn],
        responses={200: AttemptsOut},
    )
    def get(
        self, request: AuthenticatedRequest, session_uuid: UUID, question_uuid: UUID
    ) -> Response:
        """List your attempts at a question, newest first, with their scores."""
        attempts = selectors_attempts.list_attempts(
            owner=request.user, session_uuid=session_uuid, question_uuid=question_uuid
        )
        return paginate(
            request, attempts, name="attempts", serialize=lambda row: AttemptOut(row).data
        )
