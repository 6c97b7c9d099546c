"""History, dashboard and charts over HTTP."""

from django.utils import timezone
from drf_spectacular.utils import OpenApiExample, OpenApiParameter, extend_schema
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.http import AuthenticatedRequest
from analytics import selectors
from analytics.charts import CHARTS
from analytics.serializers import (
    ChartIn,
    ChartOut,
    DashboardOut,
    HistoryIn,
    HistoryOut,
    HistoryRowOut,
)
from interview_platform.http.conditional import conditional_answer
from interview_platform.http.pagination import PageIn, paginate

TAGS = ["Progress"]
DASHBOARD_EXAMPLE = OpenApiExample(
    "After a dozen interviews",
    value={
        "total_interviews": 12,
        "total_questions": 48,
        "average_score": 76.3,
        "best_score": 89.2,
        "recent_score": 78.5,
        "total_practice_time": 240.0,
        "improvement_rate": 8.5,
        "current_streak": 3,
        "longest_streak": 7,
        "skills_breakdown": {
            "relevance": 80.2,
            "grammar": 72.5,
            "fluency": 78.0,
            "keywords": 74.8,
        },
        "category_scores": {"behavioral": 82.0, "technical": 74.5, "situational": 77.8},
        "skill_areas": [{"kind": "skill", "name": "Python", "score": 84.1, "answers": 9}],
        "strongest_areas": [{"kind": "skill", "name": "Python", "score": 84.1, "answers": 9}],
        "weakest_areas": [{"kind": "metric", "name": "grammar", "score": 72.5, "answers": 48}],
        "delivery_trends": [
            {
                "measure": "Fillers",
                "unit": "per 100 words",
                "mean": 3.1,
                "earlier": 4.2,
                "recent": 2.0,
                "verdict": "better",
            }
        ],
        "recurring_mistakes": [
            {
                "metric": "grammar",
                "rule": "agreement",
                "answers": 7,
                "sessions": 5,
                "example": {
                    "session_id": "5f0f6ad3-4b0b-4ad5-9f5e-6f5c0b1f4f0e",
                    "question_id": "0a0c7c3e-6b3f-4a46-8f6d-2f1c1f0f7a11",
                    "quote": "the tests was green",
                    "start": 31.4,
                    "end": 32.6,
                    "message": "The verb does not agree with its subject. Say \u201cwere\u201d.",
                },
            }
        ],
        "practise_next": [
            {
                "focus": "grammar",
                "action": "Say each corrected sentence aloud three times, then record the answer again.",
                "reason": "Your lowest metric is grammar: 72.5 of 100 over 48 answers.",
            }
        ],
    },
    response_only=True,
)
CHART_EXAMPLE = OpenApiExample(
    "Scores of three sessions",
    value={
        "chart_type": "score_trend",
        "title": "Score of each session",
        "period": "month",
        "labels": ["2026-03-02", "2026-03-09", "2026-03-11"],
        "datasets": [
            {"label": "Session score", "data": [70.5, 74.0, 78.5], "unit": "points of 100"},
            {"label": "Mean of the last 5", "data": [70.5, 72.2, 74.3], "unit": "points of 100"},
        ],
        "description": "Sessions in the last 30 days: 3 scored, from 70.5 to 78.5, latest 78.5.",
    },
    response_only=True,
    media_type="application/json",
)


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
        form = HistoryIn(data=request.query_params)
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


class Charts(APIView):
    """One chart."""

    conditional = True

    @extend_schema(
        tags=TAGS,
        operation_id="get_chart",
        parameters=[
            OpenApiParameter("chart_type", location="path", enum=tuple(CHARTS)),
            ChartIn,
        ],
        responses={200: ChartOut},
        examples=[CHART_EXAMPLE],
    )
    def get(self, request: AuthenticatedRequest, chart_type: str) -> Response:
        """Return a chart in the shape that Chart.js takes, or as an image."""
        form = ChartIn(data=request.query_params)
        form.is_valid(raise_exception=True)
        chart = selectors.read_chart(
            owner=request.user,
            chart_type=chart_type,
            period=form.validated_data["period"],
            now=timezone.now(),
        )
        return conditional_answer(request, ChartOut(chart).data)
