"""What the OpenAPI document says of these answers is true, and complete."""

import uuid
from collections.abc import Callable

import pytest

from interview_platform.http.openapi_parts import EXAMPLE_META
from pipeline.models import PipelineRun, Stage
from pipeline.runs.results import save_feedback, save_score
from tests.factories import make_question, make_run
from tests.integration.pipeline_http.conftest import (
    FAILED,
    Place,
    make_judged_run,
    make_working_run,
)
from tests.integration.pipeline_http.openapi import complain, document, examples_of, schema_of

pytestmark = pytest.mark.django_db

SESSION = "/api/v1/interviews/sessions/{session_uuid}"
QUESTION = SESSION + "/questions/{question_uuid}"
FEEDBACK = "/api/v1/feedback/sessions/{session_uuid}"
OPERATIONS = [
    ("transcribe", f"{QUESTION}/transcribe", "post"),
    ("transcript", f"{QUESTION}/transcript", "get"),
    ("evaluate", f"{QUESTION}/evaluate", "post"),
    ("evaluation", f"{QUESTION}/evaluation", "get"),
    ("session_evaluation", f"{SESSION}/evaluation", "get"),
    ("scores", f"{FEEDBACK}/scores", "post"),
    ("scores", f"{FEEDBACK}/scores", "get"),
    ("feedback", f"{FEEDBACK}/feedback", "post"),
    ("feedback", f"{FEEDBACK}/feedback", "get"),
    ("progress", f"{SESSION}/progress", "get"),
    ("complete", f"{SESSION}/complete", "post"),
    ("questions/generate", f"{SESSION}/questions/generate", "post"),
]


def nothing(place: Place) -> None:
    """Leave the question without a recording."""


def under_way(place: Place) -> None:
    make_run(question=place.question, state="running", lease_token=uuid.uuid4())


def nearly_there(place: Place) -> None:
    make_working_run(place.question, Stage.FEEDBACK)
    save_score(place.question.session)


def there(place: Place) -> None:
    make_judged_run(place.question)
    make_run(question=make_question(session=place.question.session), **FAILED)
    save_score(place.question.session)
    save_feedback(place.question.session)


def ungraded(place: Place) -> None:
    run = make_judged_run(place.question)
    evaluation = run.evaluation
    for name in ("relevance", "grammar", "fluency", "keywords", "overall"):
        setattr(evaluation, name, None)
    evaluation.scorable = False
    evaluation.reasons = ["no_speech"]
    evaluation.save()
    save_score(place.question.session)
    save_feedback(place.question.session)


def failed(place: Place) -> None:
    make_run(question=place.question, **FAILED)


def vanished(place: Place) -> None:
    make_run(question=place.question, state=PipelineRun.State.COMPLETED, stage=Stage.DONE)


SITUATIONS = [nothing, under_way, nearly_there, there, ungraded, failed, vanished]


class TestAnAnswer:
    @pytest.mark.parametrize("situation", SITUATIONS)
    @pytest.mark.parametrize(("name", "path", "method"), OPERATIONS)
    def test_is_what_the_document_says(
        self, place: Place, name: str, path: str, method: str, situation: Callable[[Place], None]
    ) -> None:
        situation(place)

        response = place.post(name) if method == "post" else place.get(name)

        schema = schema_of(path, method, response.status_code)
        assert complain(response.json(), schema) == []

    def test_would_be_complained_about(self) -> None:
        """The check itself bites."""
        schema = schema_of(f"{FEEDBACK}/scores", "get", 200)
        (example,) = examples_of(f"{FEEDBACK}/scores", "get", 200)
        wrong = {**example, "data": {**example["data"], "status": "queued"}}

        assert complain(wrong, schema)
        assert complain({**example, "meta": {**EXAMPLE_META, "timestamp": 5}}, schema)


class TestTheDocument:
    @pytest.mark.parametrize(("name", "path", "method"), OPERATIONS)
    def test_has_examples_that_are_true(self, name: str, path: str, method: str) -> None:
        for status in (200, 201, 202):
            if str(status) in document()["paths"][path][method]["responses"]:
                for example in examples_of(path, method, status):
                    assert complain(example, schema_of(path, method, status)) == []

    @pytest.mark.parametrize(
        ("path", "method"),
        [(path, method) for name, path, method in OPERATIONS if name in {"scores", "feedback"}],
    )
    def test_tells_of_work_that_takes_time(self, path: str, method: str) -> None:
        operation = document()["paths"][path][method]

        parameters = {parameter["name"] for parameter in operation["parameters"]}
        assert {"200", "202", "401", "404"} <= set(operation["responses"])
        assert "Prefer" in parameters
        assert ("If-None-Match" in parameters) == (method == "get")
        assert ("Idempotency-Key" in parameters) == (method == "post")
        assert "Retry-After" in operation["responses"]["202"]["headers"]

    def test_offers_the_transcript_as_files(self) -> None:
        answer = document()["paths"][f"{QUESTION}/transcript"]["get"]["responses"]["200"]

        kinds = {"application/json", "application/x-subrip", "text/vtt", "text/plain"}
        assert set(answer["content"]) == kinds
