"""Typed answers over HTTP."""

from uuid import UUID

from drf_spectacular.utils import OpenApiExample, OpenApiResponse, extend_schema
from rest_framework import status
from rest_framework.response import Response

from accounts.http import AuthenticatedRequest
from accounts.idempotency import Idempotent
from interview_platform.http.envelope import answer
from media import services
from media.serializers_typed import TypedAnswerIn, TypedAnswerOut
from media.views import TAGS
from pipeline.api.quota_headers import Rationed
from sessions.selectors import get_question

TYPED = OpenApiExample(
    "In writing",
    value={"text": "Our release was two weeks late, because nobody owned the integration tests."},
    request_only=True,
)


class TypedAnswer(Idempotent, Rationed):
    """The answer to a question, in writing."""

    rationed_by = ("uploads", "runs")

    @extend_schema(
        tags=TAGS,
        operation_id="type_answer",
        request=TypedAnswerIn,
        responses={
            201: OpenApiResponse(TypedAnswerOut, description="Received; the work on it is sure"),
            409: OpenApiResponse(description="The session is already complete"),
        },
        examples=[TYPED],
    )
    def post(
        self, request: AuthenticatedRequest, session_uuid: UUID, question_uuid: UUID
    ) -> Response:
        """
        Answer in writing, as a new attempt; it is evaluated and scored in the background.

        There is nothing to hear in it: its fluency is null, and the other scores share its weight.
        """
        form = TypedAnswerIn(data=request.data)
        form.is_valid(raise_exception=True)
        question = get_question(
            owner=request.user, session_uuid=session_uuid, question_uuid=question_uuid
        )
        run = services.receive_text(question=question, text=form.validated_data["text"])
        place = f"{request.path.rstrip('/').rpartition('/')[0]}/evaluation?attempt={run.attempt}"
        return answer(
            TypedAnswerOut(run).data, status=status.HTTP_201_CREATED, headers={"Location": place}
        )
