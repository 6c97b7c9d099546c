"""An answer with everything that the desk shows, and what a reviewer does there."""

from collections.abc import Mapping

from django.test import Client
from django.utils import timezone

from pipeline.models import PastEvaluation, PipelineRun
from sessions.models import InterviewSession, Question
from tests.factories import (
    make_evaluation,
    make_finished_run,
    make_recording,
    make_stage_run,
    make_transcript,
)

LIST = "/admin/interview_sessions/interviewsession/"
MARKUP = """<img src=x onerror=alert(1)> "' ${7*7} {{7*7}}"""
QUOTED = {
    "score": "grammar",
    "rule": "errors_heard",
    "value": 2.5,
    "unit": "per 100 words",
    "points": -12.0,
    "quote": "finished in",
    "start": 0.3,
    "end": 1.1,
    "message": "Two errors were heard.",
}


def answer(question: Question, **words: str) -> PipelineRun:
    """Return a finished attempt with a row of each kind."""
    run = make_finished_run(question=question)
    make_recording(run=run)
    make_stage_run(run=run, outcome="ok", stage="transcribe", ended_at=timezone.now())
    make_transcript(run=run, **words)
    make_evaluation(run=run, explanations=[QUOTED], intervals={"grammar": [61.0, 79.0]})
    PastEvaluation.objects.create(
        run=run, scorable=True, scorer_version="old", why="new_scorer", evaluated_at=timezone.now()
    )
    return run


def desk(client: Client, session: InterviewSession, **query: str) -> str:
    return client.get(f"{LIST}{session.pk}/change/", query).content.decode()


def score(client: Client, run: PipelineRun, **given: object) -> int:
    return client.post(f"{LIST}{run.session_id}/change/", _typed({run: given})).status_code


def save_scores(
    client: Client,
    session: InterviewSession,
    given: Mapping[PipelineRun, Mapping[str, object]],
    *,
    extra: Mapping[str, object] | None = None,
) -> str:
    """Press "Save scores" and return the page that follows; `extra` is what the page showed."""
    body = {**_typed(given), **(extra or {})}
    response = client.post(f"{LIST}{session.pk}/change/", body, follow=True)
    return response.content.decode()


def _typed(given: Mapping[PipelineRun, Mapping[str, object]]) -> dict[str, object]:
    fields = {
        f"{run.uuid}-{name}": value for run, row in given.items() for name, value in row.items()
    }
    return {"run": [run.uuid for run in given], **fields}
