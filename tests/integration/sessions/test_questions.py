import uuid

import pytest

from sessions.models import InterviewSession
from sessions.services import put_questions
from tests.integration.sessions.conftest import SESSIONS, Person, draft

FIELDS = [
    *("id", "position", "question_text", "category", "difficulty", "time_limit"),
    *("expected_keywords", "skills", "source", "selection_reason", "parent_id", "answered"),
    "attempt_count",
]


def path_of(session: InterviewSession) -> str:
    return f"{SESSIONS}/{session.uuid}/questions"


class TestQuestionsOfASession:
    def test_are_listed_in_order(self, alice: Person, session: InterviewSession) -> None:
        response = alice.api.get(path_of(session))

        questions = response.json()["data"]["questions"]
        assert [question["position"] for question in questions] == [1, 2, 3]
        assert list(questions[0]) == FIELDS
        assert questions[0]["question_text"] == "Tell me about project number 1."
        assert questions[0]["expected_keywords"] == ["team", "result"]
        assert questions[0]["source"] == "bank"
        assert response.json()["meta"]["pagination"]["total_items"] == 3

    def test_are_none_at_first(self, alice: Person) -> None:
        path = f"{SESSIONS}/{alice.open()['id']}/questions"

        assert alice.get(path) == {"questions": []}

    def test_all_fit_on_the_first_page(self, alice: Person, session: InterviewSession) -> None:
        drafts = [draft(number) for number in range(20)]
        put_questions(session=session, drafts=drafts, replace=False)

        assert len(alice.get(path_of(session))["questions"]) == 20

    def test_are_shown_one_by_one(self, alice: Person, session: InterviewSession) -> None:
        session.questions.filter(position=2).update(attempt_count=2)
        _, listed, _ = alice.get(path_of(session))["questions"]

        shown = alice.get(f"{path_of(session)}/{listed['id']}")

        assert shown == listed
        assert (shown["answered"], shown["attempt_count"]) == (True, 2)

    def test_belong_to_one_session(self, alice: Person, session: InterviewSession) -> None:
        question = session.questions.get(position=1)
        other = alice.open()

        for path in (
            f"{SESSIONS}/{other['id']}/questions/{question.uuid}",
            f"{path_of(session)}/{uuid.uuid4()}",
        ):
            response = alice.api.get(path)
            assert response.status_code == 404
            assert response.json()["error"]["message"] == "Question not found"

    @pytest.mark.parametrize("below", ["", "/{question}"])
    def test_are_hidden_from_others(
        self, mallory: Person, session: InterviewSession, below: str
    ) -> None:
        question = session.questions.get(position=1)

        response = mallory.api.get(path_of(session) + below.format(question=question.uuid))

        assert response.status_code == 404
        assert response.json()["error"]["message"] == "Interview session not found"

    def test_cannot_be_written_by_a_client(self, alice: Person, session: InterviewSession) -> None:
        assert alice.api.post(path_of(session), {}, format="json").status_code == 405
