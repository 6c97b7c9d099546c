"""Thin Celery tasks: load, call one function, save. `stage_task` has what they share."""

from typing import Any

from celery import shared_task
from django.conf import settings

from pipeline.domain.values import Evaluation, Transcript
from pipeline.llm import session_feedback
from pipeline.models import PipelineRun, Stage
from pipeline.providers import loading, registry
from pipeline.questions import jobs
from pipeline.runs import periodic, results
from pipeline.runs.stage_task import StageTask
from pipeline.scoring.evaluate import evaluate_answer as judge
from sessions.languages import AUTO


@shared_task(base=StageTask, bind=True)
def transcribe_answer(self: StageTask, /, *, run_id: object = None, **_: Any) -> None:
    """Transcribe the recording."""
    self.run_stage(run_id, Stage.TRANSCRIBE, work=_transcribe, keep=results.save_transcript)


@shared_task(base=StageTask, bind=True)
def evaluate_answer(self: StageTask, /, *, run_id: object = None, **_: Any) -> None:
    """Evaluate the answer."""
    self.run_stage(run_id, Stage.EVALUATE, work=_evaluate, keep=results.save_evaluation)


@shared_task(base=StageTask, bind=True)
def score_session(self: StageTask, /, *, run_id: object = None, **_: Any) -> None:
    """Score the session from all answers that are finished by now."""
    self.run_stage(run_id, Stage.SCORE, work=_no_work, keep=_save_score)


@shared_task(base=StageTask, bind=True)
def write_feedback(self: StageTask, /, *, run_id: object = None, **_: Any) -> None:
    """Write the session's feedback from all answers that are finished by now."""
    self.run_stage(run_id, Stage.FEEDBACK, work=_ask_model, keep=_save_feedback)


@shared_task
def write_questions(*, job_id: object = None, **_: Any) -> None:
    """Have a language model write questions that somebody waits for."""
    if isinstance(job_id, int):
        jobs.carry_out(job_id)


@shared_task(soft_time_limit=780, time_limit=810)
def do_upkeep(*, name: object = None, **_: Any) -> None:
    """Do one of the jobs that are done now and then."""
    if isinstance(name, str):
        periodic.do(name)


def _transcribe(run: PipelineRun) -> Transcript:
    with registry.audio_store().local_copy(run.audio_key, sha256=run.audio_sha256) as audio:
        return registry.speech_to_text().transcribe(
            audio,
            audio_format=run.audio_format,
            language=None if run.language == AUTO else run.language,
            terms=results.terms_of(run),
        )


def _evaluate(run: PipelineRun) -> Evaluation:
    transcript, heard = results.load_both(run)
    evaluation = judge(
        transcript=transcript,
        heard=heard,
        question=results.load_brief(run),
        judges=registry.judges(language=transcript.language),
        weights=settings.SCORE_WEIGHTS,
    )
    loading.give_back()  # the encoder's passing numbers, 40 MB; takes 2 ms
    return evaluation


def _no_work(_run: PipelineRun) -> None:
    """Do nothing: the score has no slow part, all of it happens under the session's lock."""


def _ask_model(run: PipelineRun) -> None:
    """The rules write the feedback under the session's lock; what a language model adds is had before, and kept by itself."""
    if registry.language_model() is not None:
        session_feedback.write_if_due(run, results.judged_answers(run.session))


def _save_score(run: PipelineRun, _result: None) -> None:
    results.save_score(run.session)


def _save_feedback(run: PipelineRun, _result: None) -> None:
    results.save_feedback(run.session)
