"""`Prefer: wait`: answers that are held until the result is there."""

import threading
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from functools import partial
from typing import Any

import pytest
from django.db import connection, connections, transaction

from pipeline import events
from pipeline.models import PipelineRun, Stage
from pipeline.waiting import hold
from sessions.models import InterviewSession
from tests.factories import make_evaluation, make_run, make_transcript
from tests.integration.pipeline_http.conftest import (
    FAILED,
    Place,
    data_of,
    make_judged_run,
    make_working_run,
)
from tests.private_broker import PrivateBroker
from tests.waiting import wait_until

pytestmark = pytest.mark.django_db(transaction=True)

LONG = {"prefer": "wait=30"}
State = PipelineRun.State


def in_background(work: Callable[[], Any]) -> "Future[Any]":
    """Do the work in a thread of its own, with a database connection of its own."""

    def carry_out() -> Any:
        try:
            return work()
        finally:
            connections.close_all()

    pool = ThreadPoolExecutor(max_workers=1)
    future = pool.submit(carry_out)
    pool.shutdown(wait=False)
    return future


def listeners(broker: PrivateBroker, session: InterviewSession) -> int:
    """Return how many requests listen to the session."""
    channel = events.key(f"events:{session.uuid}")
    with broker.client() as client:
        return int(client.pubsub_numsub(channel)[0][1])


def wait_for_listener(broker: PrivateBroker, session: InterviewSession, *, many: int = 1) -> None:
    wait_until(lambda: listeners(broker, session) == many)


def finish(run: PipelineRun, *, stage: Stage = Stage.DONE) -> None:
    """Let the run reach a stage with its results, and say so."""
    make_transcript(run=run)
    if stage == Stage.DONE:
        make_evaluation(run=run)
    state = State.COMPLETED if stage == Stage.DONE else State.QUEUED
    PipelineRun.objects.filter(pk=run.pk).update(stage=stage, state=state)
    events.announce(run.session.uuid)


@dataclass
class Thing:
    """Something that is there, or not."""

    is_settled: bool


@dataclass
class Looker:
    """Sees what it was told to see, one thing after the other, and the last one again and again."""

    things: list[bool]
    looks: int = 0
    held_connections: list[Any] = field(default_factory=list)

    def __call__(self) -> Thing:
        connection.ensure_connection()
        self.held_connections.append(connections["default"])
        seen = self.things[min(self.looks, len(self.things) - 1)]
        self.looks += 1
        return Thing(seen)

    def has_looked(self, number: int) -> bool:
        """Tell whether it has looked so often."""
        return self.looks == number


class TestARequestThatWaits:
    @pytest.mark.parametrize("name", ["transcript", "evaluation"])
    def test_is_answered_when_the_result_is_there(
        self, place: Place, broker: PrivateBroker, name: str
    ) -> None:
        run = make_run(question=place.question)
        request = in_background(lambda: place.get(name, **LONG))
        wait_for_listener(broker, place.question.session)

        finish(run)

        response = request.result(timeout=20)
        assert data_of(response)["status"] == "completed"
        assert response.headers["Preference-Applied"] == "wait=30"
        assert listeners(broker, place.question.session) == 0

    @pytest.mark.parametrize(
        ("order", "field"), [("transcribe", "transcript"), ("evaluate", "summary")]
    )
    def test_may_be_an_order(
        self, place: Place, broker: PrivateBroker, order: str, field: str
    ) -> None:
        run = make_run(question=place.question)
        request = in_background(lambda: place.post(order, headers=LONG))
        wait_for_listener(broker, place.question.session)

        finish(run)

        response = request.result(timeout=20)
        assert data_of(response)[field]
        assert response.headers["Preference-Applied"] == "wait=30"
        assert "Location" not in response.headers

    def test_goes_on_waiting_after_news_of_other_things(
        self, place: Place, broker: PrivateBroker
    ) -> None:
        run = make_run(question=place.question)
        transcript = in_background(lambda: place.get("transcript", **LONG))
        evaluation = in_background(lambda: place.get("evaluation", **LONG))
        wait_for_listener(broker, place.question.session, many=2)

        finish(run, stage=Stage.EVALUATE)

        assert data_of(transcript.result(timeout=20))["status"] == "completed"
        assert not evaluation.done()
        make_evaluation(run=run)
        PipelineRun.objects.filter(pk=run.pk).update(stage=Stage.SCORE)
        events.announce(run.session.uuid)
        assert data_of(evaluation.result(timeout=20))["status"] == "completed"

    def test_is_answered_when_the_work_fails(self, place: Place, broker: PrivateBroker) -> None:
        run = make_run(question=place.question)
        request = in_background(lambda: place.get("transcript", **LONG))
        wait_for_listener(broker, place.question.session)

        PipelineRun.objects.filter(pk=run.pk).update(**FAILED)
        events.announce(run.session.uuid)

        assert data_of(request.result(timeout=20))["failure"]["code"] == "audio_missing"

    def test_may_be_about_the_whole_session(self, place: Place, broker: PrivateBroker) -> None:
        make_working_run(place.question, Stage.SCORE)
        request = in_background(lambda: place.get("progress", **LONG))
        wait_for_listener(broker, place.question.session)

        PipelineRun.objects.update(**FAILED)
        events.announce(place.question.session.uuid)

        response = request.result(timeout=20)
        assert data_of(response)["status"] == "failed"
        assert response.headers["Preference-Applied"] == "wait=30"

    def test_is_answered_with_what_is_there_once_its_time_is_over(
        self, place: Place, broker: PrivateBroker
    ) -> None:
        make_run(question=place.question)

        response = place.get("transcript", prefer="wait=1")

        assert data_of(response, status=202)["status"] == "queued"
        assert response.headers["Preference-Applied"] == "wait=1"
        assert response.headers["Retry-After"] == "1"  # the next wait may begin at once

    def test_is_answered_at_once_when_there_is_nothing_to_wait_for(
        self, place: Place, broker: PrivateBroker
    ) -> None:
        make_judged_run(place.question)

        response = place.get("transcript", **LONG)

        assert data_of(response)["status"] == "completed"
        assert response.headers["Preference-Applied"] == "wait=30"

    def test_waits_for_nothing_that_does_not_exist(
        self, place: Place, foreign: Place, broker: PrivateBroker
    ) -> None:
        assert place.get("transcript", **LONG).status_code == 404
        assert foreign.get("transcript", **LONG).status_code == 404

    def test_finds_out_that_the_question_is_gone(self, place: Place, broker: PrivateBroker) -> None:
        make_run(question=place.question)
        session = place.question.session
        request = in_background(lambda: place.get("transcript", **LONG))
        wait_for_listener(broker, session)

        session_uuid = session.uuid
        session.delete()
        events.announce(session_uuid)

        assert request.result(timeout=20).status_code == 404


class TestARequestThatCannotWait:
    def test_is_answered_at_once_past_the_cap(
        self, place: Place, broker: PrivateBroker, settings: Any
    ) -> None:
        settings.WAIT_MAX_REQUESTS = 1
        run = make_run(question=place.question)
        first = in_background(lambda: place.get("transcript", **LONG))
        wait_for_listener(broker, place.question.session)

        second = place.get("transcript", **LONG)

        assert data_of(second, status=202)["status"] == "queued"
        assert "Preference-Applied" not in second.headers
        finish(run)
        first.result(timeout=20)
        third = make_run(question=place.question)
        again = in_background(lambda: place.get("transcript", **LONG))
        wait_for_listener(broker, place.question.session)  # the place is free again
        finish(third)
        assert again.result(timeout=20).headers["Preference-Applied"] == "wait=30"

    def test_is_answered_at_once_while_the_events_server_is_away(
        self, place: Place, broker: PrivateBroker
    ) -> None:
        make_run(question=place.question)
        broker.kill()

        response = place.get("transcript", **LONG)

        assert data_of(response, status=202)["status"] == "queued"
        assert "Preference-Applied" not in response.headers

    def test_is_answered_when_the_events_server_goes_away(
        self, place: Place, broker: PrivateBroker
    ) -> None:
        make_run(question=place.question)
        request = in_background(lambda: place.get("transcript", **LONG))
        wait_for_listener(broker, place.question.session)

        broker.kill()

        response = request.result(timeout=20)
        assert data_of(response, status=202)["status"] == "queued"
        assert "Preference-Applied" not in response.headers

    @pytest.mark.parametrize("header", [{}, {"prefer": "wait=0"}, {"prefer": "respond-async"}])
    def test_did_not_ask_to(self, place: Place, header: dict[str, str]) -> None:
        make_run(question=place.question)

        response = place.get("transcript", **header)

        assert response.status_code == 202
        assert "Preference-Applied" not in response.headers


class TestListening:
    def test_may_begin_in_two_requests_at_once(
        self, interview_session: InterviewSession, broker: PrivateBroker
    ) -> None:
        def listen() -> bool:
            with events.subscription(interview_session.uuid) as news:
                return news.is_open

        for _ in range(10):
            events.server.cache_clear()  # as in a process that has just started
            both = [in_background(listen) for _ in range(4)]

            assert all(one.result(timeout=20) for one in both)


class TestHold:
    def test_looks_again_once_nothing_can_be_missed(
        self, interview_session: InterviewSession, broker: PrivateBroker
    ) -> None:
        look = Looker([False, True])  # it came between the first look and the subscription

        held = hold(look, session_uuid=interview_session.uuid, seconds=30)

        assert (held.seen.is_settled, held.honoured, look.looks) == (True, True, 2)

    def test_looks_once_for_each_piece_of_news(
        self, interview_session: InterviewSession, broker: PrivateBroker
    ) -> None:
        look = Looker([False, False, False, True])
        waiting = in_background(lambda: hold(look, session_uuid=interview_session.uuid, seconds=30))

        for number in (2, 3):
            wait_until(partial(look.has_looked, number))
            events.announce(interview_session.uuid)

        assert waiting.result(timeout=20).seen.is_settled
        assert look.looks == 4

    def test_does_not_look_while_nothing_happens(
        self, interview_session: InterviewSession, broker: PrivateBroker
    ) -> None:
        look = Looker([False])

        held = hold(look, session_uuid=interview_session.uuid, seconds=0.5)

        assert (held.seen.is_settled, held.honoured, look.looks) == (False, True, 2)

    def test_holds_no_connection_to_the_database(
        self, interview_session: InterviewSession, broker: PrivateBroker
    ) -> None:
        look = Looker([False])
        waiting = in_background(lambda: hold(look, session_uuid=interview_session.uuid, seconds=30))
        wait_until(lambda: look.looks == 2)
        held = look.held_connections[0]

        wait_until(lambda: held.connection is None)

        look.things = [True]
        events.announce(interview_session.uuid)
        assert waiting.result(timeout=20).seen.is_settled

    def test_leaves_a_transaction_alone(
        self, interview_session: InterviewSession, broker: PrivateBroker
    ) -> None:
        with transaction.atomic():
            hold(Looker([False]), session_uuid=interview_session.uuid, seconds=0.1)
            assert InterviewSession.objects.filter(pk=interview_session.pk).exists()

    def test_waits_side_by_side(
        self, interview_session: InterviewSession, broker: PrivateBroker
    ) -> None:
        there = threading.Event()

        def look() -> Thing:
            return Thing(there.is_set())

        waiting = [
            in_background(lambda: hold(look, session_uuid=interview_session.uuid, seconds=30))
            for _ in range(4)
        ]
        wait_for_listener(broker, interview_session, many=4)

        there.set()
        events.announce(interview_session.uuid)

        assert all(one.result(timeout=20).seen.is_settled for one in waiting)
