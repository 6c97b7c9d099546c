"""How staff score answers, who of them may do what, and what else they see."""

from collections.abc import Callable
from pathlib import Path

import pytest
from django.contrib.admin.models import ADDITION, CHANGE, LogEntry
from django.test import Client

from accounts.models import User
from analytics.models import StaffScore
from pipeline.models import PipelineRun
from sessions.models import Question
from tests.factories import (
    make_comment,
    make_export,
    make_question,
    make_run,
    make_session,
    make_share,
    make_staff_score,
    make_user,
)
from tests.integration.analytics.reviewing import LIST, MARKUP, answer, desk, save_scores, score

pytestmark = pytest.mark.django_db


@pytest.mark.usefixtures("run")
class TestAScore:
    GIVEN = {"relevance": 70, "grammar": 80, "fluency": 0, "keywords": "", "note": "Concrete."}

    def test_is_kept_and_written_down(
        self, client: Client, reviewer: User, run: PipelineRun
    ) -> None:
        assert score(client, run, **self.GIVEN) == 302

        kept, entry = StaffScore.objects.get(), LogEntry.objects.get()
        assert (kept.run, kept.reviewer, kept.note) == (run, reviewer, "Concrete.")
        assert (kept.relevance, kept.grammar, kept.fluency, kept.keywords) == (70, 80, 0, None)
        assert (entry.user, entry.action_flag) == (reviewer, ADDITION)
        assert "relevance 70, grammar 80, fluency 0, keywords -" in entry.change_message

    @pytest.mark.usefixtures("reviewer")
    def test_takes_the_place_of_the_one_before(self, client: Client, run: PipelineRun) -> None:
        score(client, run, **self.GIVEN)
        score(client, run, **{**self.GIVEN, "relevance": 40})

        assert StaffScore.objects.get().relevance == 40
        assert set(LogEntry.objects.values_list("action_flag", flat=True)) == {ADDITION, CHANGE}

    def test_stands_beside_that_of_another_reviewer(
        self, client: Client, one_of: Callable[..., User], run: PipelineRun
    ) -> None:
        make_staff_score(run=run, note="Seen by another one.")
        one_of("reviewer")
        score(client, run, **self.GIVEN)

        page = desk(client, run.session)

        assert StaffScore.objects.count() == 2
        assert "Seen by another one." in page
        assert 'value="70"' in page

    @pytest.mark.usefixtures("reviewer")
    @pytest.mark.parametrize("given", [{"relevance": 101}, {"grammar": -1}, {"fluency": "x"}, {}])
    def test_is_of_a_hundred_and_says_something(
        self, client: Client, run: PipelineRun, given: dict[str, object]
    ) -> None:
        score(client, run, **given)

        assert not StaffScore.objects.exists()
        assert not LogEntry.objects.exists()

    @pytest.mark.usefixtures("reviewer")
    def test_that_is_refused_is_shown_again_with_the_reason(
        self, client: Client, run: PipelineRun
    ) -> None:
        wrong = {**self.GIVEN, "relevance": 101}

        page = save_scores(client, run.session, {run: wrong})

        assert 'value="101"' in page
        assert "Concrete." in page
        assert "Question 1: Ensure this value is less than or equal to 100." in page
        assert "data-unsaved>" in page

    @pytest.mark.usefixtures("reviewer")
    def test_of_every_question_is_kept_by_one_button(
        self, client: Client, run: PipelineRun
    ) -> None:
        other = answer(make_question(session=run.session))
        untouched = answer(make_question(session=run.session))
        empty = dict.fromkeys(self.GIVEN, "")
        typed: dict[PipelineRun, dict[str, object]] = {
            run: {"relevance": 70},
            other: {"note": "Vague."},
            untouched: {**empty},
        }

        page = desk(client, run.session)
        save_scores(client, run.session, typed)

        kept = {row.run_id: row for row in StaffScore.objects.all()}
        assert set(kept) == {run.pk, other.pk}
        assert (kept[run.pk].relevance, kept[other.pk].note) == (70, "Vague.")
        assert page.count('<button class="desk-button desk-main"') == 1

    @pytest.mark.usefixtures("reviewer")
    def test_that_is_wrong_costs_no_score_of_another_question(
        self, client: Client, run: PipelineRun
    ) -> None:
        other = answer(make_question(session=run.session))

        save_scores(client, run.session, {run: {"relevance": 101}, other: {"relevance": 60}})

        assert StaffScore.objects.get().run == other

    @pytest.mark.usefixtures("reviewer")
    def test_is_kept_when_a_newer_attempt_came_meanwhile(
        self, client: Client, run: PipelineRun, question: Question
    ) -> None:
        answer(question)  # it is shown now, and the page that was open shows the older one

        score(client, run, **self.GIVEN)

        assert StaffScore.objects.get().run == run

    def test_is_not_undone_by_a_tab_that_was_open_before(
        self, client: Client, reviewer: User, run: PipelineRun
    ) -> None:
        make_staff_score(run=run, reviewer=reviewer, relevance=70)
        stale = {**self.GIVEN, "relevance": 40}
        shown = {f"initial-{run.uuid}-{name}": value for name, value in stale.items()}

        save_scores(client, run.session, {run: stale}, extra=shown)

        assert StaffScore.objects.get().relevance == 70

    @pytest.mark.usefixtures("reviewer")
    def test_wants_something_to_judge(self, client: Client, run: PipelineRun) -> None:
        waiting = make_run(question=run.question)

        page = save_scores(client, run.session, {waiting: self.GIVEN})

        assert not StaffScore.objects.exists()
        assert "There is nothing to judge" in page

    @pytest.mark.usefixtures("reviewer")
    def test_is_of_an_answer_of_this_session(self, client: Client, run: PipelineRun) -> None:
        save_scores(client, make_session(), {run: self.GIVEN})

        assert not StaffScore.objects.exists()

    @pytest.mark.usefixtures("reviewer")
    def test_can_be_given_before_one_sees_the_machines(
        self, client: Client, run: PipelineRun
    ) -> None:
        page = desk(client, run.session, blind="1")

        assert "Two errors were heard." not in page
        assert "A clear answer." not in page
        assert "Save scores" in page

    def test_is_the_only_thing_that_the_desk_saves(
        self, client: Client, one_of: Callable[..., User], run: PipelineRun
    ) -> None:
        one_of("admin")

        page = desk(client, run.session)

        assert page.count("Save") == 1
        for other in ('name="_save"', 'name="_continue"', "deletelink"):
            assert other not in page

    @pytest.mark.usefixtures("reviewer")
    def test_can_be_looked_up_but_not_made_up(self, client: Client, run: PipelineRun) -> None:
        kept = make_staff_score(run=run)
        page = "/admin/analytics/staffscore/"

        assert client.get(f"{page}{kept.pk}/change/").status_code == 200
        assert client.post(f"{page}{kept.pk}/change/", self.GIVEN).status_code == 403
        assert client.get(f"{page}add/").status_code == 403


class TestWhoMay:
    def test_an_operator_reads_and_does_not_score(
        self, client: Client, one_of: Callable[..., User], run: PipelineRun
    ) -> None:
        one_of("operator")

        assert "Save scores" not in desk(client, run.session)
        assert score(client, run, relevance=1) == 403
        assert not StaffScore.objects.exists()

    def test_only_an_operator_sends_work_again(
        self, client: Client, one_of: Callable[..., User], question: Question
    ) -> None:
        run = make_run(question=question, state="failed", failure_code="x", failure_retryable=True)
        runs, wish = "/admin/pipeline/pipelinerun/", {"action": "retry", "_selected_action": run.pk}

        one_of("reviewer")
        assert b'value="retry"' not in client.get(runs).content
        client.post(runs, wish)
        run.refresh_from_db()
        assert run.state == "failed"

        one_of("operator")
        assert b'value="retry"' in client.get(runs).content

    def test_staff_without_a_role_see_nothing(self, client: Client, run: PipelineRun) -> None:
        client.force_login(make_user(is_staff=True))

        assert client.get(f"{LIST}{run.session_id}/change/").status_code == 403
        assert client.get(f"{LIST}{run.session_id}/report").status_code == 403
        assert score(client, run, relevance=1) == 403

    def test_people_who_practise_are_sent_away(
        self, client: Client, alice: User, run: PipelineRun
    ) -> None:
        client.force_login(alice)

        for path in (f"{run.session_id}/change/", f"{run.session_id}/report"):
            assert client.get(f"{LIST}{path}").status_code == 302
        assert score(client, run, relevance=1) == 302
        assert not StaffScore.objects.exists()


@pytest.mark.usefixtures("reviewer")
class TestWhatPeopleLeft:
    def test_is_shown_without_its_secrets(self, client: Client, alice: User) -> None:
        share = make_share(session=make_session(owner=alice), token_hash="f" * 64)
        comment = make_comment(share=share, text=MARKUP)
        export = make_export(owner=alice, storage_key="private/place.zip")

        pages = {
            path: client.get(f"/admin/{path}/change/").content.decode()
            for path in (
                f"interview_sessions/sessionshare/{share.pk}",
                f"interview_sessions/sharecomment/{comment.pk}",
                f"accounts/exportjob/{export.pk}",
            )
        }

        assert all("Practice" in page or "alice@example.com" in page for page in pages.values())
        for page in pages.values():
            assert "f" * 64 not in page
            assert "private/place.zip" not in page
            assert "<img src=x" not in page

    def test_is_taken_away_by_an_admin_alone(
        self, client: Client, one_of: Callable[..., User]
    ) -> None:
        share = make_share()
        path = f"/admin/interview_sessions/sessionshare/{share.pk}/delete/"

        assert client.post(path, {"post": "yes"}).status_code == 403

        one_of("admin")
        assert client.post(path, {"post": "yes"}).status_code == 302
        assert not type(share).objects.exists()


class TestThePolicy:
    def test_keeps_the_admin_to_itself(self, client: Client, reviewer: User) -> None:
        policy = client.get("/admin/")["Content-Security-Policy"]

        assert "script-src 'self' 'unsafe-eval';" in policy
        assert "default-src 'none'" in policy
        assert "http" not in policy

    def test_is_of_the_admin_alone(self, client: Client, db: None) -> None:
        for path in ("/", "/docs", "/health/live"):
            assert "unsafe-eval" not in client.get(path).headers.get("Content-Security-Policy", "")

    def test_has_nothing_inline_to_allow(self) -> None:
        folder = Path(__file__).parents[3] / "analytics/templates/analytics/desk"
        texts = [template.read_text("utf-8") for template in folder.glob("*.html")]

        assert texts
        assert not [text for text in texts if "style=" in text or "<script>" in text]
