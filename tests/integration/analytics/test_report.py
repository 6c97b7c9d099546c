"""GET feedback/sessions/{id}/report: what is handed to a coach."""

import re
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest
from rest_framework.test import APIClient

from accounts.models import User
from pipeline.models import Stage
from pipeline.runs.results import save_feedback, save_score
from sessions.models import InterviewSession
from sessions.services import complete_session
from tests.factories import (
    make_evaluation,
    make_finished_run,
    make_question,
    make_run,
    make_session,
    make_transcript,
    make_user,
)
from tests.integration.pipeline_http.openapi import complain, schema_of

pytestmark = pytest.mark.django_db

PATH = "/api/v1/feedback/sessions/{session_uuid}/report"
HOSTILE = "<script>alert(1)</script> *bold* [link](http://evil.example) | Ünïcode Ω Жук"
REASON = {
    "score": "grammar",
    "rule": "agreement",
    "value": 1.0,
    "unit": "errors",
    "points": -5.0,
    "quote": "people was happy",
    "start": 61.2,
    "end": 62.0,
    "message": "The verb does not agree.",
}


@pytest.fixture
def jane() -> User:
    return make_user("jane@example.com", full_name="Jane Doe", timezone="Pacific/Auckland")


@pytest.fixture
def api(client_for: Callable[[User], APIClient], jane: User) -> APIClient:
    return client_for(jane)


@pytest.fixture
def held(jane: User) -> InterviewSession:
    """Two answers, one of them put right, and a question without one."""
    session = make_session(owner=jane, title="Baker & Sons", target_role="Baker")
    for said, edited in ((HOSTILE, False), ("We finished in time.", True)):
        question = make_question(session=session, text=f"Why {session.questions.count()}?")
        run = make_finished_run(question=question)
        make_transcript(run=run, text=said)
        make_evaluation(
            run=run, explanations=[REASON], edited=edited, intervals={"grammar": [60.0, 80.0]}
        )
    make_question(session=session, text="Why not?")
    save_score(session)
    save_feedback(session)
    return session


def report(api: APIClient, session: InterviewSession, kind: str = "json") -> Any:
    return api.get(PATH.format(session_uuid=session.uuid), {"format": kind})


class TestAReport:
    def test_says_what_was_asked_and_said_and_why_the_scores_are_what_they_are(
        self, api: APIClient, held: InterviewSession
    ) -> None:
        data = report(api, held).json()["data"]

        first, second, third = data["answers"]
        assert (first["question"], first["transcript"], first["edited"]) == (
            "Why 0?",
            HOSTILE,
            False,
        )
        assert second["edited"] is True
        assert (third["attempt"], third["trouble"]) == (None, "This question was not answered.")
        grammar = first["scores"][1]
        assert (grammar["name"], grammar["score"]) == ("Grammar", 70.0)
        assert (grammar["low"], grammar["high"]) == (60.0, 80.0)
        assert grammar["reasons"] == [
            {
                "message": "The verb does not agree.",
                "points": -5.0,
                "quote": "people was happy",
                "start": 61.2,
            }
        ]

    def test_adds_up_to_the_score_card(self, api: APIClient, held: InterviewSession) -> None:
        data = report(api, held).json()["data"]

        held.refresh_from_db()
        assert data["total_score"] == held.total_score
        shares = sum(share["weighted"] for share in data["metrics"])
        assert shares == pytest.approx(held.total_score)
        assert (data["answered"], data["asked"]) == (2, 3)
        assert data["next_steps"] != []

    def test_gives_an_answer_without_a_grade_no_points_at_all(
        self, api: APIClient, jane: User
    ) -> None:
        run = make_finished_run(question=make_question(session=make_session(owner=jane)))
        make_transcript(run=run)
        make_evaluation(run=run, relevance=88.9, overall=None, scorable=False)
        save_score(run.session)
        save_feedback(run.session)

        (answer,) = report(api, run.session).json()["data"]["answers"]

        assert (answer["overall_score"], answer["scores"]) == (None, [])

    def test_gives_a_finished_interview_no_advice_that_needs_another_answer(
        self, api: APIClient, held: InterviewSession
    ) -> None:
        complete_session(session=held)
        save_feedback(held)

        data = report(api, held).json()["data"]

        steps = " ".join([*data["next_steps"], *(row["message"] for row in data["suggestions"])])
        assert steps
        assert "Answer the open questions" not in steps
        assert "Record question" not in steps

    def test_has_charts(self, api: APIClient, held: InterviewSession) -> None:
        charts = report(api, held).json()["data"]["charts"]

        assert [chart["chart_type"] for chart in charts] == ["metrics_bar", "answers"]
        assert charts[1]["labels"] == ["Question 1", "Question 2"]

    def test_is_what_the_document_says(self, api: APIClient, held: InterviewSession) -> None:
        response = report(api, held)

        assert complain(response.json(), schema_of(PATH, "get", 200)) == []

    def test_is_not_sent_to_those_who_know_it(self, api: APIClient, held: InterviewSession) -> None:
        etag = report(api, held)["ETag"]

        again = api.get(PATH.format(session_uuid=held.uuid), headers={"If-None-Match": etag})

        assert again.status_code == 304

    def test_dates_by_the_candidates_clock(self, api: APIClient, held: InterviewSession) -> None:
        InterviewSession.objects.filter(pk=held.pk).update(
            started_at=datetime(2026, 3, 1, 20, tzinfo=UTC)
        )

        assert report(api, held).json()["data"]["held_on"] == "2026-03-02"

    def test_costs_the_same_for_many_answers(
        self, api: APIClient, held: InterviewSession, django_assert_max_num_queries: Any
    ) -> None:
        for _ in range(6):
            run = make_finished_run(question=make_question(session=held))
            make_transcript(run=run)
            make_evaluation(run=run)
        save_score(held)
        save_feedback(held)

        with django_assert_max_num_queries(10):
            assert report(api, held).status_code == 200


class TestAPage:
    def test_runs_nothing_and_loads_only_our_style(
        self, api: APIClient, held: InterviewSession
    ) -> None:
        response = report(api, held, "html")

        text = response.content.decode()
        assert response["Content-Type"] == "text/html; charset=utf-8"
        assert "default-src 'none'" in response["Content-Security-Policy"]
        assert "<script" not in text
        assert "<style" not in text
        assert not re.search(r"\sstyle=", text)
        assert "&lt;script&gt;alert(1)" in text

    def test_can_be_read_without_seeing_it(self, api: APIClient, held: InterviewSession) -> None:
        text = report(api, held, "html").content.decode()

        assert '<html lang="en">' in text
        assert text.count("<h1>") == 1
        assert text.count("<img") == len(re.findall(r'<img src="[^"]+" alt="[^"]{20,}">', text))
        assert text.count("<table") == text.count("<caption")
        labels = re.findall(r'aria-labelledby="([^"]+)"', text)
        assert all(f'id="{label}"' in text for label in labels)

    def test_quotes_with_its_moment(self, api: APIClient, held: InterviewSession) -> None:
        text = report(api, held, "html").content.decode()

        assert '<q>people was happy</q> <span class="hint">at 1:01</span>' in text


class TestAPdf:
    def test_is_one_and_has_a_name(self, api: APIClient, held: InterviewSession) -> None:
        response = report(api, held, "pdf")

        assert response["Content-Type"] == "application/pdf"
        assert response["Content-Disposition"] == 'inline; filename="baker-sons-report.pdf"'
        assert response.content.startswith(b"%PDF-")
        assert response.content.rstrip().endswith(b"%%EOF")

    def test_holds_a_long_answer(self, api: APIClient, held: InterviewSession) -> None:
        run = make_finished_run(question=make_question(session=held))
        make_transcript(run=run, text="a very long answer & more <b> " * 1500)
        make_evaluation(run=run)
        save_score(held)
        save_feedback(held)

        assert report(api, held, "pdf").content.startswith(b"%PDF-")


class TestMarkdown:
    def test_lets_nobody_write_markup(self, api: APIClient, held: InterviewSession) -> None:
        response = report(api, held, "md")

        text = response.content.decode()
        assert response["Content-Type"] == "text/markdown; charset=utf-8"
        assert r"\<script\>alert(1)\</script\> \*bold\* \[link\]" in text
        assert "- **Candidate:** Jane Doe" in text
        assert "  - -5.0: The verb does not agree. (“people was happy” at 1:01)" in text


class TestWithoutOne:
    @pytest.mark.parametrize("kind", ["json", "html", "pdf", "md"])
    def test_it_is_waited_for(self, api: APIClient, jane: User, kind: str) -> None:
        run = make_run(question=make_question(session=make_session(owner=jane)))

        response = report(api, run.session, kind)

        assert response.status_code == 202
        assert response["Retry-After"]
        assert response.json()["data"]["answers"] is None
        assert complain(response.json(), schema_of(PATH, "get", 202)) == []

    def test_the_failure_is_told(self, api: APIClient, jane: User) -> None:
        run = make_run(
            question=make_question(session=make_session(owner=jane)),
            state="failed",
            stage=Stage.TRANSCRIBE,
            failure_code="audio_missing",
        )

        data = report(api, run.session, "pdf").json()["data"]

        assert (data["status"], data["failure"]["code"]) == ("failed", "audio_missing")

    def test_nothing_recorded_is_not_found(self, api: APIClient, jane: User) -> None:
        assert report(api, make_session(owner=jane)).status_code == 404


class TestSomebodyElses:
    @pytest.mark.parametrize("kind", ["json", "html", "pdf", "md"])
    def test_is_not_found(
        self,
        client_for: Callable[[User], APIClient],
        mallory: User,
        held: InterviewSession,
        kind: str,
    ) -> None:
        assert report(client_for(mallory), held, kind).status_code == 404

    def test_needs_a_token(self, held: InterviewSession) -> None:
        assert report(APIClient(), held).status_code == 401

    def test_an_unknown_kind_is_refused(self, api: APIClient, held: InterviewSession) -> None:
        assert report(api, held, "docx").status_code == 422
