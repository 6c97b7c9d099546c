"""The queries of a poll: at most four."""

import uuid
from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Any

import pytest
from django.db import connection

from pipeline.models import Stage
from pipeline.runs.results import save_feedback, save_score
from tests.factories import make_heartbeat, make_question, make_run, make_stage_run
from tests.integration.pipeline_http.conftest import Place, make_judged_run

pytestmark = pytest.mark.django_db

Counting = Callable[[int], AbstractContextManager[Any]]
RECORDING = ("transcript", "evaluation")
SESSION = ("scores", "feedback", "session_evaluation")
PERSON = 1  # query for the person who asks
PACES = 2  # queries for the pace of the stages and for the workers, every five seconds


@pytest.fixture
def backlog(place: Place) -> None:
    """A busy platform: workers, measured stages, other people's work, and several answers of one's own."""
    assert connection.features.supports_json_field  # Django asks SQLite once for each connection
    make_heartbeat(queues=["gpu", "cpu"])
    for number in range(12):
        done = make_run(state="completed", stage=Stage.DONE)
        make_stage_run(run=done, stage="transcribe", outcome="ok", ended_at=done.created_at)
        make_run(stage=Stage.EVALUATE if number % 2 else Stage.TRANSCRIBE)


def work_on(place: Place, *, answers: int) -> None:
    """Let several answers of the session wait, and one be worked on."""
    session = place.question.session
    for _ in range(answers):
        make_run(question=make_question(session=session))
    make_run(question=make_question(session=session), state="running", lease_token=uuid.uuid4())


@pytest.mark.usefixtures("backlog")
class TestAPoll:
    @pytest.mark.parametrize("name", RECORDING)
    def test_of_a_recordings_result_costs_two_queries(
        self, place: Place, name: str, django_assert_num_queries: Counting
    ) -> None:
        make_judged_run(place.question)

        with django_assert_num_queries(PERSON + 1):
            tag = place.get(name).headers["ETag"]
        with django_assert_num_queries(PERSON + 1):
            assert place.get(name, **{"If-None-Match": tag}).status_code == 304

    @pytest.mark.parametrize("name", SESSION)
    def test_of_a_sessions_result_costs_three_queries(
        self, place: Place, name: str, django_assert_num_queries: Counting
    ) -> None:
        make_judged_run(place.question)
        for _ in range(3):
            make_judged_run(make_question(session=place.question.session))
        save_score(place.question.session)
        save_feedback(place.question.session)

        with django_assert_num_queries(PERSON + 2):
            assert place.get(name).status_code == 200

    @pytest.mark.parametrize("name", RECORDING)
    @pytest.mark.parametrize("state", ["queued", "running"])
    def test_of_a_recording_in_work_costs_two_queries_and_two_more_every_five_seconds(
        self, place: Place, name: str, state: str, django_assert_num_queries: Counting
    ) -> None:
        make_run(question=place.question, state=state, lease_token=uuid.uuid4())
        with django_assert_num_queries(PERSON + 1 + PACES):
            assert place.get(name).status_code == 202

        with django_assert_num_queries(PERSON + 1):
            assert place.get(name).status_code == 202

    @pytest.mark.parametrize("answers", [1, 8])
    @pytest.mark.parametrize(
        ("name", "queries"), [*((name, 2) for name in SESSION), ("progress", 3)]
    )
    def test_of_a_session_in_work_costs_the_same_for_any_number_of_answers(
        self,
        place: Place,
        name: str,
        queries: int,
        answers: int,
        django_assert_num_queries: Counting,
    ) -> None:
        work_on(place, answers=answers)
        place.get(name)

        with django_assert_num_queries(PERSON + queries):
            place.get(name)
