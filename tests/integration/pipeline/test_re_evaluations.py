"""Many answers are judged anew by today's scorer, a few at a time."""

from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from pipeline.models import EvaluationRecord, PastEvaluation, PipelineRun, Stage, WantedEvaluation
from pipeline.runs import dispatch, periodic, reevaluation
from pipeline.scoring.thresholds import SCORER_VERSION
from tests.factories import (
    make_evaluation,
    make_finished_run,
    make_heartbeat,
    make_run,
    make_transcript,
)

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def sent(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What went to the broker, which is not there."""
    names: list[str] = []

    def send(work: Any) -> bool:
        names.append(work.task)
        return True

    monkeypatch.setattr(dispatch, "_send", send)
    monkeypatch.setattr(dispatch._Rest, "until", 0.0)
    return names


def judged_by(version: str) -> PipelineRun:
    run = make_finished_run()
    make_transcript(run=run)
    make_evaluation(run=run, scorer_version=version)
    return run


def wanted() -> list[int]:
    return list(WantedEvaluation.objects.order_by("run_id").values_list("run_id", flat=True))


def say(*arguments: str) -> str:
    out = StringIO()
    call_command("re_evaluate", *arguments, stdout=out)
    return out.getvalue()


class TestTheCommand:
    def test_wants_what_an_older_scorer_has_judged(self) -> None:
        old, older = judged_by("1.9.0"), judged_by("1.10.1")
        judged_by("1.11.0")
        judged_by(SCORER_VERSION)

        assert say("--older-than-version", "1.11.0") == "To be judged anew: 2\n"
        assert wanted() == [old.pk, older.pk]

    def test_means_the_scorer_of_today(self) -> None:
        old = judged_by("1.0.0")
        judged_by(SCORER_VERSION)

        say()

        assert wanted() == [old.pk]

    def test_counts_only_when_it_is_a_rehearsal(self) -> None:
        judged_by("1.0.0")

        assert say("--dry-run") == f"Judged by a scorer before {SCORER_VERSION}: 1\n"
        assert wanted() == []

    def test_begins_with_the_latest(self) -> None:
        judged_by("1.0.0")
        latest = judged_by("1.0.0")

        say("--limit", "1")

        assert wanted() == [latest.pk]

    def test_knows_what_a_version_is(self) -> None:
        with pytest.raises(CommandError, match="no version"):
            say("--older-than-version", "latest")


class TestWishes:
    def test_outlive_an_absent_broker(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(dispatch, "_send", lambda work: False)
        run = judged_by("1.0.0")

        reevaluation.want([run.pk])
        reevaluation.want([run.pk])

        assert wanted() == [run.pk]

    def test_ring_only_while_there_are_any(self, sent: list[str]) -> None:
        assert not reevaluation.ring()

        reevaluation.want([judged_by("1.0.0").pk])

        assert reevaluation.ring()
        assert sent == [periodic.TASK]

    def test_go_the_usual_way_of_an_answer(self) -> None:
        run = judged_by("1.0.0")
        reevaluation.want([run.pk])

        periodic.do(reevaluation.JOB)

        run.refresh_from_db()
        assert (run.state, run.stage) == ("queued", Stage.EVALUATE)
        assert PastEvaluation.objects.get().scorer_version == "1.0.0"
        assert wanted() == []

    def test_leave_room_for_candidates(self) -> None:
        make_heartbeat(queues=["cpu"], concurrency=2)
        runs = [judged_by("1.0.0") for _ in range(12)]
        reevaluation.want([run.pk for run in runs])
        for _ in range(3):
            make_run(stage=Stage.EVALUATE)

        assert reevaluation.fulfil() == 7  # of the 10 that two processes take
        assert reevaluation.fulfil() == 0
        assert len(wanted()) == 5

    def test_wait_for_answers_that_are_in_work(self) -> None:
        run = judged_by("1.0.0")
        reevaluation.want([run.pk])
        PipelineRun.objects.filter(pk=run.pk).update(state="queued", stage=Stage.SCORE)

        assert reevaluation.fulfil() == 0
        assert wanted() == [run.pk]
        assert EvaluationRecord.objects.filter(run=run).exists()

    def test_end_with_answers_that_cannot_be_judged(self) -> None:
        run = make_run(state="superseded")
        reevaluation.want([run.pk])

        assert reevaluation.fulfil() == 0
        assert wanted() == []
