"""The overview and the agreement, as the staff's browsers get them."""

import csv
from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.roles import give_roles
from analytics.models import StaffScore
from interview_platform.http.security_headers import ADMIN_CONTENT_SECURITY_POLICY
from pipeline.models import LanguageModelCall, PipelineRun, Stage
from tests.factories import (
    make_evaluation,
    make_finished_run,
    make_heartbeat,
    make_question,
    make_recording,
    make_run,
    make_session,
    make_stage_run,
    make_transcript,
    make_user,
)

pytestmark = pytest.mark.django_db

OVERVIEW = "/admin/overview"
AGREEMENT = "/admin/agreement"
PAGES = (OVERVIEW, AGREEMENT, f"{AGREEMENT}.csv", f"{AGREEMENT}/relevance.svg")


@pytest.fixture
def log_in(client: Client) -> Callable[..., Client]:
    """Return the browser of somebody with these roles."""

    def enter(*roles: str) -> Client:
        person = make_user()
        give_roles(person, roles)
        client.force_login(person)
        return client

    return enter


@pytest.fixture
def reviewer(log_in: Callable[..., Client]) -> Client:
    return log_in("reviewer")


def page(client: Client, path: str) -> str:
    response = client.get(path)
    assert response.status_code == 200
    return " ".join(response.content.decode().split())


def reviewed(
    staff: int | None, machine: float | None, *, language: str = "en", note: str = ""
) -> StaffScore:
    """Return what a reviewer said of the relevance of an answer."""
    run = make_finished_run()
    make_transcript(run=run, language=language)
    make_evaluation(run=run, relevance=machine)
    return StaffScore.objects.create(
        run=run, reviewer=make_user(), relevance=staff, note=note, grammar=None
    )


class TestBothPages:
    @pytest.mark.parametrize("path", PAGES)
    def test_are_for_every_role(self, log_in: Callable[..., Client], path: str) -> None:
        for role in ("reviewer", "operator", "admin"):
            assert log_in(role).get(path).status_code == 200

    @pytest.mark.parametrize("path", PAGES)
    def test_are_for_nobody_else(self, client: Client, path: str) -> None:
        assert client.get(path).status_code == 302
        client.force_login(make_user())
        assert client.get(path).status_code == 302
        client.force_login(make_user(is_staff=True))
        assert client.get(path).status_code == 403

    @pytest.mark.parametrize("path", [OVERVIEW, AGREEMENT])
    def test_may_load_what_the_admins_pages_may(self, reviewer: Client, path: str) -> None:
        assert reviewer.get(path)["Content-Security-Policy"] == ADMIN_CONTENT_SECURITY_POLICY

    def test_are_linked_beside_every_page_of_the_admin(self, reviewer: Client) -> None:
        shown = page(reviewer, "/admin/")

        assert f'href="{OVERVIEW}"' in shown
        assert f'href="{AGREEMENT}"' in shown


class TestTheOverview:
    def test_tells_what_came_in(self, reviewer: Client) -> None:
        question = make_question(session=make_session(started_at=timezone.now()))
        make_session(owner=question.session.owner, started_at=timezone.now())
        make_session(started_at=timezone.now() - timedelta(days=200))
        for _ in range(4):
            make_recording(run=make_finished_run(question=question))

        shown = page(reviewer, OVERVIEW)

        assert "<dt>Recordings</dt><dd>4</dd>" in shown
        assert "<dt>Active people</dt><dd>1</dd>" in shown
        assert f"<title>{timezone.now():%Y-%m-%d}: 4 recordings</title>" in shown

    def test_leaves_out_what_was_before_the_period(self, reviewer: Client) -> None:
        old = make_recording()
        type(old).objects.update(created_at=timezone.now() - timedelta(days=8))

        assert "<dt>Recordings</dt><dd>0</dd>" in page(reviewer, f"{OVERVIEW}?period=week")
        assert "<dt>Recordings</dt><dd>1</dd>" in page(reviewer, f"{OVERVIEW}?period=month")
        assert "1 recording altogether" in page(reviewer, f"{OVERVIEW}?period=week")

    def test_tells_what_waits_and_who_works(self, reviewer: Client) -> None:
        waiting = make_run()
        PipelineRun.objects.filter(pk=waiting.pk).update(
            created_at=timezone.now() - timedelta(seconds=90)
        )
        make_heartbeat(name="cpu@one", queues=["cpu", "maint"], concurrency=2)
        make_heartbeat(name="gpu@gone", seen_at=timezone.now() - timedelta(hours=2))

        shown = page(reviewer, OVERVIEW)

        assert '<th scope="row">gpu</th><td class="board-number">1</td>' in shown
        assert '<td class="board-number">90 s</td>' in shown
        assert "<dt>Workers alive</dt><dd>1</dd>" in shown
        assert "silent" in shown

    def test_tells_what_failed_and_leads_there(self, reviewer: Client) -> None:
        for code in ("worker_lost", "worker_lost", "audio_missing"):
            make_run(state="failed", failure_code=code, finished_at=timezone.now())

        shown = page(reviewer, OVERVIEW)

        assert "<dt>Failed answers</dt><dd>3</dd>" in shown
        assert shown.index("worker_lost") < shown.index("audio_missing")
        assert "failure_code=worker_lost" in shown
        led = page(reviewer, "/admin/pipeline/pipelinerun/?failure_code=audio_missing")
        assert str(PipelineRun.objects.get(failure_code="audio_missing").uuid) in led
        assert str(PipelineRun.objects.filter(failure_code="worker_lost")[0].uuid) not in led

    def test_tells_how_long_the_stages_take(self, reviewer: Client) -> None:
        now = timezone.now()
        for seconds in (1, 2, 9):
            make_stage_run(
                stage=Stage.EVALUATE,
                outcome="ok",
                started_at=now - timedelta(seconds=seconds),
                ended_at=now,
            )

        shown = page(reviewer, OVERVIEW)

        assert '<td class="board-number">2.00 s</td><td class="board-number">9.00 s</td>' in shown

    def test_tells_what_language_models_cost(self, reviewer: Client) -> None:
        for cost in (Decimal("0.25"), Decimal("0.5"), None):
            LanguageModelCall.objects.create(
                owner=make_user(),
                purpose="feedback",
                provider="openai",
                model="a-model" if cost else "a-free-one",
                prompt_tokens=100,
                completion_tokens=20,
                cost=cost,
                outcome="ok",
                seconds=1.0,
            )

        shown = page(reviewer, OVERVIEW)

        assert "<dt>Language models</dt><dd>$0.75</dd>" in shown
        assert "unknown" in shown

    def test_asks_as_many_questions_of_much_as_of_little(self, reviewer: Client) -> None:
        def count() -> int:
            with CaptureQueriesContext(connection) as caught:
                page(reviewer, f"{OVERVIEW}?period=year")
            return len(caught)

        page(reviewer, OVERVIEW)
        before = count()
        for _ in range(10):
            run = make_run(state="failed", failure_code=f"code{before}")
            make_recording(run=run)
            make_stage_run(run=run, outcome="ok", ended_at=timezone.now())
            make_heartbeat()

        assert count() == before

    def test_has_no_script_of_its_own(self, reviewer: Client) -> None:
        _, _, board = page(reviewer, OVERVIEW).partition('class="board"')
        board, _, _ = board.partition("Days are of UTC")

        assert "<script" not in board
        assert "style=" not in board


class TestTheAgreement:
    def test_is_too_little_below_three(self, reviewer: Client) -> None:
        reviewed(80, 70.0)

        shown = page(reviewer, AGREEMENT)

        assert "too few: at least 3 scores are needed" in shown
        assert "1 reviewed answer." in shown

    def test_tells_difference_limits_and_order(self, reviewer: Client) -> None:
        for staff, machine in ((70, 60.0), (50, 50.0), (40, 44.0), (86, 80.0)):
            reviewed(staff, machine)
        reviewed(None, 50.0)
        reviewed(50, None)

        shown = page(reviewer, AGREEMENT)

        assert (
            '<td class="board-number">4</td> <td class="board-number">+3.0</td>'
            '<td class="board-number">-9.2 to +15.2</td><td class="board-number">1.00</td>'
        ) in shown

    def test_is_told_by_language(self, reviewer: Client) -> None:
        for staff in (50, 60, 70):
            reviewed(staff, 50.0)
            reviewed(staff, 90.0, language="de")

        everything, german = page(reviewer, AGREEMENT), page(reviewer, f"{AGREEMENT}?language=de")

        assert "<td>de</td>" in everything
        assert '<td class="board-number">-30.0</td>' in everything
        assert "3 reviewed answers." in german

    def test_is_told_of_a_period(self, reviewer: Client) -> None:
        reviewed(80, 70.0)
        StaffScore.objects.update(updated_at=timezone.now() - timedelta(days=10))

        assert "0 reviewed answers." in page(reviewer, f"{AGREEMENT}?period=week")

    def test_is_drawn_for_each_metric(self, reviewer: Client) -> None:
        for staff in (50, 60, 70):
            reviewed(staff, 50.0)

        response = reviewer.get(f"{AGREEMENT}/relevance.svg?theme=dark")

        assert response["Content-Type"] == "image/svg+xml"
        assert b"#111827" in response.content
        assert reviewer.get(f"{AGREEMENT}/charm.svg").status_code == 404

    def test_can_be_taken_to_a_spreadsheet_that_reckons_nothing(self, reviewer: Client) -> None:
        reviewed(80, 70.5, note='=HYPERLINK("http://evil.example")')

        text = reviewer.get(f"{AGREEMENT}.csv").content.decode("utf-8-sig")

        (row,) = csv.DictReader(text.splitlines())
        assert (row["metric"], row["staff"], row["machine"]) == ("relevance", "80.0", "70.5")
        assert row["difference"] == "9.5"
        assert row["note"].startswith("'=")

    def test_takes_one_query(self, reviewer: Client) -> None:
        def count() -> int:
            with CaptureQueriesContext(connection) as caught:
                page(reviewer, AGREEMENT)
            return len(caught)

        reviewed(80, 70.0)
        page(reviewer, AGREEMENT)
        before = count()
        for _ in range(10):
            reviewed(80, 70.0)

        assert count() == before
