"""The admin's lists stay quick however many rows there are."""

from collections.abc import Callable

import pytest
from django.core.paginator import Paginator
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts.models import User
from interview_platform.http import admin_lists
from interview_platform.http.admin_lists import CappedPaginator
from pipeline.models import PipelineRun
from tests.factories import (
    make_evaluation,
    make_finished_run,
    make_question,
    make_recording,
    make_score,
    make_session,
    make_stage_run,
    make_transcript,
)

pytestmark = pytest.mark.django_db

LISTS = (
    "interview_sessions/interviewsession",
    "media/audioanswer",
    "pipeline/pipelinerun",
    "pipeline/evaluationrecord",
    "pipeline/transcriptrecord",
    "pipeline/pastevaluation",
    "pipeline/stagerun",
    "pipeline/sessionscore",
)


@pytest.fixture
def staff(client: Client) -> Client:
    """The browser of somebody who may see everything."""
    client.force_login(User.objects.create_superuser("chief@example.com", "correct-horse-9"))
    return client


def interview() -> PipelineRun:
    """An interview of somebody with one answer, and all that was made of it."""
    question = make_question(session=make_session())
    run = make_finished_run(question=question)
    make_recording(run=run)
    make_stage_run(run=run)
    make_transcript(run=run)
    make_evaluation(run=run)
    make_score(session=question.session)
    return run


@pytest.fixture
def queries(staff: Client) -> Callable[[str], int]:
    """Count the queries of a page, the second time that it is asked for."""

    def count(path: str) -> int:
        assert staff.get(path).status_code == 200
        with CaptureQueriesContext(connection) as caught:
            staff.get(path)
        assert len(caught) > 1
        return len(caught)

    return count


class TestALongList:
    @pytest.mark.parametrize("table", LISTS)
    def test_takes_as_many_queries_as_a_short_one(
        self, queries: Callable[[str], int], table: str
    ) -> None:
        for _ in range(3):
            interview()
        short = queries(f"/admin/{table}/")
        for _ in range(27):
            interview()

        assert queries(f"/admin/{table}/") == short

    def test_reads_no_long_texts(self, staff: Client) -> None:
        interview()

        with CaptureQueriesContext(connection) as caught:
            staff.get("/admin/pipeline/evaluationrecord/")

        assert not any('"explanations"' in query["sql"] for query in caught.captured_queries)


class TestCounting:
    def test_goes_as_far_as_anybody_turns_pages(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(admin_lists, "MAX_COUNT", 2)
        for _ in range(3):
            interview()
        some = PipelineRun.objects.filter(state="completed").order_by("pk")

        assert CappedPaginator(some, 1).count == 2
        assert Paginator(some, 1).count == 3


class TestSearching:
    def test_finds_by_id_and_by_the_beginning_of_an_address(self, staff: Client) -> None:
        run, other = interview(), interview()

        for term in (str(run.uuid), str(run.session.uuid), run.session.owner.email):
            page = staff.get("/admin/pipeline/pipelinerun/", {"q": term}).content.decode()

            assert str(run.uuid) in page
            assert str(other.uuid) not in page

    def test_takes_a_percent_sign_for_what_it_is(self, staff: Client) -> None:
        run = interview()

        page = staff.get("/admin/pipeline/pipelinerun/", {"q": "%"}).content.decode()

        assert str(run.uuid) not in page


class TestTooMuchAtOnce:
    def test_is_refused(self, staff: Client, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(admin_lists, "MAX_ACTION_ROWS", 2)
        runs = [interview() for _ in range(3)]
        chosen = {"action": "re_evaluate", "select_across": "1", "_selected_action": [runs[0].pk]}

        page = staff.post("/admin/pipeline/pipelinerun/", chosen, follow=True).content.decode()

        assert "You selected more than 2 rows" in page
