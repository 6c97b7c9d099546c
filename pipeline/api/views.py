"""Transcript and evaluation of one recording over HTTP."""

from typing import Any
from uuid import UUID

from django.http import HttpResponse
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.http import AuthenticatedRequest
from accounts.idempotency import Idempotent
from interview_platform.http.accept import KindAccept
from interview_platform.http.envelope import answer
from interview_platform.http.exchange import once
from interview_platform.http.pagination import PageIn, paginate
from interview_platform.http.query_params import read_query
from pipeline.api import examples, selectors
from pipeline.api.quota_headers import Rationed
from pipeline.api.responses import (
    Result,
    answer_with,
    answer_with_file,
    hold_as_wished,
    note_wait,
    reply,
)
from pipeline.api.serializers import (
    AttemptIn,
    CorrectedOut,
    CorrectionIn,
    EvaluateIn,
    EvaluationFields,
    EvaluationOut,
    EvaluationUnderWayOut,
    PastEvaluationsOut,
    TranscribeIn,
    TranscriptFields,
    TranscriptOut,
    TranscriptQueryIn,
    TranscriptUnderWayOut,
    evaluation_body,
    past_evaluation_body,
    transcript_body,
)
from pipeline.api.subtitles import FILE_KINDS, FileKind, cut_cues
from pipeline.models import EvaluationRecord, TranscriptRecord
from pipeline.progress.estimates import Outcome
from pipeline.runs import services

SPEECH_TAGS = ["Transcription"]
EVALUATION_TAGS = ["Evaluation"]
TRANSCRIPT: Result[TranscriptRecord] = Result(TranscriptFields, transcript_body, has_attempt=True)
EVALUATION: Result[EvaluationRecord] = Result(EvaluationFields, evaluation_body, has_attempt=True)
TRANSCRIPT_ANSWERS: dict[int | tuple[int, str], Any] = {
    (200, "application/json"): TranscriptOut,
    (202, "application/json"): TranscriptUnderWayOut,
}
EVALUATION_ANSWERS = {200: EvaluationOut, 202: EvaluationUnderWayOut}
TRANSCRIPT_EXAMPLES = [
    examples.answered("Transcript", examples.TRANSCRIPT),
    examples.under_way(examples.TRANSCRIPT),
]
EVALUATION_EXAMPLES = [
    examples.answered("Evaluation", examples.EVALUATION),
    examples.under_way(examples.EVALUATION),
]


class Transcribe(Idempotent, APIView):
    """Asks for a transcript."""

    prefers_wait = True

    @extend_schema(
        tags=SPEECH_TAGS,
        operation_id="transcribe",
        request=TranscribeIn,
        responses={**TRANSCRIPT_ANSWERS, 410: None},
        examples=[examples.TRANSCRIBE, *TRANSCRIPT_EXAMPLES],
    )
    def post(
        self, request: AuthenticatedRequest, session_uuid: UUID, question_uuid: UUID
    ) -> Response:
        """Convert the latest recording to text, or return the text that is there."""
        form = TranscribeIn(data=request.data)
        form.is_valid(raise_exception=True)
        run = selectors.get_run(
            owner=request.user, session_uuid=session_uuid, question_uuid=question_uuid
        )
        language = form.validated_data.get("language")
        once(request, "order", lambda: services.ask_for_transcript(run, language=language))
        return reply(
            request,
            TRANSCRIPT,
            lambda: selectors.find_transcript(
                owner=request.user, session_uuid=session_uuid, question_uuid=question_uuid
            ),
            session_uuid=session_uuid,
            location=_beside(request, "transcript"),
        )


class SubtitleAccept(KindAccept):
    """A video player asks for subtitles, whatever it says that it accepts."""

    kinds = FILE_KINDS


class Transcript(Rationed, APIView):
    """The transcript of a recording."""

    rationed_by = ("uploads", "runs")
    prefers_wait = True
    conditional = True
    content_negotiation_class = SubtitleAccept

    @extend_schema(
        tags=SPEECH_TAGS,
        operation_id="get_transcript",
        parameters=[TranscriptQueryIn],
        responses={
            **TRANSCRIPT_ANSWERS,
            **{(200, kind.media_type): OpenApiTypes.STR for kind in FILE_KINDS.values()},
        },
        examples=TRANSCRIPT_EXAMPLES,
    )
    def get(
        self, request: AuthenticatedRequest, session_uuid: UUID, question_uuid: UUID
    ) -> HttpResponse:
        """Return what was said; as subtitles or plain text, too, once it is there."""
        query = TranscriptQueryIn(data=read_query(request))
        query.is_valid(raise_exception=True)

        def look() -> Outcome[TranscriptRecord]:
            return selectors.find_transcript(
                owner=request.user,
                session_uuid=session_uuid,
                question_uuid=question_uuid,
                attempt=query.validated_data.get("attempt"),
            )

        kind = FILE_KINDS.get(query.validated_data["format"])
        if kind is None:
            return reply(request, TRANSCRIPT, look, session_uuid=session_uuid)
        held = hold_as_wished(request, look, session_uuid=session_uuid)
        if held.seen.row is None:
            return answer_with(request, TRANSCRIPT, held)
        response = answer_with_file(
            request, _write(held.seen.row, kind), media_type=kind.media_type
        )
        note_wait(request, response, held)
        return response

    @extend_schema(
        tags=SPEECH_TAGS,
        operation_id="correct_transcript",
        parameters=[AttemptIn],
        request=CorrectionIn,
        responses={200: CorrectedOut, 409: None},
        examples=[examples.answered("Corrected", examples.CORRECTED)],
    )
    def put(
        self, request: AuthenticatedRequest, session_uuid: UUID, question_uuid: UUID
    ) -> Response:
        """Put right what the recogniser heard; the answer is judged anew."""
        query = AttemptIn(data=read_query(request))
        query.is_valid(raise_exception=True)
        form = CorrectionIn(data=request.data)
        form.is_valid(raise_exception=True)
        run = selectors.get_run(
            owner=request.user,
            session_uuid=session_uuid,
            question_uuid=question_uuid,
            attempt=query.validated_data.get("attempt"),
        )
        correction = services.correct_transcript(run, text=form.validated_data["transcript"])
        data = TRANSCRIPT.as_data(Outcome(row=run.transcript, attempt=run.attempt))
        return answer(
            {**data, "difference": services.correction_body(correction)},
            headers={"Location": _beside(request, "evaluation")},
        )


class Evaluate(Idempotent, APIView):
    """Asks for an evaluation."""

    prefers_wait = True

    @extend_schema(
        tags=EVALUATION_TAGS,
        operation_id="evaluate",
        request=EvaluateIn,
        responses=EVALUATION_ANSWERS,
        examples=[examples.EVALUATE, *EVALUATION_EXAMPLES],
    )
    def post(
        self, request: AuthenticatedRequest, session_uuid: UUID, question_uuid: UUID
    ) -> Response:
        """Judge the latest recording, or return the judgement that is there."""
        form = EvaluateIn(data=request.data)
        form.is_valid(raise_exception=True)
        run = selectors.get_run(
            owner=request.user, session_uuid=session_uuid, question_uuid=question_uuid
        )
        keywords = form.validated_data.get("expected_keywords")
        once(
            request,
            "order",
            lambda: services.ask_for_evaluation(run, expected_keywords=keywords),
        )
        return reply(
            request,
            EVALUATION,
            lambda: selectors.find_evaluation(
                owner=request.user, session_uuid=session_uuid, question_uuid=question_uuid
            ),
            session_uuid=session_uuid,
            location=_beside(request, "evaluation"),
        )


class Evaluation(APIView):
    """The evaluation of a recording."""

    prefers_wait = True
    conditional = True

    @extend_schema(
        tags=EVALUATION_TAGS,
        operation_id="get_evaluation",
        parameters=[AttemptIn],
        responses=EVALUATION_ANSWERS,
        examples=EVALUATION_EXAMPLES,
    )
    def get(
        self, request: AuthenticatedRequest, session_uuid: UUID, question_uuid: UUID
    ) -> Response:
        """Return how the answer was judged, and why."""
        query = AttemptIn(data=read_query(request))
        query.is_valid(raise_exception=True)
        return reply(
            request,
            EVALUATION,
            lambda: selectors.find_evaluation(
                owner=request.user,
                session_uuid=session_uuid,
                question_uuid=question_uuid,
                attempt=query.validated_data.get("attempt"),
            ),
            session_uuid=session_uuid,
        )


class PastEvaluations(APIView):
    """What a recording was judged before."""

    @extend_schema(
        tags=EVALUATION_TAGS,
        operation_id="list_past_evaluations",
        parameters=[AttemptIn, PageIn],
        responses={200: PastEvaluationsOut},
        examples=[examples.answered("Past evaluations", examples.PAST_EVALUATIONS)],
    )
    def get(
        self, request: AuthenticatedRequest, session_uuid: UUID, question_uuid: UUID
    ) -> Response:
        """List the evaluations that another took the place of, the latest first, each with the reason."""
        query = AttemptIn(data=read_query(request))
        query.is_valid(raise_exception=True)
        run = selectors.get_run(
            owner=request.user,
            session_uuid=session_uuid,
            question_uuid=question_uuid,
            attempt=query.validated_data.get("attempt"),
        )
        return paginate(
            request,
            selectors.list_past_evaluations(run),
            name="evaluations",
            serialize=past_evaluation_body,
        )


def _beside(request: Request, name: str) -> str:
    """Return the path of the result that the request's path asks for."""
    return f"{request.path.rstrip('/').rpartition('/')[0]}/{name}"


def _write(record: TranscriptRecord, kind: FileKind) -> str:
    """Return the transcript as a file's content."""
    words = [(row[0], row[1], row[2]) for row in record.words]
    segments = [(row[0], row[1], row[2]) for row in record.segments]
    return kind.write(record.text, cut_cues(words, segments=segments))
