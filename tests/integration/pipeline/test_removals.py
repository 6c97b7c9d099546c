"""Staff remove one answer, and the session forgets it."""

from pathlib import Path
from typing import Any

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage

from pipeline.models import PipelineRun, SessionFeedback, SessionScore
from pipeline.runs import dispatch, results, services
from sessions.models import Question
from tests.factories import make_evaluation, make_finished_run, make_recording, make_transcript

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def no_broker(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(dispatch, "_send", lambda work: False)


def answered(question: Question, **fields: Any) -> PipelineRun:
    run = make_finished_run(question=question, **fields)
    make_transcript(run=run)
    make_evaluation(run=run)
    Question.objects.filter(pk=question.pk).update(attempt_count=run.attempt)
    results.save_score(question.session)
    results.save_feedback(question.session)
    return run


class TestAnAnswer:
    def test_goes_with_its_recording(
        self, question: Question, django_capture_on_commit_callbacks: Any
    ) -> None:
        key = default_storage.save("tests/removed.mp3", ContentFile(b"ID3"))
        run = answered(question, audio_key=key)
        make_recording(run=run)

        with django_capture_on_commit_callbacks(execute=True):
            assert services.remove_run(run)

        assert not Path(default_storage.path(key)).exists()
        assert not question.recordings.exists()
        question.refresh_from_db()
        assert question.attempt_count == 0

    def test_takes_its_points_with_it(self, question: Question) -> None:
        services.remove_run(answered(question))

        question.session.refresh_from_db()
        assert question.session.total_score is None
        assert not SessionScore.objects.exists()
        assert not SessionFeedback.objects.exists()

    def test_leaves_the_session_to_be_scored_from_the_others(self, question: Question) -> None:
        first, second = answered(question), answered(question)

        services.remove_run(second)

        own = question.session.runs.get(question=None)
        assert (own.state, own.stage) == ("queued", "score")
        question.refresh_from_db()
        assert question.attempt_count == 2  # the next recording is the third
        assert question.runs.get() == first

    def test_is_removed_once(self, question: Question) -> None:
        run = answered(question)
        again = PipelineRun.objects.get(pk=run.pk)

        assert [services.remove_run(run), services.remove_run(again)] == [True, False]
