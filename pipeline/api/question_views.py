"""New questions for a session over HTTP."""

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any
from uuid import UUID

from django.conf import settings
from drf_spectacular.utils import OpenApiResponse, extend_schema
from rest_framework import serializers, status
from rest_framework.response import Response

from accounts.http import AuthenticatedRequest
from accounts.idempotency import Idempotent
from interview_platform.http.envelope import answer
from interview_platform.http.exchange import once
from interview_platform.http.prefer import mark_applied, wait_seconds
from pipeline.api import examples, selectors
from pipeline.api.long_poll import Held, hold
from pipeline.api.question_serializers import (
    BeingWrittenOut,
    FollowUpOut,
    FollowUpUnderWayOut,
    GeneratedOut,
    GeneratedUnderWayOut,
    GenerateIn,
)
from pipeline.api.quota_headers import Rationed
from pipeline.models import QuestionJob
from pipeline.providers import registry
from pipeline.questions import jobs, services
from pipeline.questions.jobs import progress_of
from pipeline.questions.services import generate_questions, request_for
from sessions.selectors import get_question, get_session, list_questions

TAGS = ["Questions"]
State = QuestionJob.State


class GenerateQuestions(Idempotent, Rationed):
    """Makes the questions of a session."""

    prefers_wait = True
    rationed_by = ("questions", "tokens")

    @extend_schema(
        tags=TAGS,
        operation_id="generate_questions",
        request=GenerateIn,
        responses={
            201: OpenApiResponse(GeneratedOut, description="The session's questions now"),
            202: OpenApiResponse(
                GeneratedUnderWayOut, description="A language model is writing them"
            ),
            409: OpenApiResponse(
                description="The session is complete, or has answers and `replace` is not set"
            ),
        },
        examples=[examples.GENERATE, examples.GENERATED],
    )
    def post(self, request: AuthenticatedRequest, session_uuid: UUID) -> Response:
        """
        Give the session questions; `meta.warnings` says when they are not what was asked for.

        From the built-in bank they are there at once. A language model is waited for up to 20 seconds, or as `Prefer` says.
        """
        session = get_session(owner=request.user, session_uuid=session_uuid)
        form = GenerateIn(data=request.data)
        form.is_valid(raise_exception=True)
        fields = form.validated_data
        wish, replace = request_for(session, fields), fields["replace"]
        place = request.path.rstrip("/").removesuffix("/generate")
        if registry.language_model() is None:
            made = generate_questions(session=session, request=wish, replace=replace)
            warnings = [asdict(row) for row in made.warnings]
            return _created(request, GeneratedOut({"questions": made.questions}), warnings, place)
        job = once(
            request,
            "job",
            lambda: jobs.ask_for_questions(session, wish, replace=replace),
        )
        held = _hold(request, job)
        if not held.seen.is_settled:
            return _under_way(request, held, {"questions": None}, place)
        job = _require_completed(held)
        questions = list_questions(owner=request.user, session_uuid=session_uuid)
        return _created(request, GeneratedOut({"questions": questions}), job.warnings, place)


class FollowUp(Idempotent, Rationed):
    """Asks on."""

    prefers_wait = True
    rationed_by = ("questions", "tokens")

    @extend_schema(
        tags=TAGS,
        operation_id="follow_up",
        request=None,
        responses={
            201: OpenApiResponse(FollowUpOut, description="The session's new last question"),
            202: OpenApiResponse(FollowUpUnderWayOut, description="A language model is writing it"),
            409: OpenApiResponse(
                description="The session is complete, or the question was followed up on three times"
            ),
        },
        examples=[examples.FOLLOW_UP],
    )
    def post(
        self, request: AuthenticatedRequest, session_uuid: UUID, question_uuid: UUID
    ) -> Response:
        """
        Add a question that follows up on the latest answer to this one.

        A language model writes it from what was said; without one, or where it fails, it is a prepared one, and `source`
        and `meta.warnings` say so.
        """
        parent = get_question(
            owner=request.user, session_uuid=session_uuid, question_uuid=question_uuid
        )
        selectors.get_run(
            owner=request.user, session_uuid=session_uuid, question_uuid=question_uuid
        )
        place = request.path.rstrip("/").rpartition("/questions/")[0] + "/questions"
        if registry.language_model() is None:
            question = services.add_prepared(parent)
            return _created(request, FollowUpOut({"question": question}), [], place)
        _wait_for_words(request, session_uuid, question_uuid)
        job = once(request, "job", lambda: jobs.ask_for_follow_up(parent))
        held = _hold(request, job)
        if not held.seen.is_settled:
            return _under_way(request, held, {"question": None}, place)
        job = _require_completed(held)
        return _created(request, FollowUpOut({"question": held.seen.result}), job.warnings, place)


def _patience(request: AuthenticatedRequest) -> int:
    return wait_seconds(request, default=settings.GENERATE_WAIT_SECONDS)


def _hold(request: AuthenticatedRequest, job: QuestionJob) -> Held[jobs.Seen]:
    return hold(
        request,
        lambda: jobs.look(job),
        session_uuid=job.session.uuid,
        seconds=_patience(request),
    )


def _wait_for_words(request: AuthenticatedRequest, session_uuid: UUID, question_uuid: UUID) -> None:
    """Give the recogniser the client's patience: what was said is what the question is about."""
    hold(
        request,
        lambda: selectors.find_transcript(
            owner=request.user, session_uuid=session_uuid, question_uuid=question_uuid
        ),
        session_uuid=session_uuid,
        seconds=_patience(request),
    )


def _require_completed(held: Held[jobs.Seen]) -> QuestionJob:
    """Return the job; raise the refusal that ended it."""
    job = held.seen.job
    if job.state != State.COMPLETED:
        raise jobs.refusal_of(job)
    return job


def _created(
    request: AuthenticatedRequest,
    body: serializers.Serializer[Any],
    warnings: list[Any],
    place: str,
) -> Response:
    response = answer(
        body.data,
        status=status.HTTP_201_CREATED,
        meta={"warnings": warnings} if warnings else None,
        headers={"Location": place},
    )
    if wait_seconds(request):
        mark_applied(response, wait_seconds(request))
    return response


def _under_way(
    request: AuthenticatedRequest,
    held: Held[jobs.Seen],
    nothing: Mapping[str, None],
    place: str,
) -> Response:
    progress = progress_of(held.seen.job)
    response = answer(
        {**nothing, **BeingWrittenOut(progress).data},
        status=status.HTTP_202_ACCEPTED,
        headers={"Location": place, "Retry-After": str(progress.retry_after)},
    )
    if held.honored and wait_seconds(request):
        mark_applied(response, wait_seconds(request))
    return response
