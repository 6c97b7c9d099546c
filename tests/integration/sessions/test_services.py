from pathlib import Path
from typing import Any

import pytest
from django.db import connection

from pipeline.models import PipelineRun
from sessions.models import InterviewSession, Question
from sessions.selectors import QuestionNotFound, SessionNotFound, seen_questions
from sessions.services import (
    QuestionsAnswered,
    SessionCompleted,
    complete_session,
    delete_session,
    note_recording,
    open_session,
    put_questions,
    require_open_for_questions,
)
from tests.integration.sessions.conftest import Person, draft


@pytest.fixture
def question(session: InterviewSession) -> Question:
    return session.questions.select_related("session__owner").get(position=1)


def texts(session: InterviewSession) -> list[str]:
    return list(session.questions.order_by("position").values_list("text", flat=True))


class TestNoteRecording:
    def test_counts_attempts_and_starts_the_session(
        self, question: Question, session: InterviewSession
    ) -> None:
        first, second = note_recording(question=question), note_recording(question=question)

        session.refresh_from_db()
        assert (first, second, question.attempt_count) == (1, 2, 2)
        assert session.status == "in_progress"
        assert session.started_at is not None

    def test_starts_it_once(self, question: Question, session: InterviewSession) -> None:
        note_recording(question=question)
        session.refresh_from_db()
        started_at = session.started_at

        note_recording(question=question)

        session.refresh_from_db()
        assert session.started_at == started_at

    def test_is_refused_when_complete(self, question: Question) -> None:
        complete_session(session=question.session)

        with pytest.raises(SessionCompleted, match="Session is already complete"):
            note_recording(question=question)

        question.refresh_from_db()
        assert question.attempt_count == 0

    def test_finds_out_when_the_question_is_gone(self, question: Question) -> None:
        Question.objects.filter(pk=question.pk).delete()

        with pytest.raises(QuestionNotFound):
            note_recording(question=question)

    def test_finds_out_when_the_session_is_gone(self, question: Question) -> None:
        InterviewSession.objects.all().delete()

        with pytest.raises(SessionNotFound):
            note_recording(question=question)

    def test_goes_by_what_is_stored(self, question: Question) -> None:
        Question.objects.filter(pk=question.pk).update(attempt_count=4)

        assert note_recording(question=question) == 5


class TestCompleteSession:
    def test_closes_it_once(self, session: InterviewSession) -> None:
        assert complete_session(session=session) is True
        first = session.completed_at

        assert complete_session(session=session) is False
        session.refresh_from_db()
        assert (session.status, session.completed_at) == ("completed", first)

    def test_tells_a_stale_copy_the_truth(self, session: InterviewSession) -> None:
        stale = InterviewSession.objects.get(pk=session.pk)
        complete_session(session=session)

        assert complete_session(session=stale) is False
        assert (stale.status, stale.completed_at) == ("completed", session.completed_at)


class TestPutQuestions:
    def test_keeps_all_that_a_draft_says(self, session: InterviewSession) -> None:
        full = draft(
            9,
            answer_prototype="I did.",
            reference_points=("a", "b"),
            selection_reason="behavioral, medium",
            source="google",
        )

        (question,) = put_questions(session=session, drafts=[full], replace=False)

        stored = Question.objects.get(pk=question.pk)
        assert (stored.position, stored.text, stored.time_limit) == (1, full.text, 120)
        assert (stored.expected_keywords, stored.skills) == (["team", "result"], ["SQL"])
        assert (stored.answer_prototype, stored.reference_points) == ("I did.", ["a", "b"])
        assert (stored.source, stored.bank_key) == ("google", "project-9")
        assert stored.selection_reason == "behavioral, medium"

    def test_takes_the_place_of_unanswered_ones(self, session: InterviewSession) -> None:
        put_questions(session=session, drafts=[draft(8), draft(9)], replace=False)

        assert texts(session) == [draft(8).text, draft(9).text]

    def test_spares_answers(self, session: InterviewSession, question: Question) -> None:
        note_recording(question=question)
        before = texts(session)

        with pytest.raises(QuestionsAnswered):
            put_questions(session=session, drafts=[draft(9)], replace=False)

        assert texts(session) == before

    def test_discards_answers_when_told_to(
        self,
        session: InterviewSession,
        question: Question,
        uploads: Path,
        django_capture_on_commit_callbacks: Any,
    ) -> None:
        note_recording(question=question)
        PipelineRun.objects.create(session=session, question=question)
        InterviewSession.objects.update(total_score=80.0)
        folder = uploads / str(session.owner.uuid) / str(session.uuid)
        old, new = folder / "deeper" / "old.wav", folder / "new.wav"
        old.parent.mkdir(parents=True)
        old.write_bytes(b"sound")

        with django_capture_on_commit_callbacks() as after_commit:
            put_questions(session=session, drafts=[draft(9)], replace=True)
        new.write_bytes(b"of a new question")

        assert old.exists()
        for callback in after_commit:
            callback()
        session.refresh_from_db()
        assert (old.exists(), new.exists()) == (False, True)
        assert texts(session) == [draft(9).text]
        assert session.total_score is None
        assert not PipelineRun.objects.exists()

    @pytest.mark.parametrize("replace", [False, True])
    def test_leaves_a_completed_session_alone(
        self, session: InterviewSession, replace: bool
    ) -> None:
        complete_session(session=session)

        with pytest.raises(SessionCompleted):
            put_questions(session=session, drafts=[draft(9)], replace=replace)

    def test_can_be_asked_beforehand(self, session: InterviewSession, question: Question) -> None:
        require_open_for_questions(session=session, replace=False)
        note_recording(question=question)

        with pytest.raises(QuestionsAnswered):
            require_open_for_questions(session=session, replace=False)
        require_open_for_questions(session=session, replace=True)

    def test_finds_out_when_the_session_is_gone(
        self, session: InterviewSession, uploads: Path
    ) -> None:
        stale = InterviewSession.objects.get(pk=session.pk)
        delete_session(session)

        with pytest.raises(SessionNotFound):
            put_questions(session=stale, drafts=[draft(9)], replace=False)


class TestSeenQuestions:
    def test_are_those_of_the_last_sessions(self, alice: Person, mallory: Person) -> None:
        for number in range(4):
            opened = open_session(owner=alice.user, fields={"target_role": "Nurse"})
            put_questions(session=opened, drafts=[draft(number)], replace=False)
        theirs = open_session(owner=mallory.user, fields={"target_role": "Nurse"})
        put_questions(session=theirs, drafts=[draft(9)], replace=False)

        seen = seen_questions(owner=alice.user, sessions=2)

        assert seen == {"project-2", "project-3", draft(2).text, draft(3).text}

    def test_are_none_at_first(self, alice: Person) -> None:
        assert seen_questions(owner=alice.user) == set()


class TestTheDatabase:
    def test_removes_questions_with_their_session(self, session: InterviewSession) -> None:
        delete_session(session)

        assert not Question.objects.exists()
        connection.check_constraints()
