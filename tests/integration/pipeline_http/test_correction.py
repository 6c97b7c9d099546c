"""PUT …/transcript: what was really said."""

from typing import Any

import pytest
from django.db import connection

from pipeline.domain.values import Evaluation, Transcript
from pipeline.models import EvaluationRecord, PipelineRun, Stage, TranscriptRecord
from pipeline.runs import services
from pipeline.runs.results import load_both, load_transcript, save_evaluation
from pipeline.scoring.transcript_diff import Correction, correct
from tests.factories import make_finished_run, make_question, make_run, make_transcript
from tests.integration.pipeline_http.conftest import (
    FAILED,
    Place,
    data_of,
    fields_at_fault,
    make_judged_run,
    make_working_run,
    message_of,
)
from tests.integration.pipeline_http.openapi import complain, schema_of

pytestmark = pytest.mark.django_db

PATH = "/api/v1/interviews/sessions/{session_uuid}/questions/{question_uuid}/transcript"
RIGHT = "We almost finished in time."


def put(place: Place, text: Any = RIGHT, query: str = "") -> Any:
    return place.api.put(f"{place.path}/transcript{query}", {"transcript": text}, format="json")


class TestACorrection:
    def test_returns_the_text_and_how_it_differs(self, place: Place) -> None:
        make_judged_run(place.question)

        response = put(place)

        data = data_of(response)
        assert (data["transcript"], data["edited"]) == (RIGHT, True)
        assert data["original_transcript"] == "We finished in time."
        assert data["difference"] == {
            "kept": 4,
            "removed": 0,
            "added": 1,
            "changes": [{"before": "", "after": "almost", "start": 0.3, "end": 0.3}],
        }
        assert response["Location"] == f"{place.path}/evaluation"
        assert complain(response.json(), schema_of(PATH, "put", 200)) == []

    def test_stays(self, place: Place) -> None:
        make_judged_run(place.question)
        put(place)

        data = data_of(place.get("transcript"))

        assert (data["transcript"], data["word_count"]) == (RIGHT, 5)
        assert [word["word"] for word in data["words"]] == RIGHT.split()
        assert data["words"][-1]["start"] == 1.1

    def test_has_the_answer_judged_anew(self, place: Place) -> None:
        run = make_judged_run(place.question)

        put(place)

        run.refresh_from_db()
        assert (run.state, run.stage) == (PipelineRun.State.QUEUED, Stage.EVALUATE)
        assert place.get("evaluation").status_code == 202
        assert load_transcript(run).text == RIGHT

    def test_is_told_to_who_holds_the_transcript_of_before(self, place: Place) -> None:
        make_judged_run(place.question)
        held = {"if-none-match": place.get("transcript").headers["ETag"]}
        assert place.get("transcript", **held).status_code == 304

        put(place)

        assert data_of(place.get("transcript", **held))["transcript"] == RIGHT

    def test_leaves_what_was_heard_for_fluency_to_be_judged_by(self, place: Place) -> None:
        run = make_judged_run(place.question)
        assert load_both(run)[1] is None
        first = load_transcript(run)

        put(place)
        run.refresh_from_db()

        assert load_both(run)[1] == first
        assert load_both(run)[1] != load_transcript(run)

    def test_marks_the_new_judgement(self, place: Place) -> None:
        run = make_judged_run(place.question)
        assert data_of(place.get("evaluation"))["edited"] is False
        put(place)

        save_evaluation(run, judgement())

        assert EvaluationRecord.objects.get(run=run).edited

    def test_starts_nothing_when_it_is_sent_again(self, place: Place) -> None:
        run = make_judged_run(place.question)
        put(place)
        PipelineRun.objects.filter(pk=run.pk).update(state="completed", stage=Stage.DONE)

        again = data_of(put(place))

        run.refresh_from_db()
        assert run.state == PipelineRun.State.COMPLETED
        assert again["difference"]["added"] == 1

    def test_can_be_taken_back(self, place: Place) -> None:
        run = make_judged_run(place.question)
        words = run.transcript.words
        put(place)
        PipelineRun.objects.filter(pk=run.pk).update(state="completed", stage=Stage.DONE)

        data = data_of(put(place, "We finished in time."))

        assert (data["edited"], data["original_transcript"]) == (False, None)
        assert TranscriptRecord.objects.get(run=run).words == words

    def test_of_an_earlier_attempt_leaves_the_latest_alone(self, place: Place) -> None:
        make_judged_run(place.question)
        latest = make_judged_run(place.question)

        assert data_of(put(place, query="?attempt=1"))["attempt"] == 1

        latest.refresh_from_db()
        assert latest.state == PipelineRun.State.COMPLETED
        assert latest.transcript.heard is None

    def test_helps_an_answer_that_failed_to_be_judged(self, place: Place) -> None:
        run = make_run(question=place.question, **{**FAILED, "stage": Stage.EVALUATE})
        make_transcript(run=run)

        put(place)

        run.refresh_from_db()
        assert (run.state, run.failure_code) == (PipelineRun.State.QUEUED, "")


class TestItsCost:
    def test_counts_as_an_answer(self, place: Place, settings: Any) -> None:
        settings.QUOTA_UPLOADS = 2
        run = make_judged_run(place.question)

        response = put(place)

        assert '"uploads";r=1' in response.headers["RateLimit"]
        PipelineRun.objects.filter(pk=run.pk).update(state="completed", stage=Stage.DONE)
        assert '"uploads";r=1' in put(place).headers["RateLimit"]  # the same text again
        assert '"uploads";r=0' in put(place, "We finished late.").headers["RateLimit"]

    def test_is_refused_over_the_quota_and_changes_nothing(
        self, place: Place, settings: Any
    ) -> None:
        settings.QUOTA_UPLOADS = 1
        run = make_judged_run(place.question)
        put(place)
        PipelineRun.objects.filter(pk=run.pk).update(state="completed", stage=Stage.DONE)

        assert quota_at_fault(put(place, "We finished late.")) == "uploads"
        assert data_of(place.get("transcript"))["transcript"] == RIGHT

    def test_is_refused_while_too_many_answers_are_in_work(
        self, place: Place, settings: Any
    ) -> None:
        settings.QUOTA_RUNS = 1
        make_judged_run(place.question)
        make_working_run(make_question(session=place.question.session), Stage.EVALUATE)

        assert quota_at_fault(put(place)) == "runs"

    @pytest.mark.django_db(transaction=True)
    def test_does_not_keep_others_from_writing_while_texts_are_compared(
        self, place: Place, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        make_judged_run(place.question)
        held: list[bool] = []

        def note_transaction(heard: Transcript, text: str) -> Correction:
            held.append(connection.in_atomic_block)
            return correct(heard, text)

        monkeypatch.setattr(services, "correct", note_transaction)

        assert put(place).status_code == 200
        assert held == [False]

    def test_is_a_conflict_when_the_recording_was_heard_anew_meanwhile(
        self, place: Place, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        run = make_judged_run(place.question)

        def hear_anew(heard: Transcript, text: str) -> Correction:
            TranscriptRecord.objects.filter(run=run).update(text="We vanished in time.", words=[])
            return correct(heard, text)

        monkeypatch.setattr(services, "correct", hear_anew)

        assert put(place).status_code == 409


class TestARefusal:
    @pytest.mark.parametrize("text", ["", "   ", 5, None, "x" * 20_001])
    def test_is_for_what_is_no_text(self, place: Place, text: Any) -> None:
        make_judged_run(place.question)

        assert fields_at_fault(put(place, text)) == ["transcript"]

    def test_is_for_more_than_can_be_said(self, place: Place) -> None:
        make_judged_run(place.question)

        assert fields_at_fault(put(place, "word " * 61)) == ["transcript"]

    @pytest.mark.parametrize("stage", [Stage.TRANSCRIBE, Stage.EVALUATE, Stage.FEEDBACK])
    def test_is_for_an_answer_in_work(self, place: Place, stage: Stage) -> None:
        make_working_run(place.question, stage)

        assert put(place).status_code == 409

    def test_is_for_an_answer_that_was_never_heard(self, place: Place) -> None:
        make_run(question=place.question, **FAILED)

        assert put(place).status_code == 409

    def test_is_for_a_superseded_attempt(self, place: Place) -> None:
        run = make_finished_run(question=place.question, state="superseded")
        make_transcript(run=run)

        assert put(place).status_code == 409

    def test_is_for_nothing_recorded(self, place: Place) -> None:
        assert put(place).status_code == 404

    def test_is_for_somebody_else(self, foreign: Place) -> None:
        run = make_judged_run(foreign.question)

        assert message_of(put(foreign)) == (404, "Interview session not found")
        assert run.transcript.heard is None

    def test_is_for_nobody(self, place: Place) -> None:
        place.api.credentials()

        assert put(place).status_code == 401


class TestUnsureWords:
    def test_are_those_that_may_be_wrong(self, place: Place) -> None:
        run = make_finished_run(question=place.question)
        make_transcript(run=run, words=[["We", 0.0, 0.3, 0.9], ["cellar", 0.3, 0.9, 0.41]])

        unsure = data_of(place.get("transcript"))["unsure_words"]

        assert unsure == [{"word": "cellar", "start": 0.3, "end": 0.9, "probability": 0.41}]


def quota_at_fault(response: Any) -> str:
    """Return the quota that a 429 names."""
    assert response.status_code == 429, response.content
    return str(response.json()["error"]["details"][0]["field"])


def judgement() -> Evaluation:
    return Evaluation(
        relevance=80.0, grammar=70.0, fluency=60.0, keywords=50.0, overall=67.0, scorable=True
    )
