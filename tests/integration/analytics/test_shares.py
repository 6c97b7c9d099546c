"""Links to a report: what a visitor sees, and until when."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
import time_machine
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.utils import timezone
from rest_framework.test import APIClient

from accounts.models import User
from pipeline.runs.results import save_feedback, save_score
from sessions import shares
from sessions.models import InterviewSession, SessionShare, ShareComment
from tests.factories import (
    make_evaluation,
    make_finished_run,
    make_question,
    make_recording,
    make_run,
    make_session,
    make_transcript,
    make_user,
)
from tests.integration.pipeline_http.openapi import complain, schema_of

pytestmark = pytest.mark.django_db

SESSION = "/api/v1/feedback/sessions/{session_uuid}/shares"
SHARED = "/api/v1/shared/{token}"


@pytest.fixture
def jane() -> User:
    return make_user("jane@example.com", full_name="Jane Doe")


@pytest.fixture
def api(client_for: Callable[[User], APIClient], jane: User) -> APIClient:
    return client_for(jane)


@pytest.fixture
def visitor() -> APIClient:
    return APIClient(raise_request_exception=False)


@pytest.fixture
def held(jane: User) -> InterviewSession:
    """A session with one answer, its recording and its results."""
    question = make_question(session=make_session(owner=jane))
    key = default_storage.save("tests/shared.mp3", ContentFile(b"ID3 what was said"))
    run = make_finished_run(question=question, audio_key=key)
    make_recording(run=run)
    make_transcript(run=run)
    make_evaluation(run=run)
    save_score(question.session)
    save_feedback(question.session)
    return question.session


def share(api: APIClient, session: InterviewSession, **wish: Any) -> Any:
    return api.post(SESSION.format(session_uuid=session.uuid), wish, format="json")


def link(api: APIClient, session: InterviewSession, **wish: Any) -> str:
    """Return the path of a new link."""
    path: str = share(api, session, **wish).json()["data"]["path"]
    return path


class TestALink:
    def test_is_made_for_two_weeks(self, api: APIClient, held: InterviewSession) -> None:
        response = share(api, held)

        data = response.json()["data"]
        assert response.status_code == 201
        assert response["Location"] == data["path"] == f"/api/v1/shared/{data['token']}"
        kept = SessionShare.objects.get()
        assert abs(kept.expires_at - timezone.now() - timedelta(days=14)) < timedelta(minutes=1)
        assert complain(response.json(), schema_of(SESSION, "post", 201)) == []

    def test_has_a_secret_that_is_not_kept(self, api: APIClient, held: InterviewSession) -> None:
        token = share(api, held).json()["data"]["token"]

        kept = SessionShare.objects.get()
        assert len(token) >= 43  # 256 bits
        assert token not in str(vars(kept))
        assert token not in api.get(SESSION.format(session_uuid=held.uuid)).content.decode()

    @pytest.mark.parametrize(
        "wish",
        [{"expires_in_days": 91}, {"expires_in_days": 0}, {"expires_in_days": "many"}],
    )
    def test_lives_for_90_days_at_most(
        self, api: APIClient, held: InterviewSession, wish: dict[str, Any]
    ) -> None:
        assert share(api, held, **wish).status_code == 422

    @pytest.mark.parametrize("flag", [0, 1, "yes", None, []])
    def test_tells_the_name_on_a_plain_wish_alone(
        self, api: APIClient, held: InterviewSession, flag: Any
    ) -> None:
        assert share(api, held, with_name=flag).status_code == 422

    def test_is_one_of_twenty_at_most(self, api: APIClient, held: InterviewSession) -> None:
        for _ in range(20):
            assert share(api, held).status_code == 201

        refused = share(api, held)

        assert refused.status_code == 409
        assert complain(refused.json(), schema_of(SESSION, "post", 409)) == []

    def test_is_listed_as_long_as_it_works(self, api: APIClient, held: InterviewSession) -> None:
        share(api, held, with_audio=True)
        SessionShare.objects.update(expires_at=timezone.now() - timedelta(seconds=1))
        share(api, held, with_name=False)

        response = api.get(SESSION.format(session_uuid=held.uuid))

        (row,) = response.json()["data"]["shares"]
        assert (row["with_audio"], row["with_name"], row["comments"]) == (False, False, [])
        assert complain(response.json(), schema_of(SESSION, "get", 200)) == []


class TestAVisitor:
    def test_reads_the_report(
        self, api: APIClient, visitor: APIClient, held: InterviewSession
    ) -> None:
        response = visitor.get(link(api, held))

        data = response.json()["data"]
        assert (data["candidate"], data["status"]) == ("Jane Doe", "completed")
        assert data["answers"][0]["transcript"] == "We finished in time."
        assert response["Cache-Control"] == "private, no-store"
        assert response["Referrer-Policy"] == "no-referrer"
        assert complain(response.json(), schema_of(SHARED, "get", 200)) == []

    @pytest.mark.parametrize("kind", ["html", "pdf", "md"])
    def test_gets_it_as_a_file(
        self, api: APIClient, visitor: APIClient, held: InterviewSession, kind: str
    ) -> None:
        response = visitor.get(link(api, held), {"format": kind})

        assert response.status_code == 200
        assert response["Referrer-Policy"] == "no-referrer"

    @pytest.mark.parametrize("kind", ["json", "html", "md"])
    def test_does_not_learn_the_name(
        self, api: APIClient, visitor: APIClient, held: InterviewSession, kind: str
    ) -> None:
        response = visitor.get(link(api, held, with_name=False), {"format": kind})

        assert "Jane" not in response.content.decode()
        assert "jane@example.com" not in response.content.decode()

    def test_waits_for_results(self, api: APIClient, visitor: APIClient, jane: User) -> None:
        run = make_run(question=make_question(session=make_session(owner=jane)))

        response = visitor.get(link(api, run.session), {"format": "html"})

        assert response.status_code == 202
        assert complain(response.json(), schema_of(SHARED, "get", 202)) == []

    def test_hears_the_answer_where_it_is_shared(
        self, api: APIClient, visitor: APIClient, held: InterviewSession
    ) -> None:
        audio = f"questions/{held.questions.get().uuid}/audio"

        heard: Any = visitor.get(f"{link(api, held, with_audio=True)}/{audio}")

        assert b"".join(heard.streaming_content) == b"ID3 what was said"
        assert visitor.get(f"{link(api, held)}/{audio}").status_code == 404

    def test_hears_nothing_of_another_session(
        self, api: APIClient, visitor: APIClient, held: InterviewSession, jane: User
    ) -> None:
        other = make_question(session=make_session(owner=jane))
        make_recording(run=make_finished_run(question=other))

        path = f"{link(api, held, with_audio=True)}/questions/{other.uuid}/audio"

        assert visitor.get(path).status_code == 404


class TestADeadLink:
    def test_is_the_same_whatever_it_was(
        self, api: APIClient, visitor: APIClient, held: InterviewSession
    ) -> None:
        revoked, expired = link(api, held), link(api, held)
        first, second = SessionShare.objects.order_by("pk")
        path = f"{SESSION.format(session_uuid=held.uuid)}/{first.uuid}"
        assert api.delete(path).json()["data"] == {"id": str(first.uuid), "revoked": True}
        SessionShare.objects.filter(pk=second.pk).update(expires_at=timezone.now())

        answers = [visitor.get(path) for path in (revoked, expired, "/api/v1/shared/never")]

        assert [answer.status_code for answer in answers] == [404] * 3
        assert len({str(answer.json()["error"]) for answer in answers}) == 1

    def test_dies_on_its_day(
        self, api: APIClient, visitor: APIClient, held: InterviewSession
    ) -> None:
        path = link(api, held, expires_in_days=1)

        with time_machine.travel(timezone.now() + timedelta(hours=23), tick=False):
            assert visitor.get(path).status_code == 200
        with time_machine.travel(timezone.now() + timedelta(hours=25), tick=False):
            assert visitor.get(path).status_code == 404

    def test_takes_no_comments(
        self, api: APIClient, visitor: APIClient, held: InterviewSession
    ) -> None:
        path = link(api, held)
        SessionShare.objects.update(expires_at=timezone.now())

        assert visitor.post(f"{path}/comments", {"text": "Hi"}, format="json").status_code == 404

    def test_goes_with_the_session(
        self, api: APIClient, visitor: APIClient, held: InterviewSession
    ) -> None:
        path = link(api, held)
        api.delete(f"/api/v1/interviews/sessions/{held.uuid}")

        assert visitor.get(path).status_code == 404


class TestAComment:
    def test_is_shown_to_the_owner(
        self, api: APIClient, visitor: APIClient, held: InterviewSession
    ) -> None:
        body = {"author": "A coach", "text": "Begin with the result.", "score": 70}
        response = visitor.post(f"{link(api, held)}/comments", body, format="json")

        listed = api.get(SESSION.format(session_uuid=held.uuid)).json()["data"]["shares"]
        assert response.status_code == 201
        (comment,) = listed[0]["comments"]
        assert {name: comment[name] for name in body} == body
        assert complain(response.json(), schema_of(f"{SHARED}/comments", "post", 201)) == []

    @pytest.mark.parametrize(
        "body",
        [
            {},
            {"text": ""},
            {"text": "x" * 2001},
            {"text": "Good", "score": 101},
            {"text": "Good", "score": -1},
            {"text": "Good", "author": "x" * 81},
        ],
    )
    def test_is_short(
        self, api: APIClient, visitor: APIClient, held: InterviewSession, body: dict[str, Any]
    ) -> None:
        path = f"{link(api, held)}/comments"

        assert visitor.post(path, body, format="json").status_code == 422

    def test_is_one_of_a_hundred_at_most(
        self,
        api: APIClient,
        visitor: APIClient,
        held: InterviewSession,
        monkeypatch: pytest.MonkeyPatch,
    ) -> None:
        monkeypatch.setattr(shares, "MAX_COMMENTS", 1)
        path = f"{link(api, held)}/comments"

        visitor.post(path, {"text": "One"}, format="json")

        assert visitor.post(path, {"text": "Two"}, format="json").status_code == 409
        assert ShareComment.objects.count() == 1

    @pytest.mark.usefixtures("broker")
    def test_cannot_be_left_all_day_long(
        self, api: APIClient, visitor: APIClient, held: InterviewSession
    ) -> None:
        path = f"{link(api, held)}/comments"

        codes = [
            visitor.post(path, {"text": "Hi"}, format="json", REMOTE_ADDR="203.0.113.7").status_code
            for _ in range(21)
        ]

        assert codes == [201] * 20 + [429]


class TestSomebodyElse:
    @pytest.fixture
    def other(self, client_for: Callable[[User], APIClient], mallory: User) -> APIClient:
        return client_for(mallory)

    def test_makes_no_links(self, other: APIClient, held: InterviewSession) -> None:
        assert share(other, held).status_code == 404
        assert not SessionShare.objects.exists()

    def test_sees_none(self, other: APIClient, held: InterviewSession) -> None:
        assert other.get(SESSION.format(session_uuid=held.uuid)).status_code == 404

    def test_revokes_none(self, api: APIClient, other: APIClient, held: InterviewSession) -> None:
        share(api, held)
        kept = SessionShare.objects.get()
        own = make_session(owner=make_user())

        for session in (held, own):
            path = f"{SESSION.format(session_uuid=session.uuid)}/{kept.uuid}"
            assert other.delete(path).status_code == 404
        assert SessionShare.objects.exists()

    def test_revokes_nothing_that_is_not_there(
        self, api: APIClient, held: InterviewSession
    ) -> None:
        path = f"{SESSION.format(session_uuid=held.uuid)}/{uuid4()}"

        assert api.delete(path).status_code == 404

    @pytest.mark.parametrize("method", ["get", "post"])
    def test_needs_a_token(self, visitor: APIClient, held: InterviewSession, method: str) -> None:
        path = SESSION.format(session_uuid=held.uuid)

        assert getattr(visitor, method)(path).status_code == 401
