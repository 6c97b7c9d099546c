"""New questions for a session over HTTP."""

from dataclasses import asdict
from uuid import UUID

from drf_spectacular.utils import OpenApiResponse, extend_schema
from rest_framework import status
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.http import AuthenticatedRequest
from accounts.idempotency import Idempotent
from interview_platform.http.envelope import answer
from pipeline import views_examples as examples
from pipeline.question_services import generate_questions, request_for
from pipeline.serializers_questions import GeneratedOut, GenerateIn
from sessions.selectors import get_session


class GenerateQuestions(Idempotent, APIView):
    """Makes the questions of a session."""

    @extend_schema(
        tags=["Questions"],
        operation_id="generate_questions",
        request=GenerateIn,
        responses={
            201: OpenApiResponse(GeneratedOut, description="The session's questions now"),
            409: OpenApiResponse(
                description="The session is complete, or has answers and `replace` is not set"
            ),
        },
        examples=[examples.GENERATE, examples.GENERATED],
    )
    def post(self, request: AuthenticatedRequest, session_uuid: UUID) -> Response:
        """Give the session questions; `meta.warnings` says when they are not what was asked for."""
        session = get_session(owner=request.user, session_uuid=session_uuid)
        form = GenerateIn(data=request.data)
        form.is_valid(raise_exception=True)
        fields = form.validated_data
        generated = generate_questions(
            session=session, request=request_for(session, fields), replace=fields["replace"]
        )
        warnings = [asdict(row) for row in generated.warnings]
        return answer(
            GeneratedOut({"questions": generated.questions}).data,
            status=status.HTTP_201_CREATED,
            meta={"warnings": warnings} if warnings else None,
            headers={"Location": request.path.rstrip("/").removesuffix("/generate")},
        )
