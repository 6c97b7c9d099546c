"""Runs are started, asked for, superseded and stopped."""

import uuid
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import transaction
from django.db.models.functions import Now

from pipeline.models import (
    EvaluationRecord,
    PipelineRun,
    SessionFeedback,
    SessionScore,
    Stage,
    TranscriptRecord,
)
from pipeline.runs import dispatch, leases, notifications, services
from pipeline.runs.leases import Claim, LeaseLost
from pipeline.runs.services import start_run
from sessions.models import InterviewSession, Question
from tests.factories import (
    make_evaluation,
    make_finished_run,
    make_question,
    make_run,
    make_transcript,
)
from tests.integration.pipeline.queues import messages, raw_messages
from tests.private_broker import PrivateBroker

pytestmark = pytest.mark.django_db(transaction=True)


def start(question: Question, *, attempt: int = 1) -> PipelineRun:
    with transaction.atomic():
        return start_run(
            question=question,
            attempt=attempt,
            audio_key=f"{uuid.uuid4()}.mp3",
            audio_sha256="0" * 64,
            audio_format="mp3",
            audio_duration=28.0,
            language="en",
        )


def failed(question: Question, *, stage: Stage, retryable: bool = True) -> PipelineRun:
    return make_run(
        question=question,
        state="failed",
        stage=stage,
        failure_code="busy",
        failure_message="Later.",
        failure_retryable=retryable,
        attempts=5,
    )


def finished(question: Question) -> PipelineRun:
    run = make_finished_run(question=question)
    make_transcript(run=run)
    make_evaluation(run=run, expected_keywords=question.expected_keywords)
    return run


def where(run: PipelineRun) -> tuple[str, str]:
    run.refresh_from_db()
    return run.stage, run.state


@pytest.fixture(autouse=True)
def awake(monkeypatch: pytest.MonkeyPatch) -> None:
    """The process has not met an absent broker yet."""
    monkeypatch.setattr(dispatch._Rest, "until", 0.0)
    monkeypatch.setattr(notifications._Rest, "until", 0.0)


class TestANewRecording:
    def test_is_sent_once_its_rows_are_committed(
        self, question: Question, broker: PrivateBroker
    ) -> None:
        with transaction.atomic():
            run = start(question)
            before = messages(broker)

        run.refresh_from_db()
        assert before == []
        assert messages(broker) == [("transcribe_answer", run.pk)]
        assert run.published_at is not None

    def test_is_not_sent_when_its_rows_are_rolled_back(
        self, question: Question, broker: PrivateBroker
    ) -> None:
        with transaction.atomic():
            start(question)
            transaction.set_rollback(True)

        assert messages(broker) == []

    def test_travels_as_a_number_and_nothing_else(
        self, question: Question, broker: PrivateBroker
    ) -> None:
        run = start(question)

        said = raw_messages(broker)

        owner = question.session.owner
        for secret in (owner.email, owner.full_name, str(owner.uuid), question.text, run.audio_key):
            assert secret not in said

    def test_waits_in_its_row_while_the_broker_is_away(
        self, question: Question, broker: PrivateBroker
    ) -> None:
        broker.kill()

        run = start(question)

        assert where(run) == ("transcribe", "queued")
        assert run.published_at is None

    def test_waits_for_an_absent_broker_once_and_not_for_its_events_too(
        self, question: Question, broker: PrivateBroker
    ) -> None:
        broker.kill()

        start(question)

        asked: list[object] = []
        assert not notifications.tell(asked.append)
        assert asked == []

    def test_supersedes_the_attempt_that_is_in_work(
        self, question: Question, broker: PrivateBroker
    ) -> None:
        first = start(question)
        held = leases.claim(run_id=first.pk, stage=Stage.TRANSCRIBE, worker="gpu@test")
        assert isinstance(held, Claim)

        second = start(question, attempt=2)

        assert where(first) == ("transcribe", "superseded")
        assert where(second) == ("transcribe", "queued")
        with pytest.raises(LeaseLost):
            leases.finish(held, keep=lambda _: None)

    def test_leaves_a_finished_attempt_readable(
        self, question: Question, broker: PrivateBroker
    ) -> None:
        first = finished(question)

        start(question, attempt=2)

        assert where(first) == ("done", "completed")
        assert TranscriptRecord.objects.filter(run=first).exists()


class TestAskingForATranscript:
    @pytest.mark.parametrize("language", [None, "en"])
    def test_changes_nothing_when_it_is_there(
        self, question: Question, broker: PrivateBroker, language: str | None
    ) -> None:
        run = finished(question)

        services.ask_for_transcript(run, language=language)

        assert where(run) == ("done", "completed")
        assert messages(broker) == []

    def test_takes_a_detected_language_for_the_one_asked_for(
        self, question: Question, broker: PrivateBroker
    ) -> None:
        run = finished(question)
        PipelineRun.objects.update(language="auto")

        services.ask_for_transcript(run, language="en")

        assert where(run) == ("done", "completed")

    def test_in_another_language_begins_anew(
        self, question: Question, broker: PrivateBroker
    ) -> None:
        run = finished(question)

        services.ask_for_transcript(run, language="de")

        assert where(run) == ("transcribe", "queued")
        assert run.language == "de"
        assert not TranscriptRecord.objects.exists()
        assert not EvaluationRecord.objects.exists()
        assert messages(broker) == [("transcribe_answer", run.pk)]

    def test_starts_again_what_failed(self, question: Question, broker: PrivateBroker) -> None:
        run = failed(question, stage=Stage.TRANSCRIBE)

        services.ask_for_transcript(run, language=None)

        assert where(run) == ("transcribe", "queued")
        assert (run.attempts, run.failure_code) == (0, "")
        assert messages(broker) == [("transcribe_answer", run.pk)]

    def test_leaves_a_later_failure_alone(self, question: Question, broker: PrivateBroker) -> None:
        run = failed(question, stage=Stage.EVALUATE)
        make_transcript(run=run)

        services.ask_for_transcript(run, language=None)

        assert where(run) == ("evaluate", "failed")


class TestAskingForAnEvaluation:
    def test_by_other_keywords_judges_anew_and_keeps_the_transcript(
        self, question: Question, broker: PrivateBroker
    ) -> None:
        run = finished(question)

        services.ask_for_evaluation(run, expected_keywords=["challenge", "solution"])

        assert where(run) == ("evaluate", "queued")
        assert run.expected_keywords == ["challenge", "solution"]
        assert TranscriptRecord.objects.exists()
        assert not EvaluationRecord.objects.exists()
        assert messages(broker) == [("evaluate_answer", run.pk)]

    @pytest.mark.parametrize("keywords", [None, ["deadline", "team", "result"]])
    def test_by_the_same_keywords_changes_nothing(
        self, question: Question, broker: PrivateBroker, keywords: list[str] | None
    ) -> None:
        run = finished(question)

        services.ask_for_evaluation(run, expected_keywords=keywords)

        assert where(run) == ("done", "completed")
        assert messages(broker) == []

    def test_notes_the_keywords_while_the_recording_is_transcribed(
        self, question: Question, broker: PrivateBroker
    ) -> None:
        run = make_run(question=question)

        services.ask_for_evaluation(run, expected_keywords=["challenge"])

        assert where(run) == ("transcribe", "queued")
        assert run.expected_keywords == ["challenge"]
        assert messages(broker) == []

    def test_starts_again_from_the_stage_that_failed(
        self, question: Question, broker: PrivateBroker
    ) -> None:
        run = failed(question, stage=Stage.EVALUATE)
        make_transcript(run=run)

        services.ask_for_evaluation(run, expected_keywords=None)

        assert where(run) == ("evaluate", "queued")
        assert TranscriptRecord.objects.exists()
        assert messages(broker) == [("evaluate_answer", run.pk)]


class TestAskingForASessionsResults:
    def test_makes_them_when_they_are_out_of_date(
        self, question: Question, broker: PrivateBroker
    ) -> None:
        finished(question)

        services.ask_for_session_results(question.session)

        own = PipelineRun.objects.get(question=None)
        assert where(own) == ("score", "queued")
        assert messages(broker) == [("score_session", own.pk)]

    def test_changes_nothing_while_an_answer_is_in_work(
        self, question: Question, broker: PrivateBroker
    ) -> None:
        finished(question)
        make_run(question=make_question(session=question.session))

        services.ask_for_session_results(question.session)

        assert not PipelineRun.objects.filter(question=None).exists()

    @pytest.mark.parametrize(("retryable", "sent"), [(True, 1), (False, 0)])
    def test_starts_failed_answers_again_where_that_can_help(
        self, question: Question, broker: PrivateBroker, *, retryable: bool, sent: int
    ) -> None:
        failed(question, stage=Stage.EVALUATE, retryable=retryable)

        services.ask_for_session_results(question.session)

        assert len(messages(broker)) == sent


class TestCompletingASession:
    def test_starts_the_final_results_once(self, question: Question, broker: PrivateBroker) -> None:
        finished(question)

        services.complete_session(question.session)
        services.complete_session(question.session)

        own = PipelineRun.objects.get(question=None)
        assert messages(broker) == [("score_session", own.pk)]
        assert question.session.status == InterviewSession.Status.COMPLETED

    def test_without_answers_has_nothing_to_score(
        self, question: Question, broker: PrivateBroker
    ) -> None:
        services.complete_session(question.session)

        assert not PipelineRun.objects.exists()
        assert not SessionScore.objects.exists()
        assert not SessionFeedback.objects.exists()

    def test_waits_for_answers_in_work_and_is_sent_with_the_last(
        self, question: Question, broker: PrivateBroker
    ) -> None:
        answer = make_run(question=question, stage=Stage.FEEDBACK)
        services.complete_session(question.session)
        own = PipelineRun.objects.get(question=None)
        broker.empty()
        dispatch.enqueue_session_run(question.session.pk)
        too_early = messages(broker)
        PipelineRun.objects.filter(pk=answer.pk).update(state="completed", stage=Stage.DONE)

        dispatch.enqueue_session_run(question.session.pk)

        assert too_early == []
        assert messages(broker) == [("score_session", own.pk)]


class TestStaff:
    @pytest.mark.parametrize(
        ("change", "state", "expected"),
        [
            (services.retry_run, "failed", ("evaluate", "queued")),
            (services.retry_run, "queued", None),
            (services.requeue_run, "retry_wait", ("evaluate", "queued")),
            (services.requeue_run, "failed", None),
        ],
    )
    def test_may_do_what_the_state_allows(
        self,
        question: Question,
        broker: PrivateBroker,
        change: Callable[[PipelineRun], bool],
        state: str,
        expected: tuple[str, str] | None,
    ) -> None:
        run = make_run(question=question, stage=Stage.EVALUATE, state=state)

        changed = change(run)

        assert changed == (expected is not None)
        assert where(run) == (expected or ("evaluate", state))

    def test_may_stop_a_run_with_a_reason(self, question: Question, broker: PrivateBroker) -> None:
        run = make_run(question=question)

        assert services.stop_run(run, reason="We looked at it.")
        assert not services.stop_run(run, reason="Again.")
        assert where(run) == ("transcribe", "failed")
        assert run.failure_message == "We looked at it."

    def test_takes_a_run_from_a_worker_that_hangs(
        self, question: Question, broker: PrivateBroker
    ) -> None:
        run = make_run(question=question)
        held: Any = leases.claim(run_id=run.pk, stage=Stage.TRANSCRIBE, worker="gpu@test")

        assert services.requeue_run(run)

        assert not leases.renew(held)
        assert messages(broker) == [("transcribe_answer", run.pk)]


class TestLatestRuns:
    def test_are_the_highest_attempts_alone(self, question: Question) -> None:
        make_run(question=question, state="superseded")
        latest = make_run(question=question)
        other = make_run(question=make_question(session=question.session))
        make_run()

        assert set(services.latest_runs(question.session)) == {latest, other}
        assert latest.created_at + timedelta(days=1) > latest.created_at
        assert PipelineRun.objects.filter(created_at__lte=Now()).count() == 4
