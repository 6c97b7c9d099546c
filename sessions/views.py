"""Sessions and their questions over HTTP."""

from uuid import UUID

from drf_spectacular.utils import OpenApiExample, extend_schema
from rest_framework import status
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.http import AuthenticatedRequest
from accounts.idempotency import Idempotent
from interview_platform.http.envelope import answer
from interview_platform.http.pagination import PageIn, paginate
from interview_platform.http.query_params import read_query
from sessions import selectors, services
from sessions.serializers import (
    DeletedOut,
    QuestionOut,
    QuestionsOut,
    SessionChangesIn,
    SessionFiltersIn,
    SessionIn,
    SessionOut,
    SessionReplacementIn,
    SessionsOut,
)

SESSION_TAGS = ["Sessions"]
QUESTION_TAGS = ["Questions"]
SESSION_EXAMPLE = OpenApiExample(
    "An interview",
    value={
        "title": "Software Engineer Interview",
        "target_role": "Senior Software Engineer",
        "target_company": "Tech Corp",
        "difficulty": "medium",
        "language": "en",
    },
    request_only=True,
)


class Sessions(Idempotent, APIView):
    """Opens and lists interviews."""

    @extend_schema(
        tags=SESSION_TAGS,
        operation_id="create_session",
        request=SessionIn,
        responses={201: SessionOut},
        examples=[SESSION_EXAMPLE],
    )
    def post(self, request: AuthenticatedRequest) -> Response:
        """Open an interview session."""
        form = SessionIn(data=request.data)
        form.is_valid(raise_exception=True)
        opened = services.open_session(owner=request.user, fields=form.validated_data)
        session = selectors.get_session(owner=request.user, session_uuid=opened.uuid)
        headers = {"Location": f"{request.path}/{session.uuid}"}
        return answer(SessionOut(session).data, status=status.HTTP_201_CREATED, headers=headers)

    @extend_schema(
        tags=SESSION_TAGS,
        operation_id="list_sessions",
        parameters=[SessionFiltersIn, PageIn],
        responses={200: SessionsOut},
    )
    def get(self, request: AuthenticatedRequest) -> Response:
        """List your sessions, newest first."""
        filters = SessionFiltersIn(data=read_query(request))
        filters.is_valid(raise_exception=True)
        sessions = selectors.list_sessions(owner=request.user, filters=filters.validated_data)
        return paginate(
            request, sessions, name="sessions", serialize=lambda session: SessionOut(session).data
        )


class Session(APIView):
    """One interview."""

    @extend_schema(tags=SESSION_TAGS, operation_id="get_session", responses={200: SessionOut})
    def get(self, request: AuthenticatedRequest, session_uuid: UUID) -> Response:
        """Return the session."""
        session = selectors.get_session(owner=request.user, session_uuid=session_uuid)
        return answer(SessionOut(session).data)

    @extend_schema(
        tags=SESSION_TAGS,
        operation_id="put_session",
        request=SessionReplacementIn,
        responses={200: SessionOut, 409: None},
        examples=[SESSION_EXAMPLE],
    )
    def put(self, request: AuthenticatedRequest, session_uuid: UUID) -> Response:
        """Change the session; of a completed one only the title."""
        return self._change(request, session_uuid, form_class=SessionReplacementIn)

    @extend_schema(
        tags=SESSION_TAGS,
        operation_id="patch_session",
        request=SessionChangesIn,
        responses={200: SessionOut, 409: None},
    )
    def patch(self, request: AuthenticatedRequest, session_uuid: UUID) -> Response:
        """Change what is named; of a completed session only the title."""
        return self._change(request, session_uuid, form_class=SessionChangesIn)

    @extend_schema(
        tags=SESSION_TAGS,
        operation_id="delete_session",
        request=None,
        responses={200: DeletedOut},
    )
    def delete(self, request: AuthenticatedRequest, session_uuid: UUID) -> Response:
        """Remove the session with its questions, recordings and results."""
        session = selectors.get_session(owner=request.user, session_uuid=session_uuid)
        services.delete_session(session)
        return answer(DeletedOut({"id": session_uuid, "deleted": True}).data)

    def _change(
        self, request: AuthenticatedRequest, session_uuid: UUID, *, form_class: type[SessionIn]
    ) -> Response:
        session = selectors.get_session(owner=request.user, session_uuid=session_uuid)
        form = form_class(data=request.data)
        form.is_valid(raise_exception=True)
        services.change_session(session, changes=form.validated_data)
        changed = selectors.get_session(owner=request.user, session_uuid=session_uuid)
        return answer(SessionOut(changed).data)


class Questions(APIView):
    """The questions of an interview."""

    @extend_schema(
        tags=QUESTION_TAGS,
        operation_id="list_questions",
        parameters=[PageIn],
        responses={200: QuestionsOut},
    )
    def get(self, request: AuthenticatedRequest, session_uuid: UUID) -> Response:
        """List the questions in the order they are asked."""
        questions = selectors.list_questions(owner=request.user, session_uuid=session_uuid)
        return paginate(
            request,
            questions,
            name="questions",
            serialize=lambda question: QuestionOut(question).data,
        )


class OneQuestion(APIView):
    """One question."""

    @extend_schema(tags=QUESTION_TAGS, operation_id="get_question", responses={200: QuestionOut})
    def get(
        self, request: AuthenticatedRequest, session_uuid: UUID, question_uuid: UUID
    ) -> Response:
        """Return the question."""
        question = selectors.get_question(
            owner=request.user, session_uuid=session_uuid, question_uuid=question_uuid
        )
        return answer(QuestionOut(question).data)
