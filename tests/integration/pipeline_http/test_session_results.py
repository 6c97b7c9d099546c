"""The contract's table of work that takes time, for the score card and the feedback of a session."""

import uuid

import pytest
from django.conf import settings

from pipeline.models import PipelineRun, Stage
from pipeline.runs.results import save_feedback, save_score
from sessions.models import InterviewSession, Question
from tests.factories import (
    make_evaluation,
    make_feedback,
    make_question,
    make_run,
    make_score,
    make_session,
    make_session_run,
)
from tests.integration.pipeline_http.conftest import (
    FAILED,
    PROGRESS_FIELDS,
    Place,
    data_of,
    make_judged_run,
    make_working_run,
    message_of,
)

pytestmark = pytest.mark.django_db

State = PipelineRun.State
RESULTS = [
    pytest.param("scores", Stage.SCORE, id="scores"),
    pytest.param("feedback", Stage.FEEDBACK, id="feedback"),
]
SEED_SCORES = {
    *("total_score", "letter_grade", "breakdown", "question_scores", "performance_summary"),
}
SEED_FEEDBACK = {
    *("overall_rating", "summary", "strengths", "weaknesses", "suggestions", "resources"),
    *("readiness_score", "readiness_level", "next_steps"),
}


def keep_results(session: InterviewSession) -> None:
    """Write the score card and the feedback of the answers that are there."""
    save_score(session)
    save_feedback(session)


def second_question(place: Place) -> Question:
    return make_question(session=place.question.session, category="technical")


@pytest.mark.parametrize(("name", "stage"), RESULTS)
class TestWithoutARecording:
    def test_there_is_nothing(self, place: Place, name: str, stage: Stage) -> None:
        make_score(session=place.question.session)
        make_feedback(session=place.question.session)

        for response in (place.get(name), place.post(name)):
            assert message_of(response) == (404, "No audio uploaded for this session")

    def test_a_session_without_questions_has_nothing(
        self, place: Place, name: str, stage: Stage
    ) -> None:
        empty = make_session(owner=place.question.session.owner)

        response = place.api.get(f"/api/v1/feedback/sessions/{empty.uuid}/{name}")

        assert response.status_code == 404


@pytest.mark.parametrize(("name", "stage"), RESULTS)
class TestSomebodyElses:
    def test_results_are_hidden(self, foreign: Place, name: str, stage: Stage) -> None:
        make_judged_run(foreign.question)
        keep_results(foreign.question.session)

        for response in (foreign.get(name), foreign.post(name)):
            assert message_of(response) == (404, "Interview session not found")

    def test_unknown_sessions_are_the_same(self, place: Place, name: str, stage: Stage) -> None:
        path = f"/api/v1/feedback/sessions/{uuid.uuid4()}/{name}"

        assert message_of(place.api.get(path)) == (404, "Interview session not found")


@pytest.mark.parametrize(("name", "stage"), RESULTS)
class TestBeforeItIsThere:
    @pytest.mark.parametrize("at", [Stage.TRANSCRIBE, Stage.EVALUATE, Stage.SCORE])
    def test_a_result_is_accepted_and_empty(
        self, place: Place, name: str, stage: Stage, at: Stage
    ) -> None:
        make_working_run(place.question, at)

        response = place.get(name)

        data = data_of(response, status=202)
        assert (data["status"], data["stage"]) == ("queued", at)
        documented = set(data) - PROGRESS_FIELDS
        assert documented >= (SEED_SCORES if name == "scores" else SEED_FEEDBACK)
        assert all(data[field] is None for field in documented)
        assert int(response.headers["Retry-After"]) >= 1

    def test_an_older_one_is_not_shown_meanwhile(
        self, place: Place, name: str, stage: Stage
    ) -> None:
        make_judged_run(place.question)
        keep_results(place.question.session)
        make_run(question=second_question(place))

        assert place.get(name).status_code == 202

    def test_a_retake_is_waited_for(self, place: Place, name: str, stage: Stage) -> None:
        make_judged_run(place.question)
        keep_results(place.question.session)
        make_run(question=place.question)

        assert place.get(name).status_code == 202

    def test_the_sessions_own_run_is_waited_for(
        self, place: Place, name: str, stage: Stage
    ) -> None:
        make_judged_run(place.question)
        keep_results(place.question.session)
        make_session_run(session=place.question.session, state=State.QUEUED)

        assert data_of(place.get(name), status=202)["stage"] == "score"

    def test_asking_says_where_it_will_be(self, place: Place, name: str, stage: Stage) -> None:
        make_run(question=place.question)

        response = place.post(name)

        data_of(response, status=202)
        assert response.headers["Location"] == f"{place.feedback_path}/{name}"

    def test_asking_twice_starts_nothing_twice(self, place: Place, name: str, stage: Stage) -> None:
        make_judged_run(place.question)

        for response in (place.post(name), place.post(name)):
            assert response.status_code == 202
        assert PipelineRun.objects.filter(question__isnull=True).count() == 1

    def test_progress_is_that_of_all_answers(self, place: Place, name: str, stage: Stage) -> None:
        make_run(question=place.question)
        alone = data_of(place.get(name), status=202)["progress"]
        make_judged_run(second_question(place))

        together = data_of(place.get(name), status=202)

        assert alone == 0
        assert 0.4 < together["progress"] < 0.6


class TestTheFeedbacksOwnStage:
    def test_is_not_waited_for_by_the_scores(self, place: Place) -> None:
        make_working_run(place.question, Stage.FEEDBACK, state=State.QUEUED)
        save_score(place.question.session)

        assert data_of(place.get("scores"))["status"] == "completed"
        assert data_of(place.get("feedback"), status=202)["stage"] == "feedback"


class TestScores:
    def test_are_what_was_documented(self, place: Place) -> None:
        make_judged_run(place.question)
        keep_results(place.question.session)

        data = data_of(place.get("scores"))

        weights = settings.SCORE_WEIGHTS
        breakdown = data["breakdown"]
        assert set(data) >= SEED_SCORES
        assert data["status"] == "completed"
        assert breakdown["relevance"] == {"raw": 80.0, "weighted": 80 * weights["relevance"]}
        assert set(breakdown) == {"relevance", "grammar", "fluency", "keywords"}
        assert data["total_score"] == sum(share["weighted"] for share in breakdown.values())
        assert data["letter_grade"] == "B-"
        assert (data["answered"], data["asked"]) == (1, 1)
        (row,) = data["question_scores"]
        assert row["question_id"] == str(place.question.uuid)
        assert (row["overall_score"], row["keyword_score"]) == (67.0, 50.0)

    def test_of_answers_that_could_not_be_graded_are_null(self, place: Place) -> None:
        run = make_working_run(place.question, Stage.EVALUATE)
        PipelineRun.objects.filter(pk=run.pk).update(state=State.COMPLETED, stage=Stage.DONE)
        nothing = dict.fromkeys(("relevance", "grammar", "fluency", "keywords", "overall"))
        make_evaluation(run=run, scorable=False, **nothing)
        keep_results(place.question.session)

        data = data_of(place.get("scores"))

        assert (data["status"], data["total_score"]) == ("completed", None)
        assert data["letter_grade"] is None


class TestFeedback:
    def test_is_what_was_documented(self, place: Place) -> None:
        make_judged_run(place.question)
        keep_results(place.question.session)

        data = data_of(place.get("feedback"))

        remark = {"category", "message", "quote", "question_id", "start", "end"}
        readiness = data["readiness"]
        beyond = {"readiness", "engine", "narrative", "model_answers", "status"}
        assert set(data) == SEED_FEEDBACK | beyond
        assert data["status"] == "completed"
        assert data["overall_rating"] == "Satisfactory"
        for rows in ("strengths", "weaknesses", "suggestions"):
            assert data[rows]
            assert all(set(row) == remark for row in data[rows])
        assert all({"title", "type", "url"} <= set(row) for row in data["resources"])
        assert data["readiness_score"] == round(sum(readiness.values()))
        assert set(readiness) == {"performance", "coverage", "practice"}
        assert data["readiness_level"] == "Almost Ready"
        assert data["next_steps"]


@pytest.mark.parametrize(("name", "stage"), RESULTS)
class TestAResultThatIsThere:
    def test_answers_the_order(self, place: Place, name: str, stage: Stage) -> None:
        make_judged_run(place.question)
        keep_results(place.question.session)

        response = place.post(name)

        assert data_of(response) == data_of(place.get(name))
        assert not PipelineRun.objects.filter(question__isnull=True).exists()

    def test_is_not_sent_to_those_who_know_it(self, place: Place, name: str, stage: Stage) -> None:
        make_judged_run(place.question)
        keep_results(place.question.session)
        first = place.get(name)

        again = place.get(name, **{"if-none-match": first.headers["ETag"]})

        assert (again.status_code, again.content) == (304, b"")

    def test_names_the_answers_that_it_was_made_without(
        self, place: Place, name: str, stage: Stage
    ) -> None:
        make_judged_run(place.question)
        make_run(question=second_question(place), **FAILED)
        keep_results(place.question.session)

        response = place.get(name)

        assert data_of(response)["status"] == "completed"
        assert response.json()["meta"]["warnings"] == [
            {
                "code": "audio_missing",
                "message": "Question 2: The recording is gone. Please record the answer again.",
            }
        ]

    def test_stays_when_a_retake_fails(self, place: Place, name: str, stage: Stage) -> None:
        make_judged_run(place.question)
        keep_results(place.question.session)
        make_run(question=place.question, **FAILED)

        response = place.get(name)

        assert data_of(response)["status"] == "completed"
        assert len(response.json()["meta"]["warnings"]) == 1

    def test_says_when_the_final_calculation_failed(
        self, place: Place, name: str, stage: Stage
    ) -> None:
        make_judged_run(place.question)
        keep_results(place.question.session)
        make_session_run(session=place.question.session, **FAILED)

        response = place.get(name)

        assert data_of(response)["status"] == "completed"
        (warning,) = response.json()["meta"]["warnings"]
        assert warning["message"].startswith("The final calculation: ")

    def test_has_no_warnings_otherwise(self, place: Place, name: str, stage: Stage) -> None:
        make_judged_run(place.question)
        keep_results(place.question.session)

        assert "warnings" not in place.get(name).json()["meta"]


@pytest.mark.parametrize(("name", "stage"), RESULTS)
class TestAFailure:
    @pytest.mark.parametrize("completed", [False, True])
    def test_of_all_answers_is_told(
        self, place: Place, name: str, stage: Stage, *, completed: bool
    ) -> None:
        make_run(question=place.question, **FAILED)
        if completed:  # the session's own run makes a card of nothing
            keep_results(place.question.session)

        data = data_of(place.get(name))

        assert data["status"] == "failed"
        assert data["failure"] == {
            "code": "audio_missing",
            "message": "The recording is gone. Please record the answer again.",
            "retryable": False,
            "stage": "transcribe",
        }
        assert all(data[field] is None for field in set(data) - {"status", "failure"})

    def test_of_the_calculation_is_told(self, place: Place, name: str, stage: Stage) -> None:
        make_working_run(place.question, Stage.SCORE, **{**FAILED, "failure_code": "time_limit"})

        failure = data_of(place.get(name))["failure"]

        assert (failure["code"], failure["stage"]) == ("time_limit", "score")

    def test_that_can_be_mended_is_tried_again(self, place: Place, name: str, stage: Stage) -> None:
        run = make_run(question=place.question, **{**FAILED, "failure_retryable": True})

        response = place.post(name)

        assert data_of(response, status=202)["status"] == "queued"
        run.refresh_from_db()
        assert run.state == State.QUEUED


class TestTheSessionsEvaluations:
    def test_are_all_there_with_their_averages(self, place: Place) -> None:
        make_judged_run(place.question)
        other = second_question(place)
        run = make_working_run(other, Stage.EVALUATE)
        PipelineRun.objects.filter(pk=run.pk).update(state=State.COMPLETED, stage=Stage.DONE)
        make_evaluation(run=run, relevance=60.0, keywords=None, overall=50.2)
        third = second_question(place)

        data = data_of(place.get("session_evaluation"))

        assert data["status"] == "completed"
        assert [row["question_id"] for row in data["evaluations"]] == [
            str(place.question.uuid),
            str(other.uuid),
        ]
        assert third.position == 3  # and not answered
        first = data["evaluations"][0]
        assert first["overall_score"] == 67.0
        assert (first["position"], first["attempt"], first["status"]) == (1, 1, "completed")
        assert data["average_scores"] == {
            "relevance_score": 70.0,
            "grammar_score": 70.0,
            "fluency_score": 60.0,
            "keyword_score": 50.0,
            "overall_score": 58.6,
        }

    def test_leave_what_could_not_be_graded_out_of_the_averages(self, place: Place) -> None:
        run = make_judged_run(place.question)
        run.evaluation.scorable = False
        run.evaluation.save()

        averages = data_of(place.get("session_evaluation"))["average_scores"]

        assert set(averages.values()) == {None}

    def test_are_waited_for_until_the_last_one(self, place: Place) -> None:
        make_judged_run(place.question)
        make_run(question=second_question(place))

        data = data_of(place.get("session_evaluation"), status=202)

        assert (data["evaluations"], data["average_scores"]) == (None, None)
        assert data["stage"] == "transcribe"

    def test_do_not_wait_for_score_and_feedback(self, place: Place) -> None:
        make_working_run(place.question, Stage.SCORE)

        assert data_of(place.get("session_evaluation"))["status"] == "completed"

    def test_keep_the_attempt_before_one_that_failed(self, place: Place) -> None:
        make_judged_run(place.question)
        make_run(question=place.question, **FAILED)

        response = place.get("session_evaluation")

        (row,) = data_of(response)["evaluations"]
        assert (row["attempt"], row["status"]) == (1, "completed")
        assert len(response.json()["meta"]["warnings"]) == 1

    def test_say_which_answer_failed(self, place: Place) -> None:
        make_judged_run(place.question)
        make_run(question=second_question(place), **FAILED)

        response = place.get("session_evaluation")

        _, failed = data_of(response)["evaluations"]
        assert (failed["status"], failed["overall_score"]) == ("failed", None)
        assert failed["failure"]["code"] == "audio_missing"
        assert len(response.json()["meta"]["warnings"]) == 1

    def test_fail_when_every_answer_did(self, place: Place) -> None:
        make_run(question=place.question, **FAILED)

        data = data_of(place.get("session_evaluation"))

        assert (data["status"], data["evaluations"]) == ("failed", None)

    def test_are_none_without_a_recording(self, place: Place, foreign: Place) -> None:
        nothing = place.get("session_evaluation")
        make_judged_run(place.question)

        assert message_of(nothing) == (404, "No audio uploaded for this session")
        hidden = foreign.get("session_evaluation")
        assert message_of(hidden) == (404, "Interview session not found")


class TestProgress:
    def test_shows_every_question_and_the_final_results(self, place: Place) -> None:
        make_judged_run(place.question)
        make_run(question=second_question(place), state=State.RUNNING, lease_token=uuid.uuid4())
        make_run(question=second_question(place), **FAILED)
        second_question(place)

        data = data_of(place.get("progress"))

        assert [row["status"] for row in data["questions"]] == [
            *("completed", "processing", "failed", None),
        ]
        assert [row["stage"] for row in data["questions"]] == [
            *("done", "transcribe", "transcribe", None),
        ]
        assert [row["attempt"] for row in data["questions"]] == [1, 1, 1, None]
        done, working, failed, nothing = data["questions"]
        assert (done["progress"], nothing["progress"]) == (1.0, 0.0)
        assert 0 <= working["progress"] < 1
        assert working["queue_position"] == 0
        assert failed["failure"]["code"] == "audio_missing"
        assert data["status"] == "processing"
        assert data["session_status"] == "created"
        assert data["results"]["scores"]["status"] == "processing"
        assert data["results"]["feedback"]["status"] == "processing"

    def test_is_about_the_latest_attempt(self, place: Place) -> None:
        make_judged_run(place.question)
        make_run(question=place.question)

        (row,) = data_of(place.get("progress"))["questions"]

        assert (row["attempt"], row["status"]) == (2, "queued")

    def test_ends_with_the_feedback(self, place: Place) -> None:
        make_judged_run(place.question)
        keep_results(place.question.session)

        data = data_of(place.get("progress"))

        assert (data["status"], data["stage"], data["progress"]) == ("completed", "done", 1.0)
        assert data["results"]["feedback"]["status"] == "completed"

    def test_says_what_failed(self, place: Place) -> None:
        make_run(question=place.question, **FAILED)

        data = data_of(place.get("progress"))

        assert (data["status"], data["failure"]["code"]) == ("failed", "audio_missing")

    def test_of_nothing_is_nothing(self, place: Place) -> None:
        data = data_of(place.get("progress"))

        assert (data["status"], data["stage"], data["progress"]) == (None, None, 0.0)

    def test_is_hidden_from_others(self, foreign: Place) -> None:
        assert message_of(foreign.get("progress")) == (404, "Interview session not found")


class TestCompletingASession:
    def test_closes_it_and_starts_the_final_results(self, place: Place) -> None:
        make_judged_run(place.question)
        keep_results(place.question.session)

        data = data_of(place.post("complete"))

        assert (data["status"], data["id"]) == ("completed", str(place.question.session.uuid))
        assert data["completed_at"] is not None
        assert place.get("scores").status_code == 202

    def test_changes_nothing_the_second_time(self, place: Place) -> None:
        make_judged_run(place.question)

        first, again = place.post("complete"), place.post("complete")

        assert data_of(again) == data_of(first)
        assert PipelineRun.objects.filter(question__isnull=True).count() == 1

    def test_needs_no_recording(self, place: Place) -> None:
        assert data_of(place.post("complete"))["status"] == "completed"
        assert place.get("scores").status_code == 404

    def test_is_the_owners_business(self, foreign: Place) -> None:
        response = foreign.post("complete")

        assert message_of(response) == (404, "Interview session not found")
        session = InterviewSession.objects.get(pk=foreign.question.session_id)
        assert session.status == "created"
