"""F24: several answers of a session finish in any order, some of them twice."""

from collections.abc import Iterable

import pytest
from celery.exceptions import Ignore
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pipeline import tasks
from pipeline.models import PipelineRun, SessionFeedback, SessionScore, Stage
from sessions.models import InterviewSession
from tests.factories import make_evaluation, make_question, make_run, make_session, make_transcript
from tests.private_broker import PrivateBroker

pytestmark = pytest.mark.django_db

ANSWERS = 5
orders = st.permutations(range(ANSWERS)).flatmap(
    lambda order: st.lists(st.sampled_from(order), max_size=4).map(lambda again: [*order, *again])
)


@given(order=orders)
@settings(
    max_examples=10,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
def test_the_results_of_a_session_are_the_same_in_whatever_order_its_answers_finish(
    broker: PrivateBroker, order: list[int]
) -> None:
    assert results_of(order) == results_of(range(ANSWERS))


def results_of(order: Iterable[int]) -> tuple[object, ...]:
    """Return what a session adds up to when its answers finish in this order."""
    with transaction.atomic():
        session = make_session()
        runs = [judged(session, number) for number in range(ANSWERS)]
        for number in order:
            finish(runs[number])
        score = SessionScore.objects.get(session=session)
        feedback = SessionFeedback.objects.get(session=session)
        transaction.set_rollback(True)
    assert score.card["answered"] == ANSWERS
    return score.total_score, score.card["breakdown"], feedback.readiness_score


def judged(session: InterviewSession, number: int) -> PipelineRun:
    """Return an answer that is about to be scored."""
    run = make_run(question=make_question(session=session), stage=Stage.SCORE)
    make_transcript(run=run)
    metrics = dict.fromkeys(
        ("relevance", "grammar", "fluency", "keywords", "overall"), 67.0 + number
    )
    make_evaluation(run=run, **metrics)
    return run


def finish(run: PipelineRun) -> None:
    """Carry out the last two stages, or come too late for them."""
    for task in (tasks.score_session, tasks.write_feedback):
        try:
            task.run(run_id=run.pk)
        except Ignore:
            return
