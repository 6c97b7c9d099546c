"""F28: the clocks of the machines differ; one clock decides."""

from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.db.models.functions import Now

from pipeline.models import Lease, PipelineRun, Stage
from pipeline.runs import leases
from pipeline.runs.leases import Claim, ClaimResult
from pipeline.runs.recovery import due_runs, lead
from tests.factories import make_run
from tests.integration.pipeline.conftest import let_lease_run_out

pytestmark = pytest.mark.django_db

SKEWS = [timedelta(seconds=-120), timedelta(seconds=120), timedelta(days=1)]


@pytest.mark.parametrize("skew", SKEWS)
class TestAWorkerWhoseClockIsWrong:
    def test_steals_no_lease(self, skew: timedelta) -> None:
        run = make_run()
        leases.claim(run_id=run.pk, stage=Stage.TRANSCRIBE, worker="gpu@right")

        with time_machine.travel(datetime.now(UTC) + skew):
            stolen = leases.claim(run_id=run.pk, stage=Stage.TRANSCRIBE, worker="gpu@wrong")
            reaped = leases.fail_expired()

        assert stolen is ClaimResult.UNAVAILABLE
        assert reaped == []

    def test_holds_a_lease_that_is_as_long_as_everybodys(self, skew: timedelta) -> None:
        run = make_run()

        with time_machine.travel(datetime.now(UTC) + skew):
            held = leases.claim(run_id=run.pk, stage=Stage.TRANSCRIBE, worker="gpu@wrong")
            assert isinstance(held, Claim)
            assert leases.renew(held)

        kept = PipelineRun.objects.filter(
            pk=run.pk,
            lease_until__gt=Now() + timedelta(seconds=50),
            lease_until__lte=Now() + timedelta(seconds=60),
        )
        assert kept.exists()

    def test_takes_over_when_a_lease_is_over(self, skew: timedelta) -> None:
        run = make_run()
        leases.claim(run_id=run.pk, stage=Stage.TRANSCRIBE, worker="gpu@right")
        let_lease_run_out(run)

        with time_machine.travel(datetime.now(UTC) + skew):
            held = leases.claim(run_id=run.pk, stage=Stage.TRANSCRIBE, worker="gpu@wrong")

        assert isinstance(held, Claim)

    def test_neither_leads_too_soon_nor_sends_too_soon(self, skew: timedelta) -> None:
        run = make_run(state="queued", publish_count=1)
        PipelineRun.objects.filter(pk=run.pk).update(published_at=Now())
        lead("right")

        with time_machine.travel(datetime.now(UTC) + skew):
            assert not lead("wrong")
            epoch = Lease.objects.create(name="epoch", holder="", until=Now() - timedelta(days=2))
            epoch.refresh_from_db()
            assert list(due_runs(epoch.until)) == []
