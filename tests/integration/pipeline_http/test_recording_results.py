"""The contract's table of work that takes time, for the transcript and the evaluation of one recording."""

import uuid
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from pipeline.models import PipelineRun, Stage
from tests.factories import (
    make_evaluation,
    make_finished_run,
    make_heartbeat,
    make_question,
    make_run,
    make_stage_run,
    make_transcript,
)
from tests.integration.pipeline_http.conftest import (
    FAILED,
    PROGRESS_FIELDS,
    Place,
    data_of,
    fields_at_fault,
    make_judged_run,
    make_working_run,
    message_of,
)

pytestmark = pytest.mark.django_db

State = PipelineRun.State
SEED_TRANSCRIPT = {"transcript", "language", "duration", "confidence", "word_count"}
SEED_EVALUATION = {
    *("relevance_score", "grammar_score", "fluency_score", "keyword_score", "overall_score"),
    *("summary", "suggestions"),
}
RESULTS = [
    pytest.param("transcript", "transcribe", Stage.TRANSCRIBE, id="transcript"),
    pytest.param("evaluation", "evaluate", Stage.EVALUATE, id="evaluation"),
]


class TestWithoutARecording:
    @pytest.mark.parametrize("name", ["transcript", "evaluation"])
    def test_a_result_is_not_found(self, place: Place, name: str) -> None:
        assert message_of(place.get(name)) == (404, "No audio uploaded for this question")

    @pytest.mark.parametrize("name", ["transcribe", "evaluate"])
    def test_nothing_can_be_asked_for(self, place: Place, name: str) -> None:
        assert message_of(place.post(name)) == (404, "No audio uploaded for this question")

    @pytest.mark.parametrize("name", ["transcript", "evaluation"])
    def test_there_is_no_attempt_either(self, place: Place, name: str) -> None:
        missing = message_of(place.get(name, "?attempt=1"))
        make_run(question=place.question)

        assert missing == (404, "No audio uploaded for this question")
        assert message_of(place.get(name, "?attempt=2")) == (
            404,
            "No such attempt at this question",
        )


class TestSomebodyElses:
    @pytest.mark.parametrize("name", ["transcript", "evaluation"])
    def test_results_are_hidden(self, foreign: Place, name: str) -> None:
        make_judged_run(foreign.question)

        assert message_of(foreign.get(name)) == (404, "Interview session not found")

    @pytest.mark.parametrize("name", ["transcribe", "evaluate"])
    def test_work_cannot_be_asked_for(self, foreign: Place, name: str) -> None:
        run = make_run(question=foreign.question, **FAILED)

        assert message_of(foreign.post(name)) == (404, "Interview session not found")
        run.refresh_from_db()
        assert run.state == State.FAILED

    @pytest.mark.parametrize("name", ["transcript", "evaluation"])
    def test_questions_of_other_sessions_are_not_found(self, place: Place, name: str) -> None:
        make_judged_run(place.question)
        other = make_question(session=None)

        path = f"{place.session_path}/questions/{other.uuid}/{name}"
        unknown = f"{place.session_path}/questions/{uuid.uuid4()}/{name}"

        assert message_of(place.api.get(path)) == (404, "Question not found")
        assert message_of(place.api.get(unknown)) == (404, "Question not found")


@pytest.mark.parametrize(("result", "order", "stage"), RESULTS)
class TestBeforeItIsThere:
    @pytest.mark.parametrize(
        ("state", "word"),
        [(State.QUEUED, "queued"), (State.RETRY_WAIT, "queued"), (State.RUNNING, "processing")],
    )
    def test_a_result_is_accepted_and_empty(
        self, place: Place, result: str, order: str, stage: Stage, state: str, word: str
    ) -> None:
        make_working_run(place.question, stage, state=state, lease_token=uuid.uuid4())

        response = place.get(result)

        data = data_of(response, status=202)
        assert (data["status"], data["stage"], data["attempt"]) == (word, stage, 1)
        documented = set(data) - PROGRESS_FIELDS - {"attempt"}
        assert documented >= (SEED_TRANSCRIPT if result == "transcript" else SEED_EVALUATION)
        assert all(data[name] is None for name in documented)
        assert 0 <= data["progress"] < 1
        assert int(response.headers["Retry-After"]) >= 1
        assert "ETag" not in response.headers

    def test_asking_says_where_it_will_be(
        self, place: Place, result: str, order: str, stage: Stage
    ) -> None:
        make_working_run(place.question, stage)

        response = place.post(order)

        data_of(response, status=202)
        assert response.headers["Location"] == f"{place.path}/{result}"
        assert int(response.headers["Retry-After"]) >= 1

    def test_asking_twice_starts_nothing_twice(
        self, place: Place, result: str, order: str, stage: Stage
    ) -> None:
        run = make_working_run(place.question, stage, state=State.RUNNING, lease_token=uuid.uuid4())

        place.post(order)
        place.post(order)

        token = run.lease_token
        run.refresh_from_db()
        assert (run.state, run.stage, run.lease_token) == (State.RUNNING, stage, token)


@pytest.mark.parametrize("later", [Stage.EVALUATE, Stage.SCORE, Stage.FEEDBACK])
@pytest.mark.parametrize("state", [State.QUEUED, State.RUNNING, State.FAILED, State.SUPERSEDED])
class TestATranscriptThatIsThere:
    def test_does_not_wait_for_later_stages(self, place: Place, later: Stage, state: str) -> None:
        reason = FAILED if state == State.FAILED else {}
        fields = {**reason, "state": state, "lease_token": uuid.uuid4()}
        make_working_run(place.question, later, **fields)

        data = data_of(place.get("transcript"))

        assert (data["status"], data["transcript"]) == ("completed", "We finished in time.")


@pytest.mark.parametrize("later", [Stage.SCORE, Stage.FEEDBACK])
@pytest.mark.parametrize("state", [State.QUEUED, State.RUNNING, State.FAILED, State.SUPERSEDED])
class TestAnEvaluationThatIsThere:
    def test_does_not_wait_for_later_stages(self, place: Place, later: Stage, state: str) -> None:
        reason = FAILED if state == State.FAILED else {}
        fields = {**reason, "state": state, "lease_token": uuid.uuid4()}
        make_working_run(place.question, later, **fields)

        data = data_of(place.get("evaluation"))

        assert (data["status"], data["overall_score"]) == ("completed", 67.0)


class TestATranscript:
    def test_is_what_was_documented(self, place: Place) -> None:
        make_judged_run(place.question)

        response = place.get("transcript")

        assert data_of(response) == {
            "transcript": "We finished in time.",
            "language": "en",
            "duration": 2.0,
            "confidence": 0.9,
            "word_count": 4,
            "segments": [{"start": 0.0, "end": 1.6, "text": "We finished in time."}],
            "words": [
                {"word": "We", "start": 0.0, "end": 0.3, "probability": 0.9},
                {"word": "finished", "start": 0.3, "end": 0.9, "probability": 0.9},
                {"word": "in", "start": 0.9, "end": 1.1, "probability": 0.9},
                {"word": "time.", "start": 1.1, "end": 1.6, "probability": 0.9},
            ],
            "model": "base",
            "scorable": True,
            "unsure_words": [],
            "edited": False,
            "original_transcript": None,
            "attempt": 1,
            "status": "completed",
        }

    def test_of_silence_is_there_and_empty(self, place: Place) -> None:
        run = make_finished_run(question=place.question)
        make_transcript(
            run=run, text="", words=[], segments=[], word_count=0, confidence=None, speech=[]
        )

        data = data_of(place.get("transcript"))

        assert (data["status"], data["transcript"], data["scorable"]) == ("completed", "", False)
        assert (data["word_count"], data["confidence"], data["words"]) == (0, None, [])

    def test_that_is_there_answers_the_order(self, place: Place) -> None:
        run = make_judged_run(place.question)

        response = place.post("transcribe", {"language": "en"})

        assert data_of(response) == data_of(place.get("transcript"))
        assert "Location" not in response.headers
        run.refresh_from_db()
        assert run.state == State.COMPLETED

    def test_in_another_language_is_made_anew(self, place: Place) -> None:
        run = make_judged_run(place.question)

        response = place.post("transcribe", {"language": "de"})

        assert data_of(response, status=202)["status"] == "queued"
        run.refresh_from_db()
        assert (run.state, run.stage, run.language) == (State.QUEUED, Stage.TRANSCRIBE, "de")
        assert place.get("transcript").status_code == 202

    @pytest.mark.parametrize("language", ["xx", "../../x", "", 5, ["en"], True])
    def test_cannot_be_in_a_language_nobody_knows(self, place: Place, language: Any) -> None:
        make_run(question=place.question)

        response = place.post("transcribe", {"language": language})

        assert fields_at_fault(response) == ["language"]

    def test_names_the_known_languages(self, place: Place) -> None:
        make_run(question=place.question)

        (row,) = place.post("transcribe", {"language": "xx"}).json()["error"]["details"]

        assert "auto, af, am" in row["message"]

    @pytest.mark.parametrize(
        ("kind", "media_type", "begins"),
        [
            ("srt", "application/x-subrip", "1\n00:00:00,000 --> 00:00:01,600\nWe finished"),
            ("vtt", "text/vtt", "WEBVTT\n\n00:00:00.000 --> 00:00:01.600\nWe finished"),
            ("txt", "text/plain", "We finished in time.\n"),
        ],
    )
    def test_is_offered_as_a_file(
        self, place: Place, kind: str, media_type: str, begins: str
    ) -> None:
        make_judged_run(place.question)

        response = place.get("transcript", f"?format={kind}", accept=media_type)

        assert response.status_code == 200
        assert response.headers["Content-Type"] == f"{media_type}; charset=utf-8"
        assert response.content.decode().startswith(begins)
        again = place.get(
            "transcript", f"?format={kind}", **{"if-none-match": response.headers["ETag"]}
        )
        assert (again.status_code, again.content) == (304, b"")

    def test_that_is_not_there_is_no_file(self, place: Place) -> None:
        make_run(question=place.question)

        response = place.get("transcript", "?format=srt", accept="application/x-subrip")

        assert data_of(response, status=202)["status"] == "queued"

    def test_is_json_when_asked_for_that(self, place: Place) -> None:
        make_judged_run(place.question)

        assert data_of(place.get("transcript", "?format=json"))["word_count"] == 4

    def test_is_no_other_kind_of_file(self, place: Place) -> None:
        make_judged_run(place.question)

        assert fields_at_fault(place.get("transcript", "?format=pdf")) == ["format"]


class TestAnEvaluation:
    def test_is_what_was_documented(self, place: Place) -> None:
        run = make_finished_run(question=place.question)
        row = {
            "score": "keywords",
            "rule": "keyword_found",
            "value": 1.0,
            "unit": "credit",
            "points": 20.0,
            "quote": "with the team",
            "start": 1.0,
            "end": 1.5,
            "message": "You spoke about the team.",
        }
        make_evaluation(run=run, explanations=[row], expected_keywords=["team"])

        data = data_of(place.get("evaluation"))

        assert {name: data[name] for name in SEED_EVALUATION} == {
            "relevance_score": 80.0,
            "grammar_score": 70.0,
            "fluency_score": 60.0,
            "keyword_score": 50.0,
            "overall_score": 67.0,
            "summary": "A clear answer.",
            "suggestions": ["Name the result."],
        }
        assert data["explanations"] == [row]
        assert (data["status"], data["scorable"], data["reasons"]) == ("completed", True, [])
        assert (data["metrics"], data["expected_keywords"]) == ({}, ["team"])

    def test_that_could_not_be_made_says_why(self, place: Place) -> None:
        run = make_finished_run(question=place.question)
        nothing = dict.fromkeys(("relevance", "grammar", "fluency", "keywords", "overall"))
        make_evaluation(run=run, scorable=False, reasons=["no_speech"], **nothing)

        data = data_of(place.get("evaluation"))

        assert (data["status"], data["scorable"]) == ("completed", False)
        assert (data["overall_score"], data["reasons"]) == (None, ["no_speech"])

    def test_that_is_there_answers_the_order(self, place: Place) -> None:
        run = make_judged_run(place.question)

        response = place.post("evaluate")

        assert data_of(response) == data_of(place.get("evaluation"))
        run.refresh_from_db()
        assert run.state == State.COMPLETED

    def test_by_other_keywords_is_made_anew(self, place: Place) -> None:
        run = make_judged_run(place.question)
        body = {"expected_keywords": [" challenge ", "Solution", "solution"]}

        response = place.post("evaluate", body)

        assert data_of(response, status=202)["stage"] == "evaluate"
        run.refresh_from_db()
        assert (run.stage, run.expected_keywords) == (Stage.EVALUATE, ["challenge", "Solution"])

    @pytest.mark.parametrize("keywords", [["word"] * 51, ["x" * 101], "word", [5], [""], {}, 7])
    def test_refuses_keywords_that_are_none(self, place: Place, keywords: Any) -> None:
        run = make_judged_run(place.question)

        response = place.post("evaluate", {"expected_keywords": keywords})

        (field,) = {name.partition(".")[0] for name in fields_at_fault(response)}
        assert field == "expected_keywords"
        run.refresh_from_db()
        assert run.state == State.COMPLETED

    def test_takes_as_many_keywords_as_documented(self, place: Place) -> None:
        run = make_judged_run(place.question)
        keywords = [f"{number:0100}" for number in range(50)]

        place.post("evaluate", {"expected_keywords": keywords})

        run.refresh_from_db()
        assert run.expected_keywords == keywords


@pytest.mark.parametrize(("result", "order", "stage"), RESULTS)
class TestAFailure:
    def test_is_told(self, place: Place, result: str, order: str, stage: Stage) -> None:
        make_working_run(place.question, stage, **FAILED)

        response = place.get(result)

        data = data_of(response)
        assert data["status"] == "failed"
        assert data["failure"] == {
            "code": "audio_missing",
            "message": "The recording is gone. Please record the answer again.",
            "retryable": False,
            "stage": stage,
        }
        assert all(data[name] is None for name in set(data) - {"attempt", "status", "failure"})
        assert "ETag" not in response.headers

    def test_is_tried_again_when_asked_to(
        self, place: Place, result: str, order: str, stage: Stage
    ) -> None:
        run = make_working_run(place.question, stage, **FAILED)

        response = place.post(order)

        assert data_of(response, status=202)["status"] == "queued"
        run.refresh_from_db()
        assert (run.state, run.stage, run.failure_code) == (State.QUEUED, stage, "")

    def test_of_an_attempt_that_was_replaced_is_final(
        self, place: Place, result: str, order: str, stage: Stage
    ) -> None:
        make_working_run(place.question, stage, state=State.SUPERSEDED)
        make_judged_run(place.question)

        data = data_of(place.get(result, "?attempt=1"))

        failure = data["failure"]
        assert (data["status"], data["attempt"]) == ("failed", 1)
        assert (failure["code"], failure["retryable"]) == ("superseded", False)
        assert failure["stage"] == stage

    def test_of_a_result_that_vanished_can_be_mended(
        self, place: Place, result: str, order: str, stage: Stage
    ) -> None:
        make_finished_run(question=place.question)

        data = data_of(place.get(result))

        assert (data["status"], data["failure"]["code"]) == ("failed", "missing")
        assert data["failure"]["retryable"]


class TestAttempts:
    @pytest.mark.parametrize("name", ["transcript", "evaluation"])
    def test_the_latest_is_meant(self, place: Place, name: str) -> None:
        make_judged_run(place.question)
        make_run(question=place.question)

        assert data_of(place.get(name), status=202)["attempt"] == 2
        assert data_of(place.get(name, "?attempt=1"))["attempt"] == 1

    @pytest.mark.parametrize("name", ["transcript", "evaluation"])
    @pytest.mark.parametrize("number", ["0", "-1", "x", "1.5", "9" * 30])
    def test_have_numbers_from_one(self, place: Place, name: str, number: str) -> None:
        make_judged_run(place.question)

        assert fields_at_fault(place.get(name, f"?attempt={number}")) == ["attempt"]

    @pytest.mark.parametrize("query", ["?attempt=", "?format="])
    def test_and_kinds_that_are_left_blank_were_not_asked_for(
        self, place: Place, query: str
    ) -> None:
        make_judged_run(place.question)

        assert data_of(place.get("transcript", query))["attempt"] == 1

    def test_an_order_is_about_the_latest(self, place: Place) -> None:
        first = make_run(question=place.question, **FAILED)
        latest = make_run(question=place.question, **FAILED)

        place.post("transcribe")

        first.refresh_from_db()
        latest.refresh_from_db()
        assert (first.state, latest.state) == (State.FAILED, State.QUEUED)


class TestKnownResults:
    @pytest.mark.parametrize("name", ["transcript", "evaluation"])
    def test_are_not_sent_again(self, place: Place, name: str) -> None:
        make_judged_run(place.question)
        first = place.get(name)

        again = place.get(name, **{"if-none-match": first.headers["ETag"]})

        assert (again.status_code, again.content) == (304, b"")
        assert again.headers["ETag"] == first.headers["ETag"]

    @pytest.mark.parametrize("name", ["transcript", "evaluation"])
    def test_can_be_asked_for_their_head(self, place: Place, name: str) -> None:
        make_judged_run(place.question)

        head = place.api.head(f"{place.path}/{name}")

        assert (head.status_code, head.content) == (200, b"")
        assert head.headers["ETag"] == place.get(name).headers["ETag"]

    def test_are_sent_again_when_they_changed(self, place: Place) -> None:
        run = make_judged_run(place.question)
        known = place.get("evaluation").headers["ETag"]
        run.evaluation.overall = 70.0
        run.evaluation.save()

        again = place.get("evaluation", **{"if-none-match": known})

        assert data_of(again)["overall_score"] == 70.0


class TestOrdersSentTwice:
    @pytest.mark.parametrize("name", ["transcribe", "evaluate"])
    def test_get_the_first_answer_again(self, place: Place, name: str) -> None:
        run = make_run(question=place.question)
        header = {"idempotency-key": "order-1"}
        first = place.post(name, headers=header)
        PipelineRun.objects.filter(pk=run.pk).update(**FAILED)

        again = place.post(name, headers=header)

        assert again.json()["data"] == first.json()["data"]
        assert again.headers["Location"] == first.headers["Location"]
        run.refresh_from_db()
        assert run.state == State.FAILED


class TestProgressOfARecording:
    def test_counts_those_that_wait_before_it_on_the_same_queue(self, place: Place) -> None:
        for _ in range(2):
            make_run()
        make_run(state=State.RUNNING, lease_token=uuid.uuid4())
        make_run(stage=Stage.EVALUATE)
        make_finished_run()
        make_run(question=place.question)
        make_run()

        data = data_of(place.get("transcript"), status=202)

        assert (data["status"], data["queue_position"]) == ("queued", 2)

    def test_is_at_the_front_once_it_is_worked_on(self, place: Place) -> None:
        make_run()
        run = make_run(question=place.question, state=State.RUNNING, lease_token=uuid.uuid4())
        make_stage_run(run=run, token=run.lease_token, started_at=timezone.now())

        data = data_of(place.get("transcript"), status=202)

        assert (data["status"], data["queue_position"]) == ("processing", 0)

    def test_promises_no_time_while_no_worker_is_there(self, place: Place) -> None:
        make_heartbeat(queues=["cpu"])
        make_heartbeat(queues=["gpu"], seen_at=timezone.now() - timedelta(minutes=5))
        make_run(question=place.question)

        assert data_of(place.get("transcript"), status=202)["eta_seconds"] is None

    def test_promises_what_was_measured(self, place: Place) -> None:
        make_heartbeat(queues=["gpu", "cpu"])
        now = timezone.now()
        for seconds in (10, 20):  # of work for 10 s of recording
            done = make_finished_run(audio_duration=10.0)
            begun = now - timedelta(seconds=seconds)
            make_stage_run(
                run=done, stage="transcribe", outcome="ok", started_at=begun, ended_at=now
            )
        lost = make_stage_run(stage="transcribe", outcome="lost", started_at=now, ended_at=now)
        PipelineRun.objects.filter(pk=lost.run.pk).update(state=State.FAILED)
        make_run(question=place.question, audio_duration=4.0)

        data = data_of(place.get("transcript"), status=202)

        assert data["eta_seconds"] == 6.0  # 1.5 s of work for a second

    def test_reckons_with_those_before_it_and_all_processes(self, place: Place) -> None:
        make_heartbeat(queues=["gpu"], concurrency=2)
        now = timezone.now()
        measured = make_finished_run(audio_duration=10.0)
        make_stage_run(
            run=measured,
            stage="transcribe",
            outcome="ok",
            started_at=now - timedelta(seconds=10),
            ended_at=now,
        )
        for _ in range(2):
            make_run(state=State.RUNNING, lease_token=uuid.uuid4(), audio_duration=20.0)
            make_run(audio_duration=30.0)
        make_run(question=place.question, audio_duration=5.0)

        data = data_of(place.get("transcript"), status=202)

        waiting, halves, own = 60.0, 20.0, 5.0
        assert data["eta_seconds"] == (waiting + halves) / 2 + own

    def test_of_an_evaluation_reckons_with_both_stages(self, place: Place) -> None:
        make_heartbeat(queues=["gpu", "cpu"])
        make_run(question=place.question)

        transcript = data_of(place.get("transcript"), status=202)["eta_seconds"]
        evaluation = data_of(place.get("evaluation"), status=202)["eta_seconds"]

        assert evaluation == pytest.approx(transcript + 1.0, abs=0.11)

    def test_waits_for_the_next_try(self, place: Place) -> None:
        make_heartbeat(queues=["gpu"])
        make_run(
            question=place.question,
            audio_duration=0.0,
            state=State.RETRY_WAIT,
            next_run_at=timezone.now() + timedelta(seconds=60),
        )

        eta = data_of(place.get("transcript"), status=202)["eta_seconds"]

        assert 50 < eta <= 60
