"""Recordings over HTTP."""

from typing import Any
from uuid import UUID

from django.http.response import HttpResponseBase
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiExample, OpenApiParameter, OpenApiResponse, extend_schema
from rest_framework import status
from rest_framework.negotiation import BaseContentNegotiation
from rest_framework.parsers import FormParser
from rest_framework.response import Response
from rest_framework.throttling import BaseThrottle
from rest_framework.views import APIView

from accounts.http import AuthenticatedRequest
from accounts.idempotency import Idempotent, is_repeated
from interview_platform.http.accept import FileAccept
from interview_platform.http.envelope import answer
from interview_platform.http.exchange import HeadAccepted, exchange_of
from interview_platform.http.parsers import StrictJSONParser
from interview_platform.http.query_params import read_query
from interview_platform.http.throttles import UploadThrottle
from media import selectors, services
from media.audio_files import CONTENT_TYPES
from media.receiving import RecordingParser, refuse_huge_body
from media.sending import redirect_to_recording, send_recording
from media.serializers import DownloadIn, RecordingIn, RecordingOut
from pipeline.api.quota_headers import Rationed
from pipeline.quotas import require_left
from sessions.selectors import get_question

TAGS = ["Audio"]
UPLOADED = OpenApiExample(
    "Received",
    value={
        "audio_id": "0b7e5c5e-7a5e-4f0c-9a53-0f4c1f5b8f0e",
        "file_path": "/uploads/sessions/3f2d8f8e-2a6c-4c3b-8a77-6d5b1f3a9c10/question-01-attempt-01.mp3",
        "duration": 95.5,
        "format": "mp3",
        "size_bytes": 1234567,
        "attempt": 1,
        "status": "queued",
        "metadata_kept": False,
    },
    response_only=True,
    status_codes=["201"],
)
RANGE = OpenApiParameter(
    "Range",
    str,
    OpenApiParameter.HEADER,
    description="One range of bytes, such as `bytes=0-65535`; several, or nonsense, get the whole.",
)
SOUND: dict[int | tuple[int, str], Any] = {
    **{(200, kind): OpenApiTypes.BINARY for kind in CONTENT_TYPES.values()},
    **{(206, kind): OpenApiTypes.BINARY for kind in CONTENT_TYPES.values()},
    410: OpenApiResponse(description="The recording was deleted for its age"),
    416: OpenApiResponse(description="The range lies outside of the recording"),
}

ELSEWHERE: dict[int | tuple[int, str], Any] = {
    302: OpenApiResponse(description="Where the bucket gives it out, for a short time")
}


class UploadView(Rationed):
    """
    A view whose POST has a large body: the gateway calls it with the head alone first, and reads the body if it accepts.

    Throttles count at the first call.
    """

    checks_head = True  # `interview_platform.http.gateway` looks for it

    def get_throttles(self) -> list[BaseThrottle]:
        """Count a request once, although it may come by twice."""
        return [] if exchange_of(self.request).is_head_accepted else super().get_throttles()

    def initial(self, request: AuthenticatedRequest, *args: Any, **kwargs: Any) -> None:  # type: ignore[override] # whoever passes `super()` is authenticated
        """Look at the length, the person, the rate and the question, in this order."""
        if request.method != "POST":
            super().initial(request, *args, **kwargs)
            return
        refuse_huge_body(request)
        super().initial(request, *args, **kwargs)
        self.question = get_question(owner=request.user, **kwargs)
        services.require_open_for_recordings(self.question.session)
        exchange = exchange_of(request)
        if not is_repeated(request):  # else the first answer is repeated, which costs nothing
            require_left(request.user.pk, self.rationed_by)
        if exchange.is_head_only:
            exchange.is_head_accepted = True
            raise HeadAccepted


class Recording(Idempotent, UploadView):
    """The recorded answer to a question."""

    rationed_by = services.QUOTAS_OF_A_RECORDING

    parser_classes = (RecordingParser, StrictJSONParser, FormParser)
    content_negotiation_class: type[BaseContentNegotiation] = FileAccept

    def get_throttles(self) -> list[BaseThrottle]:
        """Count uploads twice: among all requests, and by themselves."""
        throttles = super().get_throttles()
        is_counted = self.request.method == "POST" and throttles
        return [*throttles, UploadThrottle()] if is_counted else throttles

    @extend_schema(
        tags=TAGS,
        operation_id="upload_audio",
        request={"multipart/form-data": RecordingIn},
        responses={
            201: OpenApiResponse(RecordingOut, description="Received; the work on it is sure"),
            409: OpenApiResponse(description="The session is already complete"),
        },
        examples=[UPLOADED],
    )
    def post(
        self, request: AuthenticatedRequest, session_uuid: UUID, question_uuid: UUID
    ) -> Response:
        """
        Upload the recorded answer; it is transcribed, evaluated and scored in the background.

        The file's signature and decoding say what it is, never its name. A new upload is a new attempt.
        """
        form = RecordingIn(data=request.data)
        form.is_valid(raise_exception=True)
        upload = services.Upload(
            file=form.validated_data["file"],
            began_at=exchange_of(request).began_at,
            client_duration=form.validated_data.get("duration"),
        )
        recording = services.receive_recording(question=self.question, upload=upload)
        headers = {"Location": f"{request.path}?attempt={recording.attempt}"}
        return answer(RecordingOut(recording).data, status=status.HTTP_201_CREATED, headers=headers)

    @extend_schema(
        tags=TAGS,
        operation_id="get_audio",
        parameters=[DownloadIn, RANGE],
        responses={**SOUND, **ELSEWHERE},
    )
    def get(
        self, request: AuthenticatedRequest, session_uuid: UUID, question_uuid: UUID
    ) -> HttpResponseBase:
        """Return the recording, or a range of it; with `redirect=true` perhaps a short-lived address instead."""
        form = DownloadIn(data=read_query(request))
        form.is_valid(raise_exception=True)
        recording = selectors.get_recording(
            owner=request.user,
            session_uuid=session_uuid,
            question_uuid=question_uuid,
            attempt=form.validated_data.get("attempt"),
        )
        elsewhere = redirect_to_recording(recording) if form.validated_data["redirect"] else None
        return elsewhere or send_recording(request, recording)


class PublicRecording(APIView):
    """A recording by its `file_path`."""

    content_negotiation_class = FileAccept

    @extend_schema(tags=TAGS, operation_id="get_file", parameters=[RANGE], responses=SOUND)
    def get(self, request: AuthenticatedRequest, session_uuid: UUID, name: str) -> HttpResponseBase:
        """Return the recording, or a range of it; as private as by the other path."""
        recording = selectors.get_recording_by_name(
            owner=request.user, session_uuid=session_uuid, name=name
        )
        return send_recording(request, recording)
