"""The review desk: what staff see of a session, and how they score it."""

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.models import User
from pipeline.models import PipelineRun
from sessions.models import Question
from tests.factories import (
    make_evaluation,
    make_feedback,
    make_finished_run,
    make_question,
    make_recording,
    make_run,
    make_score,
    make_session,
    make_session_run,
    make_staff_score,
    make_stage_run,
    make_transcript,
)
from tests.integration.analytics.reviewing import LIST, MARKUP, QUOTED, answer, desk

pytestmark = pytest.mark.django_db


@pytest.mark.usefixtures("reviewer")
class TestTheDesk:
    def test_plays_the_answer_and_lets_each_word_be_heard(
        self, client: Client, run: PipelineRun
    ) -> None:
        page = desk(client, run.session)

        assert f'src="/admin/media/audioanswer/{run.recording.pk}/listen"' in page
        assert page.count("data-start=") == len(run.transcript.words) + 1  # and the quote
        assert 'data-start="0.30"' in page

    def test_marks_words_that_may_be_misheard(self, client: Client, question: Question) -> None:
        words = [["We", 0.0, 0.3, 0.9], ["finished", 0.3, 0.9, 0.42]]
        run = answer(question, words=words)  # type: ignore[arg-type] # a JSON field

        page = desk(client, run.session)

        assert page.count("desk-word desk-unsure") == 2  # the word, and the legend
        assert 'title="Perhaps misheard: the recogniser was 42 % sure">finished</button>' in page

    def test_writes_a_hyphenated_word_in_one(self, client: Client, question: Question) -> None:
        words = [["A", 0.0, 0.1, 0.9], ["sign", 0.1, 0.3, 0.9], ["-up", 0.3, 0.9, 0.9]]
        run = answer(question, words=words)  # type: ignore[arg-type] # a JSON field

        page = desk(client, run.session)

        assert "A</button> <button" in page
        assert "sign</button><button" in page

    def test_gives_the_four_metrics_with_bounds_and_evidence(
        self, client: Client, run: PipelineRun
    ) -> None:
        page = desk(client, run.session)

        for seen in ("80.0", "70.0", "60.0", "50.0", "61.0 to 79.0", "Two errors were heard."):
            assert seen in page
        assert "<q>finished in</q>" in page
        assert 'data-end="1.10"' in page
        assert "judged anew by another version of the scorer" in page

    def test_tells_every_try_with_its_trouble(self, client: Client, run: PipelineRun) -> None:
        make_stage_run(run=run, outcome="lost", error_code="worker_lost", worker="gpu-7")

        page = desk(client, run.session)

        for seen in ("gpu-7", "worker lost", "desk-bad"):
            assert seen in page

    def test_shows_the_latest_attempt_and_leads_to_the_others(
        self, client: Client, run: PipelineRun, question: Question
    ) -> None:
        answer(question, text="Said later.", words=[])  # type: ignore[arg-type] # a JSON field

        latest, first = desk(client, run.session), desk(client, run.session, run=str(run.uuid))

        assert "Said later." in latest
        assert f'href="?run={run.uuid}#question-1"' in latest
        assert "Said later." not in first
        assert ">finished</button>" in first

    def test_shows_a_typed_answer_without_a_player(
        self, client: Client, question: Question
    ) -> None:
        run = make_finished_run(
            question=question, audio_key="", audio_format="", audio_duration=None
        )
        make_transcript(run=run, text="I would wait.", words=[], duration=0.0, model="typed")

        page = desk(client, run.session)

        assert "I would wait." in page
        assert "<audio" not in page

    def test_says_that_a_recording_is_gone_whose_time_is_over(
        self, client: Client, question: Question
    ) -> None:
        run = make_finished_run(question=question, audio_key="")
        make_recording(run=run, storage_key="gone.mp3", expired_at=timezone.now())

        page = desk(client, run.session)

        assert "The recording is gone." in page
        assert "<audio" not in page

    def test_shows_what_the_candidate_reads(self, client: Client, run: PipelineRun) -> None:
        remark = {"category": "Grammar", "message": "Few errors were heard."}
        make_score(session=run.session, card={"answered": 1, "asked": 1, "total_score": 67.0})
        make_feedback(session=run.session, report={"summary": "Good.", "strengths": [remark]})

        page = desk(client, run.session)
        report = client.get(f"{LIST}{run.session_id}/report")

        assert "Few errors were heard." in page
        assert b"Few errors were heard." in report.content
        assert "default-src 'none'" in report["Content-Security-Policy"]

    @pytest.mark.parametrize(
        ("state", "told"),
        [("queued", "This attempt is queued"), ("failed", "No room: The disk is full.")],
    )
    def test_says_how_unfinished_work_stands(
        self, client: Client, question: Question, state: str, told: str
    ) -> None:
        failure = {"failure_code": "No_room", "failure_message": "The disk is full."}
        run = make_run(question=question, state=state, **(failure if state == "failed" else {}))

        assert told in desk(client, run.session)
        assert client.get(f"{LIST}{run.session_id}/report").status_code == 302

    def test_says_that_there_is_nothing(self, client: Client, alice: User) -> None:
        page = desk(client, make_session(owner=alice))

        assert "Nothing was answered in this interview yet." in page

    def test_shows_markup_of_a_candidate_as_text(self, client: Client, alice: User) -> None:
        alice.full_name = MARKUP
        alice.save()
        session = make_session(owner=alice, title=MARKUP, target_role=MARKUP, target_company=MARKUP)
        run = answer(
            make_question(session=session, text=MARKUP, expected_keywords=[MARKUP]),
            text=MARKUP,
            words=[[MARKUP, 0.0, 1.0, 0.2]],  # type: ignore[arg-type] # a JSON field
        )
        spoken = {**QUOTED, "quote": MARKUP, "message": MARKUP}
        run.evaluation.delete()
        make_evaluation(run=run, explanations=[spoken], summary=MARKUP, suggestions=[MARKUP])
        make_staff_score(run=run, note=MARKUP)

        page = desk(client, session)

        assert "<img src=x" not in page
        assert page.count("&lt;img src=x onerror=alert(1)&gt;") > 12

    def test_asks_as_often_for_many_answers_as_for_one(
        self, client: Client, run: PipelineRun
    ) -> None:
        make_session_run(session=run.session, state="completed", stage="done")

        def count() -> int:
            with CaptureQueriesContext(
                connection,
            ) as queries:
                desk(client, run.session)
            return len(queries)

        before = count()
        for _ in range(3):
            question = make_question(session=run.session)
            for _ in range(2):
                make_staff_score(run=answer(question))

        assert count() == before
        assert before <= 30
