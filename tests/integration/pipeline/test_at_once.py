"""What happens at the same moment, in threads with connections of their own."""

import threading
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from typing import Any

import pytest
from django.db import connection, transaction

from pipeline.domain.values import ScoreCard
from pipeline.models import PipelineRun, SessionScore, Stage, StageRun
from pipeline.runs import leases, results, services
from pipeline.runs.leases import Claim
from pipeline.scoring.session_score import score_session
from sessions.models import Question
from sessions.services import delete_session, note_recording
from tests.factories import make_evaluation, make_question, make_run, make_transcript
from tests.private_broker import PrivateBroker
from tests.waiting import wait_until

pytestmark = pytest.mark.django_db(transaction=True)

MANY = 12
PATIENCE = 1.0  # seconds that the one in front waits for the other to overtake it


def at_once(*jobs: Callable[[], object]) -> None:
    """Run the jobs in threads, begun together; raise what went wrong in one."""
    start = threading.Barrier(len(jobs))
    troubles: list[BaseException] = []

    def work(job: Callable[[], object]) -> None:
        try:
            start.wait()
            job()
        except BaseException as trouble:  # noqa: BLE001 - it is raised again below
            troubles.append(trouble)
        finally:
            connection.close()

    threads = [threading.Thread(target=work, args=(job,)) for job in jobs]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for trouble in troubles:
        raise trouble


def judged(question: Question) -> PipelineRun:
    """Return a run that has been judged and is about to be scored."""
    run = make_run(question=question, stage=Stage.SCORE)
    make_transcript(run=run)
    return run


class TestTwoAnswersOfASession:
    def test_are_both_in_the_score_when_they_finish_together(
        self, question: Question, broker: PrivateBroker, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        first, second = judged(question), judged(make_question(session=question.session))
        make_evaluation(run=first)
        has_read, other_is_done = threading.Event(), threading.Event()

        def score_slowly(**arguments: Any) -> ScoreCard:
            """The first has read the answers; now the second may overtake it, if nothing keeps it back."""
            card = score_session(**arguments)
            if not has_read.is_set():
                has_read.set()
                other_is_done.wait(PATIENCE)
            return card

        monkeypatch.setattr("pipeline.runs.results.score_session", score_slowly)

        def finish(run: PipelineRun) -> None:
            held = leases.claim(run_id=run.pk, stage=Stage.SCORE, worker="cpu@test")
            assert isinstance(held, Claim)
            leases.finish(held, keep=lambda done: results.save_score(done.session))

        def finish_second() -> None:
            has_read.wait()
            make_evaluation(run=second)
            finish(second)
            other_is_done.set()

        at_once(lambda: finish(first), finish_second)

        card = SessionScore.objects.get(session=question.session).card
        assert card["answered"] == 2


class TestOneRun:
    def test_is_worked_on_once_however_many_messages_come(self, broker: PrivateBroker) -> None:
        run = make_run()
        claims: list[object] = []

        def claim() -> None:
            claims.append(leases.claim(run_id=run.pk, stage=Stage.TRANSCRIBE, worker="gpu@test"))

        at_once(*[claim] * MANY)

        assert len(claims) == MANY
        assert sum(isinstance(held, Claim) for held in claims) == 1
        assert StageRun.objects.count() == 1

    def test_is_joined_by_all_who_ask_for_its_results(
        self, question: Question, broker: PrivateBroker
    ) -> None:
        run = make_run(question=question, state="failed", failure_code="busy")

        at_once(*[lambda: services.ask_for_transcript(run, language=None)] * MANY)

        run.refresh_from_db()
        assert (run.stage, run.state, run.publish_count) == ("transcribe", "queued", 1)


class TestAClaimThatHasWaitedForTheSession:
    @pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite has one lock for all")
    @pytest.mark.parametrize("meanwhile", ["superseded", "taken", "deleted", "untouched"])
    def test_sees_what_became_of_the_run_meanwhile(
        self, question: Question, broker: PrivateBroker, meanwhile: str
    ) -> None:
        run = make_run(question=question)
        has_session = threading.Event()
        claims: list[object] = []

        def change() -> None:
            with transaction.atomic():
                leases.lock_session(run.pk)
                has_session.set()
                wait_until(somebody_waits, seconds=10)
                if meanwhile == "superseded":
                    PipelineRun.objects.filter(pk=run.pk).update(state="superseded")
                elif meanwhile == "taken":
                    taken = leases.claim(run_id=run.pk, stage=Stage.TRANSCRIBE, worker="")
                    assert isinstance(taken, Claim)
                elif meanwhile == "deleted":
                    question.session.delete()

        def claim() -> None:
            has_session.wait()
            claims.append(leases.claim(run_id=run.pk, stage=Stage.TRANSCRIBE, worker="gpu@test"))

        at_once(change, claim)

        assert isinstance(claims[0], Claim) == (meanwhile == "untouched")
        assert StageRun.objects.count() == (meanwhile in {"taken", "untouched"})


class TestSomebodyWhoAsksForAnEvaluation:
    @pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite has one lock for all")
    def test_and_the_worker_that_is_at_it_do_not_wait_for_each_other(
        self, question: Question, broker: PrivateBroker
    ) -> None:
        run = judged(question)
        make_evaluation(run=run)
        held = leases.claim(run_id=run.pk, stage=Stage.SCORE, worker="cpu@test")
        assert isinstance(held, Claim)
        has_session, has_asked = threading.Event(), threading.Event()

        def finish() -> None:
            with transaction.atomic():
                leases.lock_session(run.pk)
                has_session.set()
                wait_until(lambda: has_asked.is_set() or somebody_waits(), seconds=10)
                leases.finish(held, keep=lambda done: results.save_score(done.session))

        def ask() -> None:
            has_session.wait()
            services.ask_for_evaluation(run, expected_keywords=["deadline"])
            has_asked.set()

        at_once(finish, ask)

        run.refresh_from_db()
        assert (run.stage, run.state) == (Stage.EVALUATE, "queued")


def somebody_waits() -> bool:
    """Tell whether a connection waits for a row that another one holds."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_locks WHERE NOT granted")
        return bool(cursor.fetchone()[0])


class TestManyRecordings:
    def test_of_one_question_leave_one_run_in_work(
        self, question: Question, broker: PrivateBroker
    ) -> None:
        def record() -> None:
            own = Question.objects.select_related("session__owner").get(pk=question.pk)
            with transaction.atomic():
                attempt = note_recording(question=own)
                services.start_run(
                    question=own,
                    attempt=attempt,
                    audio_key=f"{attempt}.mp3",
                    audio_sha256="0" * 64,
                    audio_format="mp3",
                    audio_duration=1.0,
                    language="en",
                )

        at_once(*[record] * MANY)

        states = list(PipelineRun.objects.order_by("attempt").values_list("attempt", "state"))
        assert states == [
            *((number, "superseded") for number in range(1, MANY)),
            (MANY, "queued"),
        ]


class TestASessionThatIsDeleted:
    @pytest.mark.parametrize("stage", [Stage.TRANSCRIBE, Stage.SCORE])
    def test_never_comes_back_by_a_worker_that_finishes(
        self, question: Question, broker: PrivateBroker, stage: Stage
    ) -> None:
        run = make_run(question=question, stage=stage)
        held = leases.claim(run_id=run.pk, stage=stage, worker="gpu@test")
        assert isinstance(held, Claim)

        def keep(done: PipelineRun) -> None:
            make_transcript(run=done)

        def finish() -> None:
            with suppress(leases.LeaseLost):
                leases.finish(held, keep=keep)

        at_once(finish, partial(delete_session, question.session))

        assert not PipelineRun.objects.exists()
