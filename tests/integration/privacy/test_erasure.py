"""An account that is closed leaves no row, no file and no word, whatever was under way."""

import io
import uuid
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from celery.exceptions import Ignore
from django.contrib.admin.models import CHANGE, LogEntry
from django.contrib.sessions.backends.db import SessionStore
from django.contrib.sessions.models import Session
from django.core.management import call_command
from django.utils import timezone

from accounts import erasure
from accounts.models import ExportJob, IdempotentAnswer, User
from accounts.models_erasure import Erasure
from accounts.replay import replay_erasures
from accounts.tasks import deliver_letters
from analytics.tasks import build_export
from media.services import sweep_orphans
from pipeline.llm import client
from pipeline.models import LanguageModelCall, PipelineRun, QuestionJob
from pipeline.runs import periodic
from pipeline.tasks import (
    evaluate_answer,
    score_session,
    transcribe_answer,
    write_feedback,
    write_questions,
)
from tests.factories import (
    make_comment,
    make_evaluation,
    make_export,
    make_feedback,
    make_score,
    make_session_run,
    make_share,
    make_staff_score,
    make_stage_run,
    make_transcript,
    make_user,
)
from tests.integration.accounts.people import refresh, status_with
from tests.integration.privacy.lives import (
    EMAIL,
    NAME,
    SAID,
    Life,
    canaries_in,
    everything_in,
    everything_in_the_database,
)

pytestmark = pytest.mark.django_db(transaction=True)

State = PipelineRun.State
TASKS = (transcribe_answer, evaluate_answer, score_session, write_feedback)
OF_NOBODY = ("auth_", "django_", "sqlite_")  # kinds of things, migrations: no person's


def fill(life: Life) -> list[PipelineRun]:
    """Have a run in each state, and a row of each kind that can hang on a person."""
    states = [State.QUEUED, State.RUNNING, State.RETRY_WAIT, State.COMPLETED, State.FAILED]
    runs = [life.record(question) for question in life.questions[:5]]
    runs.append(life.write(life.questions[5]))
    for run, state in zip(runs, states, strict=False):
        held = {"lease_token": uuid.uuid4(), "lease_until": timezone.now() + timedelta(minutes=1)}
        why = {"failure_code": "x"} if state == State.FAILED else {}
        fields = held if state == State.RUNNING else why
        PipelineRun.objects.filter(pk=run.pk).update(state=state, **fields)
        make_stage_run(run=run)
    done = runs[3]
    make_transcript(run=done, text=SAID)
    make_evaluation(run=done, summary=SAID)
    make_score(session=life.row, card={"quote": SAID})
    make_feedback(session=life.row, report={"quote": SAID})
    make_comment(share=make_share(session=life.row), text=f"Well said, {NAME}")
    make_export(owner=life.user)
    runs.append(make_session_run(session=life.row))
    hang_on(life, done)
    return runs


def hang_on(life: Life, run: PipelineRun) -> None:
    """Add what staff and language models leave."""
    staff = make_user("reviewer@example.com", is_staff=True)
    make_staff_score(run=run, reviewer=staff, note=f"{NAME} was good")
    log = LogEntry.objects.log_actions
    log(staff.pk, [life.user], CHANGE, change_message=f"Changed {EMAIL}.", single_object=True)
    log(staff.pk, [life.row, run], CHANGE, change_message=SAID)
    LanguageModelCall.objects.create(
        owner=life.user,
        session=life.row,
        purpose="questions",
        provider="openai",
        model="m",
        prompt_tokens=1,
        completion_tokens=1,
        outcome="ok",
        seconds=1.0,
    )
    client.set_aside(owner=life.user, tokens=10)
    due = timezone.now() + timedelta(minutes=1)
    QuestionJob.objects.create(session=life.row, wish={"job_description": SAID}, due_at=due)


def close(life: Life) -> None:
    life.send(f"/api/v1/users/{life.data['id']}", method="delete")


def sweep() -> None:
    """Do what the upkeep does within the hour, without the hour."""
    for name in ("scrub the staff's log", "mark erasures in the storage"):
        periodic.do(name)
    sweep_orphans(older_than=timedelta(0))


class TestClosingAnAccount:
    def test_leaves_no_word_in_the_database_and_no_file(self, life: Life, uploads: Path) -> None:
        fill(life)
        before = str(everything_in_the_database())
        ids = (life.data["id"].replace("-", ""), life.session["id"].replace("-", ""))
        assert canaries_in(before)  # or the test would prove nothing
        assert canaries_in(everything_in(uploads)) == []  # not even the name that the client gave

        close(life)
        sweep()

        tables = everything_in_the_database()
        assert [
            (name, canaries_in(str(rows)))
            for name, rows in tables.items()
            if canaries_in(str(rows))
        ] == []
        marks = tables.pop("accounts_erasure")
        assert len(marks) == 1
        assert [name for name in ids if name in str(tables).replace("-", "")] == []
        files = [path for path in uploads.rglob("*") if path.is_file()]
        assert [path.relative_to(uploads).as_posix() for path in files] == [
            f".erased/{life.data['id']}"
        ]

    def test_leaves_no_row_but_of_others(self, life: Life) -> None:
        fill(life)

        close(life)
        sweep()

        left = {
            name: len(rows)
            for name, rows in everything_in_the_database().items()
            if rows and not name.startswith(OF_NOBODY)
        }
        left.pop("pipeline_dailytokens")  # of everybody together: a number and a day
        assert left == {
            "accounts_user": 1,
            "accounts_erasure": 1,
        }  # the reviewer, and our word for it
        assert User.objects.get().email == "reviewer@example.com"
        assert LogEntry.objects.count() == 3  # who did something, and when
        assert set(LogEntry.objects.values_list("object_repr", "change_message")) == {
            ("(erased)", "")
        }

    def test_ends_every_token(self, life: Life) -> None:
        close(life)

        assert status_with(life.data["token"]) == 401
        assert refresh(life.data["refresh_token"]).status_code == 401
        assert not IdempotentAnswer.objects.exists()

    def test_ends_the_browser_sessions_of_staff(self, life: Life) -> None:
        User.objects.filter(email=EMAIL).update(is_staff=True)
        other = make_user(is_staff=True)
        for person in (life.user, other):
            store = SessionStore()
            store["_auth_user_id"] = str(person.pk)
            store.create()

        close(life)

        assert [one.get_decoded()["_auth_user_id"] for one in Session.objects.all()] == [
            str(other.pk)
        ]

    @pytest.mark.parametrize("task", TASKS, ids=lambda task: str(task.name))
    def test_leaves_work_that_was_queued_with_nothing_to_do(
        self, life: Life, uploads: Path, task: Any
    ) -> None:
        runs = fill(life)
        close(life)
        sweep()
        before = everything_in_the_database()

        for run in runs:
            with pytest.raises(Ignore):
                task.run(run_id=run.pk)

        assert everything_in_the_database() == before

    def test_leaves_other_work_that_was_queued_with_nothing_to_do(
        self, life: Life, uploads: Path, mailoutbox: list[Any]
    ) -> None:
        fill(life)
        life.send("/api/v1/users/password/reset", {"email": EMAIL})
        [writing] = QuestionJob.objects.values_list("pk", flat=True)
        [packing] = ExportJob.objects.values_list("pk", flat=True)
        close(life)
        sweep()
        before = everything_in_the_database()

        write_questions(job_id=writing)
        build_export(job_id=packing)
        deliver_letters()

        assert everything_in_the_database() == before
        assert mailoutbox == []
        assert canaries_in(everything_in(uploads)) == []

    def test_takes_the_result_of_whoever_works_on_it_with_it(self, life: Life) -> None:
        run = life.write(life.questions[0])

        class Encoder:
            def encode(self, texts: Any) -> Any:
                close(life)  # in the middle of the work
                raise ValueError("the worker's own trouble")

        from pipeline.domain.ports import Judges
        from pipeline.providers import registry

        with pytest.MonkeyPatch.context() as patch:
            judges = Judges(encoder=Encoder(), parser=None, grammar=None)
            patch.setattr(registry, "judges", lambda **_: judges)
            with pytest.raises(Ignore):
                evaluate_answer.run(run_id=run.pk)

        assert not PipelineRun.objects.exists()
        assert canaries_in(str(everything_in_the_database())) == []


class TestRestoringABackup:
    def test_is_followed_by_erasing_again_what_came_back(self, life: Life, uploads: Path) -> None:
        close(life)
        Erasure.objects.all().delete()  # the table went back in time, too; the mark did not
        back = make_user(EMAIL, uuid=life.data["id"], full_name=NAME)
        folder = uploads / life.data["id"] / str(uuid.uuid4())
        folder.mkdir(parents=True)
        (folder / "answer.wav").write_bytes(b"what was said")

        said = io.StringIO()
        call_command("replay_erasures", stdout=said)

        assert not User.objects.filter(pk=back.pk).exists()
        assert not folder.exists()
        assert "1 erasures known; 1 accounts" in said.getvalue()
        assert replay_erasures().accounts == 0

    def test_takes_a_list_that_was_kept_elsewhere(
        self, life: Life, uploads: Path, tmp_path: Path
    ) -> None:
        close(life)
        kept = io.StringIO()
        call_command("replay_erasures", list=True, stdout=kept)
        (tmp_path / "kept").write_text(kept.getvalue())
        Erasure.objects.all().delete()
        (uploads / erasure.FOLDER / life.data["id"]).unlink()
        make_user(EMAIL, uuid=life.data["id"])

        call_command("replay_erasures", source=str(tmp_path / "kept"), stdout=io.StringIO())

        assert not User.objects.filter(email=EMAIL).exists()

    def test_leaves_everybody_else(self, life: Life, uploads: Path) -> None:
        make_user("somebody@example.com")
        close(life)

        replay_erasures()

        assert User.objects.get().email == "somebody@example.com"

    def test_finds_the_mark_that_could_not_be_made_at_once(self, life: Life, uploads: Path) -> None:
        uploads.chmod(0o700)
        (uploads / erasure.FOLDER).write_text("in the way")
        close(life)
        assert not Erasure.objects.get().is_marked
        (uploads / erasure.FOLDER).unlink()

        sweep()

        assert (uploads / erasure.FOLDER / life.data["id"]).exists()
