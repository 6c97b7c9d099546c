"""A stage ends while a poll is being answered: between any two of its queries."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from django.db import connection

from pipeline.domain.values import Evaluation
from pipeline.models import EvaluationRecord, PipelineRun, Stage
from pipeline.runs import leases
from pipeline.runs.leases import Claim
from pipeline.runs.results import save_evaluation, save_feedback, save_score, save_transcript
from tests.answers import ANSWER, spoken
from tests.integration.pipeline_http.conftest import Place, data_of, make_working_run

pytestmark = pytest.mark.django_db

MOST_QUERIES = 6
UNGRADED = Evaluation(None, None, None, None, None, scorable=False, reasons=("too_short",))

KEEP: dict[str, tuple[Stage, Callable[[PipelineRun], None]]] = {
    "transcript": (Stage.TRANSCRIBE, lambda run: save_transcript(run, spoken(ANSWER))),
    "evaluation": (Stage.EVALUATE, lambda run: save_evaluation(run, UNGRADED)),
    "scores": (Stage.SCORE, lambda run: save_score(run.session)),
    "feedback": (Stage.FEEDBACK, lambda run: save_feedback(run.session)),
}


@contextmanager
def after_query(number: int, do: Callable[[], None]) -> Iterator[None]:
    """Do something once, right after the query of that number has been answered."""
    count = 0

    def pass_on(execute: Any, *query: Any) -> Any:
        nonlocal count
        answer = execute(*query)
        count += 1
        if count == number:
            do()
        return answer

    with connection.execute_wrapper(pass_on):
        yield


@pytest.mark.parametrize("number", range(1, MOST_QUERIES + 1))
@pytest.mark.parametrize("name", KEEP)
def test_a_result_is_under_way_or_there_and_never_missing(
    place: Place, name: str, number: int
) -> None:
    stage, keep = KEEP[name]
    run = make_working_run(place.question, stage)
    held = leases.claim(run_id=run.pk, stage=stage, worker="cpu@test")
    assert isinstance(held, Claim)

    with after_query(number, lambda: leases.finish(held, keep=keep)):
        response = place.get(name)

    assert response.json()["data"]["status"] in {"queued", "processing", "completed"}


@pytest.mark.parametrize("number", range(1, MOST_QUERIES + 1))
def test_an_old_score_is_never_told_as_the_last(place: Place, number: int) -> None:
    run = make_working_run(place.question, Stage.SCORE)
    save_score(run.session)
    old = run.session.score.total_score
    EvaluationRecord.objects.update(relevance=10.0, overall=20.0)
    held = leases.claim(run_id=run.pk, stage=Stage.SCORE, worker="cpu@test")
    assert isinstance(held, Claim)

    with after_query(number, lambda: leases.finish(held, keep=lambda one: save_score(one.session))):
        response = place.get("scores")

    told = data_of(response, status=response.status_code)
    assert told["status"] in {"queued", "processing"} or told["total_score"] != old
