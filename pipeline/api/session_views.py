"""What belongs to a whole session over HTTP: completing it, its scores, feedback, evaluations and progress."""

from uuid import UUID

from drf_spectacular.utils import OpenApiResponse, extend_schema
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.http import AuthenticatedRequest
from accounts.idempotency import Idempotent
from interview_platform.http.conditional import conditional_answer
from interview_platform.http.envelope import answer
from interview_platform.http.exchange import once
from pipeline.api import examples, session_selectors
from pipeline.api.responses import Result, hold_as_wished, note_wait, reply
from pipeline.api.session_selectors import SessionEvaluation
from pipeline.api.session_serializers import (
    FeedbackFields,
    FeedbackOut,
    FeedbackUnderWayOut,
    ScoresFields,
    ScoresOut,
    ScoresUnderWayOut,
    SessionEvaluationFields,
    SessionEvaluationOut,
    SessionEvaluationUnderWayOut,
    SessionProgressOut,
    feedback_body,
    progress_body,
    scores_body,
    session_evaluation_body,
)
from pipeline.models import SessionFeedback, SessionScore
from pipeline.runs import services
from sessions.selectors import get_session
from sessions.serializers import SessionOut

SESSION_TAGS = ["Sessions"]
EVALUATION_TAGS = ["Evaluation"]
FEEDBACK_TAGS = ["Feedback"]
SCORES: Result[SessionScore] = Result(ScoresFields, scores_body)
FEEDBACK: Result[SessionFeedback] = Result(FeedbackFields, feedback_body)
EVALUATIONS: Result[SessionEvaluation] = Result(SessionEvaluationFields, session_evaluation_body)
SCORES_ANSWERS = {200: ScoresOut, 202: ScoresUnderWayOut}
FEEDBACK_ANSWERS = {200: FeedbackOut, 202: FeedbackUnderWayOut}
SCORES_EXAMPLES = [
    examples.answered("Scores", examples.SCORES),
    examples.under_way(examples.SCORES),
]
FEEDBACK_EXAMPLES = [
    examples.answered("Feedback", examples.FEEDBACK),
    examples.under_way(examples.FEEDBACK),
]


class CompleteSession(Idempotent, APIView):
    """Closes a session."""

    @extend_schema(
        tags=SESSION_TAGS,
        operation_id="complete_session",
        request=None,
        responses={200: SessionOut},
    )
    def post(self, request: AuthenticatedRequest, session_uuid: UUID) -> Response:
        """Close the session for recordings and start its final scores and feedback; again changes nothing."""
        session = get_session(owner=request.user, session_uuid=session_uuid)
        services.complete_session(session)
        completed = get_session(owner=request.user, session_uuid=session_uuid)
        return answer(SessionOut(completed).data)


class Scores(Idempotent, APIView):
    """The score card of a session."""

    prefers_wait = True
    conditional = True

    @extend_schema(
        tags=FEEDBACK_TAGS,
        operation_id="calculate_scores",
        request=None,
        responses=SCORES_ANSWERS,
        examples=SCORES_EXAMPLES,
    )
    def post(self, request: AuthenticatedRequest, session_uuid: UUID) -> Response:
        """Calculate the scores from all answers, or return them when they are up to date."""
        session = get_session(owner=request.user, session_uuid=session_uuid)
        once(request, "order", lambda: services.ask_for_session_results(session))
        return self._reply(request, session_uuid, location=request.path)

    @extend_schema(
        tags=FEEDBACK_TAGS,
        operation_id="get_scores",
        responses=SCORES_ANSWERS,
        examples=SCORES_EXAMPLES,
    )
    def get(self, request: AuthenticatedRequest, session_uuid: UUID) -> Response:
        """Return the scores; `meta.warnings` names answers that they were made without."""
        return self._reply(request, session_uuid)

    def _reply(
        self, request: AuthenticatedRequest, session_uuid: UUID, *, location: str = ""
    ) -> Response:
        return reply(
            request,
            SCORES,
            lambda: session_selectors.find_scores(owner=request.user, session_uuid=session_uuid),
            session_uuid=session_uuid,
            location=location,
        )


class Feedback(Idempotent, APIView):
    """The feedback on a session."""

    prefers_wait = True
    conditional = True

    @extend_schema(
        tags=FEEDBACK_TAGS,
        operation_id="generate_feedback",
        request=None,
        responses=FEEDBACK_ANSWERS,
        examples=FEEDBACK_EXAMPLES,
    )
    def post(self, request: AuthenticatedRequest, session_uuid: UUID) -> Response:
        """Write the feedback on all answers, or return it when it is up to date."""
        session = get_session(owner=request.user, session_uuid=session_uuid)
        once(request, "order", lambda: services.ask_for_feedback(session))
        return self._reply(request, session_uuid, location=request.path)

    @extend_schema(
        tags=FEEDBACK_TAGS,
        operation_id="get_feedback",
        responses=FEEDBACK_ANSWERS,
        examples=FEEDBACK_EXAMPLES,
    )
    def get(self, request: AuthenticatedRequest, session_uuid: UUID) -> Response:
        """Return the feedback; `meta.warnings` names answers that it was made without."""
        return self._reply(request, session_uuid)

    def _reply(
        self, request: AuthenticatedRequest, session_uuid: UUID, *, location: str = ""
    ) -> Response:
        return reply(
            request,
            FEEDBACK,
            lambda: session_selectors.find_feedback(owner=request.user, session_uuid=session_uuid),
            session_uuid=session_uuid,
            location=location,
        )


class Evaluations(APIView):
    """The evaluations of a session's answers."""

    prefers_wait = True
    conditional = True

    @extend_schema(
        tags=EVALUATION_TAGS,
        operation_id="get_session_evaluation",
        responses={200: SessionEvaluationOut, 202: SessionEvaluationUnderWayOut},
    )
    def get(self, request: AuthenticatedRequest, session_uuid: UUID) -> Response:
        """Return how each answer was judged, and the averages; a retake that failed leaves the one before it."""
        return reply(
            request,
            EVALUATIONS,
            lambda: session_selectors.find_session_evaluation(
                owner=request.user, session_uuid=session_uuid
            ),
            session_uuid=session_uuid,
        )


class Progress(APIView):
    """How far the work on a session is."""

    prefers_wait = True
    conditional = True

    @extend_schema(
        tags=SESSION_TAGS,
        operation_id="get_session_progress",
        responses={
            200: OpenApiResponse(SessionProgressOut, description="How far it is, finished or not")
        },
    )
    def get(self, request: AuthenticatedRequest, session_uuid: UUID) -> Response:
        """Return how far each answer and the final results are; with `Prefer: wait` once nothing is under way."""
        held = hold_as_wished(
            request,
            lambda: session_selectors.find_progress(owner=request.user, session_uuid=session_uuid),
            session_uuid=session_uuid,
        )
        response = conditional_answer(request, progress_body(held.seen))
        note_wait(request, response, held)
        return response
