"""GET …/evaluation/history: what a recording was judged before."""

import pytest

from pipeline.runs.results import save_evaluation
from pipeline.runs.services import re_evaluate
from tests.integration.pipeline.judgements import judgement
from tests.integration.pipeline_http.conftest import Place, data_of, make_judged_run, message_of
from tests.integration.pipeline_http.openapi import complain, schema_of

pytestmark = pytest.mark.django_db

PATH = "/api/v1/interviews/sessions/{session_uuid}/questions/{question_uuid}/evaluation/history"


class TestTheHistory:
    def test_lists_what_was_replaced_and_why(self, place: Place) -> None:
        run = make_judged_run(place.question)
        re_evaluate(run)
        save_evaluation(run, judgement(overall=71.0, version="2.1.0"))

        response = place.get("evaluation/history")

        (row,) = data_of(response)["evaluations"]
        assert (row["overall_score"], row["scorer_version"]) == (67.0, "test")
        assert (row["replaced_because"], row["language"]) == ("new_scorer", "en")
        assert row["evaluated_at"] < row["replaced_at"]
        assert response.json()["meta"]["pagination"]["total_items"] == 1
        assert complain(response.json(), schema_of(PATH, "get", 200)) == []

    def test_is_empty_for_an_answer_that_was_judged_once(self, place: Place) -> None:
        make_judged_run(place.question)

        assert data_of(place.get("evaluation/history")) == {"evaluations": []}

    def test_is_of_one_attempt(self, place: Place) -> None:
        first = make_judged_run(place.question)
        make_judged_run(place.question)
        save_evaluation(first, judgement(overall=71.0))

        assert data_of(place.get("evaluation/history"))["evaluations"] == []
        earlier = data_of(place.get("evaluation/history", "?attempt=1"))
        assert [row["overall_score"] for row in earlier["evaluations"]] == [67.0]

    def test_is_told_to_nobody_else(self, place: Place, foreign: Place) -> None:
        make_judged_run(place.question)

        assert message_of(foreign.get("evaluation/history")) == (
            404,
            "Interview session not found",
        )
