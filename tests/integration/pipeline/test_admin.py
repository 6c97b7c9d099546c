"""What staff see of runs, and what they can do about many at once."""

from collections.abc import Sequence
from datetime import timedelta

import pytest
from django.contrib.admin.models import LogEntry
from django.db.models.functions import Now
from django.test import Client

from accounts.models import User
from pipeline.models import PipelineRun, Stage, WantedEvaluation
from pipeline.runs import dispatch, services
from pipeline.scoring.thresholds import SCORER_VERSION
from tests.factories import (
    make_evaluation,
    make_finished_run,
    make_question,
    make_recording,
    make_run,
    make_stage_run,
    make_transcript,
)
from tests.integration.pipeline.conftest import let_time_pass
from tests.integration.pipeline.queues import messages
from tests.private_broker import PrivateBroker

pytestmark = pytest.mark.django_db(transaction=True)

LIST = "/admin/pipeline/pipelinerun/"


@pytest.fixture
def staff(client: Client) -> Client:
    """The browser of somebody who may see everything."""
    client.force_login(User.objects.create_superuser("chief@example.com", "correct-horse-9"))
    return client


@pytest.fixture(autouse=True)
def awake(monkeypatch: pytest.MonkeyPatch) -> None:
    """The process has not met an absent broker yet."""
    monkeypatch.setattr(dispatch._Rest, "until", 0.0)


def failed_run(code: str = "worker_lost") -> PipelineRun:
    return make_run(
        state="failed",
        stage=Stage.EVALUATE,
        failure_code=code,
        failure_message="It did not work.",
        attempts=5,
    )


def act(staff: Client, action: str, runs: Sequence[PipelineRun]) -> str:
    """Choose the runs in the list, carry out the action, and return the page that follows."""
    chosen = {"action": action, "_selected_action": [run.pk for run in runs]}
    return staff.post(LIST, chosen, follow=True).content.decode()


def states(runs: Sequence[PipelineRun]) -> list[str]:
    for run in runs:
        run.refresh_from_db()
    return [run.state for run in runs]


class TestTheList:
    def test_shows_failed_runs_and_why_they_failed(self, staff: Client) -> None:
        failed, other = failed_run(), make_run()

        page = staff.get(f"{LIST}?state__exact=failed").content.decode()

        assert str(failed.uuid) in page
        assert "worker_lost" in page
        assert str(other.uuid) not in page

    def test_finds_the_runs_of_a_candidate(self, staff: Client) -> None:
        run = make_run()
        email = run.session.owner.email

        assert str(run.uuid) in staff.get(f"{LIST}?q={email}").content.decode()
        assert str(run.uuid) not in staff.get(f"{LIST}?q=nobody@example.com").content.decode()

    def test_is_not_for_candidates(self, client: Client) -> None:
        client.force_login(make_run().session.owner)

        assert client.get(LIST).status_code == 302


class TestARun:
    def test_is_shown_with_every_try(self, staff: Client) -> None:
        run = failed_run()
        tries = [
            make_stage_run(run=run, attempt=1, outcome="lost", worker="gpu@first"),
            make_stage_run(run=run, attempt=2, outcome="transient", error_code="time_limit"),
        ]

        page = staff.get(f"{LIST}{run.pk}/change/").content.decode()

        for seen in ("gpu@first", "lost", "transient", "time_limit", "It did not work."):
            assert seen in page
        assert len(tries) == 2

    def test_cannot_be_changed_by_hand(self, staff: Client) -> None:
        run = make_run()

        assert staff.post(f"{LIST}{run.pk}/change/", {"state": "completed"}).status_code == 403
        assert states([run]) == ["queued"]


class TestManyRuns:
    def test_are_started_again_from_the_stage_that_failed(
        self, staff: Client, broker: PrivateBroker
    ) -> None:
        failed = [failed_run(), failed_run("time_limit")]
        running = make_run(state="completed", stage=Stage.DONE)

        page = act(staff, "retry", [*failed, running])

        assert states(failed) == ["queued", "queued"]
        assert [run.stage for run in failed] == ["evaluate", "evaluate"]
        assert "Runs started again: 2; left alone, as their state does not allow it: 1" in page
        assert messages(broker) == [("evaluate_answer", run.pk) for run in reversed(failed)]

    def test_are_taken_from_workers_that_hang(self, staff: Client, broker: PrivateBroker) -> None:
        run = make_run(state="queued")
        PipelineRun.objects.filter(pk=run.pk).update(
            state="running", lease_token=run.uuid, lease_until=Now() + timedelta(hours=1)
        )

        act(staff, "requeue", [run])

        run.refresh_from_db()
        assert (run.state, run.lease_token) == ("queued", None)
        assert messages(broker) == [("transcribe_answer", run.pk)]

    def test_are_stopped_with_a_sentence_for_the_candidate(
        self, staff: Client, broker: PrivateBroker
    ) -> None:
        runs = [make_run(), make_run(state="retry_wait")]

        act(staff, "stop", runs)

        assert states(runs) == ["failed", "failed"]
        assert all("stopped by our staff" in run.failure_message for run in runs)
        assert all(run.failure_retryable for run in runs)

    def test_are_looked_for_at_once(self, staff: Client, broker: PrivateBroker) -> None:
        run = make_run(question=make_question())
        let_time_pass(run, seconds=60)

        page = act(staff, "look_for_lost_work", [run])

        assert "Sent again: 1" in page

    def test_leave_a_note_of_who_did_what(self, staff: Client, broker: PrivateBroker) -> None:
        act(staff, "retry", [failed_run()])

        entry = LogEntry.objects.get()
        assert entry.user.email == "chief@example.com"
        assert entry.change_message == "started again"


LIST_OF_EVALUATIONS = "/admin/pipeline/evaluationrecord/"
LIST_OF_RECORDINGS = "/admin/media/audioanswer/"


def judged(version: str = "1.0.0") -> PipelineRun:
    run = make_finished_run()
    make_transcript(run=run)
    make_evaluation(run=run, scorer_version=version)
    make_recording(run=run)
    return run


class TestJudgingAgain:
    def test_is_noted_for_the_workers_and_in_the_log(
        self, staff: Client, broker: PrivateBroker
    ) -> None:
        old, current = judged(), judged(SCORER_VERSION)

        page = act(staff, "re_evaluate", [old, current])

        assert "Answers to be judged again: 1; left alone" in page
        assert WantedEvaluation.objects.get().run == old
        assert states([old]) == ["completed"]  # a worker does it, not the request
        (entry,) = LogEntry.objects.all()
        assert (entry.object_id, entry.change_message) == (
            str(old.pk),
            "to be judged by today's scorer",
        )

    @pytest.mark.parametrize("path", [LIST_OF_EVALUATIONS, LIST_OF_RECORDINGS])
    def test_is_asked_for_wherever_the_answer_was_found(
        self, staff: Client, broker: PrivateBroker, path: str
    ) -> None:
        run = judged()
        row = run.evaluation if path == LIST_OF_EVALUATIONS else run.recording

        staff.post(path, {"action": "re_evaluate", "_selected_action": [row.pk]})

        assert WantedEvaluation.objects.get().run == run

    def test_shows_what_an_answer_was_judged_before(
        self, staff: Client, broker: PrivateBroker
    ) -> None:
        run = judged("0.9.9")
        services.re_evaluate(run)

        page = staff.get(f"{LIST}{run.pk}/change/").content.decode()

        assert "0.9.9" in page
        assert "judged anew by another version" in page


class TestRemoving:
    def test_removes_each_and_logs_it(self, staff: Client, broker: PrivateBroker) -> None:
        runs = [judged(), judged()]
        chosen = {"action": "delete_selected", "_selected_action": [run.pk for run in runs]}

        assert "Are you sure" in staff.post(LIST, chosen).content.decode()
        staff.post(LIST, {**chosen, "post": "yes"})

        assert not PipelineRun.objects.filter(question__isnull=False).exists()
        assert [entry.is_deletion() for entry in LogEntry.objects.all()] == [True, True]
