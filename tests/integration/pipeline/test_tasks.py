"""The four stages of a real recording, with the real recogniser and the real judges; and what their failures do."""

from functools import partial
from typing import Any

import pytest
from celery.exceptions import Ignore, SoftTimeLimitExceeded
from django.core.files.storage import default_storage
from django.db import DataError, InterfaceError, OperationalError
from django.db.models.functions import Now
from pytest_django.fixtures import Settings

from pipeline import tasks
from pipeline.domain.ports import PermanentError, TransientError
from pipeline.models import (
    EvaluationRecord,
    PipelineRun,
    SessionFeedback,
    SessionScore,
    TranscriptRecord,
)
from pipeline.providers import registry
from pipeline.runs import services
from tests.factories import make_evaluation, make_run, make_transcript
from tests.integration.pipeline.conftest import let_lease_run_out
from tests.private_broker import PrivateBroker
from tests.waiting import wait_until

pytestmark = pytest.mark.django_db(transaction=True)

STAGES = (
    tasks.transcribe_answer,
    tasks.evaluate_answer,
    tasks.score_session,
    tasks.write_feedback,
)


def carry_out(task: Any, run: PipelineRun) -> bool:
    """Run a task as a worker does; tell whether the next link of its chain would be sent."""
    try:
        task.run(run_id=run.pk)
    except Ignore:
        return False
    finally:
        run.refresh_from_db()
    return True


class BrokenRecogniser:
    """Fails as it is told to."""

    def __init__(self, error: Exception) -> None:
        self.error = error

    def transcribe(self, *_: Any, **__: Any) -> Any:
        raise self.error


@pytest.mark.speech
class TestARecording:
    def test_becomes_transcript_scores_and_feedback(
        self, run: PipelineRun, broker: PrivateBroker
    ) -> None:
        assert [carry_out(task, run) for task in STAGES] == [True] * 4

        assert run.state == "completed"
        assert "shipped on Friday" in TranscriptRecord.objects.get(run=run).text
        evaluation = EvaluationRecord.objects.get(run=run)
        assert evaluation.scorable
        assert evaluation.expected_keywords == ["deadline", "team", "result"]
        score = SessionScore.objects.get(session=run.session)
        run.session.refresh_from_db()
        assert score.total_score == run.session.total_score
        assert SessionFeedback.objects.get(session=run.session).report["strengths"]

    def test_leaves_one_result_when_every_task_runs_twice(
        self, run: PipelineRun, broker: PrivateBroker
    ) -> None:
        for task in STAGES:
            carry_out(task, run)
            carry_out(task, run)

        assert [model.objects.count() for model in RESULTS] == [1, 1, 1, 1]
        assert run.stage_runs.count() == 4


RESULTS = (TranscriptRecord, EvaluationRecord, SessionScore, SessionFeedback)


class TestAFailingStage:
    def test_fails_at_once_when_trying_again_cannot_help(
        self, run: PipelineRun, broker: PrivateBroker
    ) -> None:
        default_storage.delete(run.audio_key)

        assert not carry_out(tasks.transcribe_answer, run)

        assert (run.state, run.stage, run.failure_code) == ("failed", "transcribe", "audio_missing")
        assert not run.failure_retryable
        assert run.stage_runs.count() == 1

    def test_refuses_a_recording_that_is_not_the_one_that_was_uploaded(
        self, run: PipelineRun, broker: PrivateBroker
    ) -> None:
        with default_storage.open(run.audio_key, "ab") as file:
            file.write(b"more")

        carry_out(tasks.transcribe_answer, run)

        assert (run.state, run.failure_code) == ("failed", "audio_missing")

    @pytest.mark.parametrize(
        ("error", "state", "code"),
        [
            (TransientError("busy", "Later."), "retry_wait", ""),
            (PermanentError("broken", "Never."), "failed", "broken"),
            (RuntimeError("a bug with a secret in it"), "retry_wait", ""),
            (DataError("a secret too long for its column"), "retry_wait", ""),
            (SoftTimeLimitExceeded(), "retry_wait", ""),
        ],
    )
    def test_is_tried_again_only_when_that_can_help(
        self,
        run: PipelineRun,
        broker: PrivateBroker,
        monkeypatch: pytest.MonkeyPatch,
        error: Exception,
        state: str,
        code: str,
    ) -> None:
        monkeypatch.setattr(registry, "speech_to_text", lambda: BrokenRecogniser(error))

        assert not carry_out(tasks.transcribe_answer, run)

        assert (run.state, run.failure_code) == (state, code)
        assert "secret" not in run.failure_message

    @pytest.mark.parametrize("error", [OperationalError("away"), InterfaceError("closed")])
    def test_costs_no_attempt_while_the_database_is_away(
        self,
        run: PipelineRun,
        broker: PrivateBroker,
        monkeypatch: pytest.MonkeyPatch,
        error: Exception,
    ) -> None:
        monkeypatch.setattr(registry, "speech_to_text", lambda: BrokenRecogniser(error))

        assert not carry_out(tasks.transcribe_answer, run)

        assert (run.state, run.attempts) == ("queued", 0)

    def test_fails_in_the_end_over_data_that_the_database_refuses(
        self,
        run: PipelineRun,
        broker: PrivateBroker,
        settings: Settings,
        monkeypatch: pytest.MonkeyPatch,
    ) -> None:
        settings.RETRY_BASE_SECONDS = 0.0
        monkeypatch.setattr(registry, "speech_to_text", lambda: BrokenRecogniser(DataError("long")))

        for _ in range(settings.MAX_STAGE_ATTEMPTS):
            carry_out(tasks.transcribe_answer, run)

        assert (run.state, run.failure_code) == ("failed", "internal_error")

    def test_fails_when_it_runs_into_its_time_limit_twice(
        self,
        run: PipelineRun,
        broker: PrivateBroker,
        settings: Settings,
        monkeypatch: pytest.MonkeyPatch,
    ) -> None:
        settings.RETRY_BASE_SECONDS = 0.0
        for error in (SoftTimeLimitExceeded(), TransientError("busy", "Later.")):
            monkeypatch.setattr(registry, "speech_to_text", partial(BrokenRecogniser, error))
            carry_out(tasks.transcribe_answer, run)
            assert run.state == "retry_wait"
        monkeypatch.setattr(
            registry, "speech_to_text", lambda: BrokenRecogniser(SoftTimeLimitExceeded())
        )
        carry_out(tasks.transcribe_answer, run)

        assert (run.state, run.failure_code) == ("failed", "time_limit")
        assert "twice" in run.failure_message
        assert run.failure_retryable

    def test_may_run_into_its_time_limit_once_more_when_a_person_asks_again(
        self,
        run: PipelineRun,
        broker: PrivateBroker,
        settings: Settings,
        monkeypatch: pytest.MonkeyPatch,
    ) -> None:
        settings.RETRY_BASE_SECONDS = 0.0
        monkeypatch.setattr(
            registry, "speech_to_text", lambda: BrokenRecogniser(SoftTimeLimitExceeded())
        )
        for _ in range(2):
            carry_out(tasks.transcribe_answer, run)

        services.ask_for_transcript(run, language=None)
        carry_out(tasks.transcribe_answer, run)

        assert run.state == "retry_wait"

    def test_gives_its_run_back_when_the_worker_stops(
        self, run: PipelineRun, broker: PrivateBroker, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        stopped = BrokenRecogniser(SystemExit())  # type: ignore[arg-type] # how a cold shutdown arrives
        monkeypatch.setattr(registry, "speech_to_text", lambda: stopped)

        with pytest.raises(SystemExit):
            carry_out(tasks.transcribe_answer, run)

        run.refresh_from_db()
        assert (run.state, run.attempts) == ("queued", 0)


class TestALongStage:
    def test_keeps_its_run_for_as_long_as_it_works(
        self,
        run: PipelineRun,
        broker: PrivateBroker,
        settings: Settings,
        monkeypatch: pytest.MonkeyPatch,
    ) -> None:
        settings.HEARTBEAT_SECONDS = 0.05

        class SlowRecogniser:
            """Takes so long that its lease must be kept alive meanwhile."""

            def transcribe(self, *_: Any, **__: Any) -> Any:
                let_lease_run_out(run)
                alive = PipelineRun.objects.filter(pk=run.pk, lease_until__gt=Now())
                wait_until(alive.exists, seconds=5)
                raise PermanentError("heard", "That was enough.")

        monkeypatch.setattr(registry, "speech_to_text", SlowRecogniser)

        carry_out(tasks.transcribe_answer, run)

        assert run.failure_code == "heard"


class TestAMessage:
    @pytest.mark.parametrize("run_id", [None, "1; DROP TABLE", 2**40, -1, [1], {"a": 1}])
    def test_about_nothing_is_ignored(self, broker: PrivateBroker, run_id: object) -> None:
        with pytest.raises(Ignore):
            tasks.transcribe_answer.run(run_id=run_id)

    def test_of_an_older_release_is_understood(self, broker: PrivateBroker) -> None:
        run = make_run(stage="score")

        tasks.evaluate_answer.run(run_id=run.pk, priority=3, unknown="argument")

        run.refresh_from_db()
        assert run.stage == "score"


class TestASession:
    def test_has_the_same_score_in_whatever_order_its_answers_finish(
        self, broker: PrivateBroker
    ) -> None:
        first = make_run(stage="score")
        question = first.session.questions.create(
            position=2, text="And then?", category="technical", difficulty="easy"
        )
        second = make_run(question=question, stage="score")
        for number, run in enumerate((first, second)):
            make_transcript(run=run)
            make_evaluation(run=run, overall=60.0 + number, relevance=50.0 + 20 * number)
        cards = []
        for order in ((first, second), (second, first)):
            for run in order:
                PipelineRun.objects.filter(pk=run.pk).update(stage="score", state="queued")
                assert carry_out(tasks.score_session, run)
            cards.append(SessionScore.objects.get(session=first.session).card)

        assert cards[0] == cards[1]
        assert cards[0]["breakdown"]["relevance"]["raw"] == 60.0
