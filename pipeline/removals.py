"""Staff remove one answer: its rows, its recording, and what the session's results took from it."""

from functools import partial

from django.db import transaction

from pipeline import records, services
from pipeline.models import PipelineRun, SessionFeedback, SessionScore
from sessions.folders import remove_recordings
from sessions.models import InterviewSession
from sessions.services import note_removal


@transaction.atomic
def remove_run(run: PipelineRun) -> bool:
    """
    Remove the run with all rows of it, and its recording once that is committed; tell whether it was still there.

    A worker that is at it finds its lease gone. The session is scored anew from the answers that are left.
    """
    session = InterviewSession.objects.select_for_update(no_key=True).filter(runs=run.pk).first()
    stored = PipelineRun.objects.select_related("question").filter(pk=run.pk).first()
    if session is None or stored is None:
        return False
    question, recording = stored.question, stored.audio_key
    stored.delete()
    if recording:
        transaction.on_commit(partial(remove_recordings, [recording]), robust=True)
    if question is not None:
        note_removal(question=question, is_answered=question.runs.exists())
        _settle(session)
    return True


def _settle(session: InterviewSession) -> None:
    """Have the results made anew, or take them away where nothing is left that they could be made from."""
    if records.latest_evaluations(session):
        services.ask_for_session_results(session)
        return
    SessionScore.objects.filter(session=session).delete()
    SessionFeedback.objects.filter(session=session).delete()
    InterviewSession.objects.filter(pk=session.pk).update(total_score=None)
