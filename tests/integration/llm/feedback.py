"""An answered session on its way to its feedback."""

from typing import Any

from pipeline import tasks
from pipeline.models import PipelineRun, Stage
from sessions.models import Question
from tests.factories import make_evaluation, make_run, make_transcript
from tests.integration.pipeline_http.conftest import Place

SAID = (
    "When I joined the payments team our release was two weeks late. I listed what was left and agreed on an order "
    "with the team. As a result we shipped on Friday and support tickets went down."
)


def answer(question: Question, *, said: str = SAID, **fields: Any) -> PipelineRun:
    """Return the run of an answer that has been judged and scored: its feedback is next."""
    Question.objects.filter(pk=question.pk).update(attempt_count=1)
    run = make_run(question=question, stage=Stage.SCORE)
    make_transcript(run=run, text=said)
    make_evaluation(run=run, **fields)
    tasks.score_session.run(run_id=run.pk)
    return run


def write_feedback(run: PipelineRun) -> None:
    """Do what a worker does."""
    tasks.write_feedback.run(run_id=run.pk)


def write_session_feedback(place: Place) -> None:
    """Carry out the session's own run, as a worker does."""
    run = PipelineRun.objects.get(question=None, state="queued")
    if run.stage == Stage.SCORE:
        tasks.score_session.run(run_id=run.pk)
    tasks.write_feedback.run(run_id=run.pk)
