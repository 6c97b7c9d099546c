"""Lost work is found again: whatever happens to the broker, to workers and to the web process in between."""

from datetime import timedelta

import pytest
from django.core.management import call_command
from django.db.models.functions import Now
from pytest_django.fixtures import Settings

from pipeline.models import Lease, PipelineRun, Stage
from pipeline.runs import dispatch, leases
from pipeline.runs.recovery import EPOCH, Reconciler, lead, reconcile, resign
from tests.factories import make_finished_run, make_run, make_session_run
from tests.integration.pipeline.conftest import let_lease_run_out, let_time_pass
from tests.integration.pipeline.queues import messages
from tests.private_broker import PrivateBroker

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def known_broker(broker: PrivateBroker, monkeypatch: pytest.MonkeyPatch) -> None:
    """The reconciler has seen this broker before, and the process believes that it is there."""
    monkeypatch.setattr(dispatch._Rest, "until", 0.0)
    reconcile()


class TestARunThatWasNeverSent:
    def test_is_sent(self, broker: PrivateBroker) -> None:
        run = make_run()
        let_time_pass(run, seconds=5)

        assert reconcile() == 1
        assert messages(broker) == [("transcribe_answer", run.pk)]

    def test_is_left_to_its_own_request_for_a_moment(self, broker: PrivateBroker) -> None:
        make_run()

        assert reconcile() == 0

    def test_waits_until_the_broker_is_back(self, broker: PrivateBroker) -> None:
        run = make_run()
        let_time_pass(run, seconds=5)
        broker.kill()
        sent_while_away = reconcile()
        broker.ensure_running()

        assert sent_while_away == 0
        assert reconcile() == 1
        assert messages(broker) == [("transcribe_answer", run.pk)]


class TestARunWhoseMessageIsLost:
    def test_is_sent_again_at_once_when_the_broker_was_flushed(self, broker: PrivateBroker) -> None:
        run = make_run()
        dispatch.enqueue_run(run.pk)
        quiet = reconcile()
        broker.empty()

        assert quiet == 0
        assert reconcile() == 1
        assert reconcile() == 0
        assert messages(broker) == [("transcribe_answer", run.pk)]

    def test_is_sent_again_at_once_when_the_broker_was_started_anew(
        self, broker: PrivateBroker
    ) -> None:
        run = make_run()
        dispatch.enqueue_run(run.pk)
        broker.kill()
        broker.ensure_running()

        assert reconcile() == 1
        assert set(messages(broker)) == {("transcribe_answer", run.pk)}

    def test_is_sent_again_ever_more_rarely(
        self, broker: PrivateBroker, settings: Settings
    ) -> None:
        settings.REPUBLISH_SECONDS = 30.0
        settings.REPUBLISH_MAX_SECONDS = 300.0
        run = make_run()
        dispatch.enqueue_run(run.pk)
        Lease.objects.filter(name=EPOCH).update(until=Now() - timedelta(days=1))
        waits = []
        for _ in range(7):
            waited = 0
            while not reconcile():
                let_time_pass(run, seconds=10)
                waited += 10
            waits.append(waited)

        assert waits == sorted(waits)
        assert waits[0] in {30, 40}
        assert waits[-1] in {300, 310}


class TestARunWhoseWorkerDied:
    def test_is_sent_again_when_its_lease_is_over(self, broker: PrivateBroker) -> None:
        run = make_run()
        dispatch.enqueue_run(run.pk)
        broker.empty()
        reconcile()
        broker_was_empty = messages(broker)
        leases.claim(run_id=run.pk, stage=Stage.TRANSCRIBE, worker="gpu@test")
        PipelineRun.objects.update(published_at=Now() - timedelta(seconds=90))
        alive = reconcile()
        let_lease_run_out(run)

        assert broker_was_empty == [("transcribe_answer", run.pk)]
        assert alive == 0
        assert reconcile() == 1
        assert reconcile() == 0

    def test_fails_after_so_many_workers(self, settings: Settings, broker: PrivateBroker) -> None:
        settings.MAX_STAGE_LOSSES = 1
        run = make_run()
        for _ in range(2):
            leases.claim(run_id=run.pk, stage=Stage.TRANSCRIBE, worker="gpu@test")
            let_lease_run_out(run)

        reconcile()

        run.refresh_from_db()
        assert (run.state, run.failure_code) == ("failed", "worker_lost")
        assert messages(broker) == []


class TestARunThatIsTriedAgainLater:
    def test_is_sent_when_it_is_due_and_not_before(self, broker: PrivateBroker) -> None:
        run = make_run(state="retry_wait")
        PipelineRun.objects.update(next_run_at=Now() + timedelta(seconds=60))
        let_time_pass(run, seconds=5)
        early = reconcile()
        let_time_pass(run, seconds=60)

        assert early == 0
        assert reconcile() == 1

    def test_puts_nothing_with_a_time_into_the_broker(self, broker: PrivateBroker) -> None:
        run = make_run(state="retry_wait")
        let_time_pass(run, seconds=5)
        reconcile()

        with broker.client() as client:
            raw = client.lindex("interview:gpu", 0)
        assert b'"eta": null' in raw


class TestARunThatNeedsNothing:
    @pytest.mark.parametrize("state", ["completed", "failed", "superseded"])
    def test_is_left_alone(self, state: str, broker: PrivateBroker) -> None:
        run = make_run(state=state)
        let_time_pass(run, seconds=3600)

        assert reconcile() == 0

    def test_of_a_session_waits_for_its_answers(self, broker: PrivateBroker) -> None:
        answer = make_run()
        dispatch.enqueue_run(answer.pk)
        own = make_session_run(session=answer.session)
        let_time_pass(own, seconds=60)
        early = reconcile()
        PipelineRun.objects.filter(pk=answer.pk).update(state="completed", stage=Stage.DONE)

        assert early == 0
        assert reconcile() == 1
        assert ("score_session", own.pk) in messages(broker)


class TestTheLead:
    def test_is_one_reconcilers_at_a_time(self) -> None:
        assert lead("first")
        assert not lead("second")
        assert lead("first")

    def test_goes_over_when_the_leader_dies(self) -> None:
        lead("first")
        Lease.objects.update(until=Now() - timedelta(seconds=1))

        assert lead("second")
        assert not lead("first")

    def test_is_given_back_at_a_stop(self) -> None:
        lead("first")
        resign("first")

        assert lead("second")

    def test_keeps_the_others_from_sending(self, broker: PrivateBroker) -> None:
        run = make_run()
        let_time_pass(run, seconds=5)
        lead("first")

        assert Reconciler("second").tick() == 0
        assert Reconciler("first").tick() == 1


class TestTheCommand:
    def test_sends_what_is_due(
        self, broker: PrivateBroker, capsys: pytest.CaptureFixture[str]
    ) -> None:
        lead("a worker")
        run = make_run()
        let_time_pass(run, seconds=5)
        make_finished_run()

        call_command("reconcile")

        assert "Sent again: 1" in capsys.readouterr().out
        assert messages(broker) == [("transcribe_answer", run.pk)]
