"""An answer in writing: an attempt like a recording, but nobody hears it."""

from collections.abc import Callable
from typing import Any

import pytest
from rest_framework.test import APIClient

from accounts.models import User
from media.models import AudioAnswer
from pipeline.domain.values import METRICS, QuestionBrief, Transcript
from pipeline.models import EvaluationRecord, PipelineRun, Stage, TranscriptRecord
from pipeline.providers import registry
from pipeline.runs.services import ask_for_transcript
from pipeline.scoring.evaluate import evaluate_answer
from sessions.models import InterviewSession, Question
from sessions.services import complete_session
from tests.factories import make_finished_run, make_question, make_session, make_user
from tests.integration.media.conftest import Uploader, detail

pytestmark = pytest.mark.django_db

TEXT = "Our release was two weeks late, because nobody owned the integration tests."


class Writer:
    """Somebody who answers one question in writing."""

    def __init__(self, api: APIClient, question: Question) -> None:
        self.api = api
        session = question.session.uuid
        self.place = f"/api/v1/interviews/sessions/{session}/questions/{question.uuid}"

    def send(self, body: Any = None, **headers: str) -> Any:
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        sent = {"text": TEXT} if body is None else body
        return self.api.post(f"{self.place}/answer", sent, format="json", headers=named)

    def read(self, name: str) -> Any:
        return self.api.get(f"{self.place}/{name}")


@pytest.fixture
def writer(question: Question, alice: User, client_for: Callable[[User], APIClient]) -> Writer:
    return Writer(client_for(alice), question)


class TestATypedAnswer:
    def test_is_answered_at_once(self, writer: Writer) -> None:
        response = writer.send()

        data = response.json()["data"]
        assert response.status_code == 201
        assert list(data) == ["question_id", "attempt", "word_count", "status"]
        assert (data["attempt"], data["word_count"], data["status"]) == (1, 12, "queued")
        assert response.headers["Location"] == f"{writer.place}/evaluation?attempt=1"

    def test_begins_where_there_is_something_to_judge(
        self, writer: Writer, question: Question
    ) -> None:
        writer.send()

        run = PipelineRun.objects.get()
        assert (run.question, run.stage, run.state) == (question, Stage.EVALUATE, "queued")
        assert run.audio_key == ""
        assert not AudioAnswer.objects.exists()

    def test_has_its_transcript_without_times(self, writer: Writer) -> None:
        writer.send({"text": f"  {TEXT}\n"})

        data = writer.read("transcript").json()["data"]
        assert (data["transcript"], data["status"]) == (TEXT, "completed")
        assert (data["words"], data["segments"], data["duration"]) == ([], [], 0.0)
        assert (data["confidence"], data["model"], data["language"]) == (None, "typed", "en")

    def test_starts_the_session(self, writer: Writer) -> None:
        writer.send()

        assert InterviewSession.objects.get().status == "in_progress"

    def test_has_no_audio(self, writer: Writer) -> None:
        writer.send()

        assert writer.read("audio").status_code == 404

    def test_is_the_next_attempt_and_supersedes_what_is_in_work(
        self, writer: Writer, uploader: Uploader
    ) -> None:
        uploader.upload()

        assert writer.send().json()["data"]["attempt"] == 2
        assert list(PipelineRun.objects.order_by("pk").values_list("state", flat=True)) == [
            "superseded",
            "queued",
        ]
        assert uploader.upload()["attempt"] == 3

    def test_is_carried_out_once_under_one_key(self, writer: Writer) -> None:
        first = writer.send(Idempotency_Key="a")
        again = writer.send(Idempotency_Key="a")

        assert again.headers["Idempotency-Replayed"] == "true"
        assert first.json()["data"] == again.json()["data"]
        assert PipelineRun.objects.count() == 1

    @pytest.mark.parametrize("text", ["", "  \n ", 5, None, "x" * 20_001, "a\x00b"])
    def test_is_refused_when_it_is_no_text(self, writer: Writer, text: Any) -> None:
        response = writer.send({"text": text})

        assert detail(response)[:2] == (422, "text")
        assert not PipelineRun.objects.exists()

    def test_is_refused_by_a_completed_session(self, writer: Writer, question: Question) -> None:
        complete_session(session=question.session)

        assert writer.send().status_code == 409

    def test_is_nobody_elses(
        self, question: Question, mallory: User, client_for: Callable[[User], APIClient]
    ) -> None:
        assert Writer(client_for(mallory), question).send().status_code == 404

    @pytest.mark.parametrize(
        ("session", "person", "expected"),
        [("de", "en", "de"), ("auto", "fr", "fr"), ("auto", "haw", "haw"), ("auto", "aa", "en")],
    )
    def test_is_in_the_sessions_language_or_its_writers(
        self, client_for: Callable[[User], APIClient], session: str, person: str, expected: str
    ) -> None:
        user = make_user(language=person)
        question = make_question(session=make_session(owner=user, language=session))

        Writer(client_for(user), question).send()

        assert TranscriptRecord.objects.get().language == expected

    def test_is_not_listened_to_in_another_language(self, writer: Writer) -> None:
        writer.send()
        run = PipelineRun.objects.get()

        ask_for_transcript(run, language="de")

        assert TranscriptRecord.objects.get().text == TEXT
        assert PipelineRun.objects.get().stage == Stage.EVALUATE


class TestItsScores:
    def test_come_without_fluency(self) -> None:
        spoken = Transcript(text=" ".join([TEXT] * 3), language="en", duration=0.0, model="typed")
        question = QuestionBrief(
            text="Tell me about a late project.",
            category="behavioral",
            expected_keywords=("tests",),
        )

        found = evaluate_answer(
            transcript=spoken,
            question=question,
            judges=registry.judges(language="en"),
            weights=dict(zip(METRICS, (0.35, 0.2, 0.25, 0.2), strict=True)),
        )

        assert found.fluency is None
        assert "no_word_times:fluency" in found.reasons
        assert found.scorable
        assert None not in (found.relevance, found.grammar, found.keywords, found.overall)


def test_a_retyped_answer_leaves_earlier_results_readable(
    writer: Writer, question: Question
) -> None:
    earlier = make_finished_run(question=question)
    question.attempt_count = 1
    question.save()
    EvaluationRecord.objects.create(run=earlier, overall=50.0, scorable=True, scorer_version="1")

    assert writer.send().json()["data"]["attempt"] == 2

    assert writer.read("evaluation?attempt=1").json()["data"]["overall_score"] == 50.0
