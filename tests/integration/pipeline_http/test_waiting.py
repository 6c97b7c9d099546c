"""`Prefer: wait`: answers that are held until the result is there."""

import threading
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any, cast

import pytest
from django.db import connections
from django.db.backends.signals import connection_created

from accounts.models import User
from accounts.tokens import issue_tokens
from pipeline.api import selectors
from pipeline.api.event_listener import EventListener
from pipeline.models import PipelineRun, Stage
from pipeline.runs import notifications, services
from sessions.models import Question
from tests.factories import make_evaluation, make_run, make_transcript
from tests.gateway import GatewayClient
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


def wait_for_listener(place: Place, *, many: int = 1) -> None:
    """Return when so many requests wait."""
    wait_until(lambda: listener_of(place).waiting == many)


def listener_of(place: Place) -> EventListener:
    return cast(GatewayClient, cast(Any, place.api)).listener


def finish(run: PipelineRun, *, stage: Stage = Stage.DONE) -> None:
    """Let the run reach a stage with its results, and say so."""
    make_transcript(run=run)
    if stage == Stage.DONE:
        make_evaluation(run=run)
    state = State.COMPLETED if stage == Stage.DONE else State.QUEUED
    PipelineRun.objects.filter(pk=run.pk).update(stage=stage, state=state)
    notifications.announce(run.session.uuid)


@pytest.fixture
def place(alice: User, question: Question, broker: PrivateBroker) -> Iterator[Place]:
    """Alice's question, seen by Alice through the gateway."""
    with GatewayClient(token=issue_tokens(alice).access) as client:
        yield Place(cast(Any, client), question)


@pytest.fixture
def looks(monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """What was seen at each look for a transcript."""
    seen: list[Any] = []
    find = selectors.find_transcript

    def look(**options: Any) -> Any:
        seen.append(find(**options))
        return seen[-1]

    monkeypatch.setattr(selectors, "find_transcript", look)
    return seen


class TestARequestThatWaits:
    @pytest.mark.parametrize("name", ["transcript", "evaluation"])
    def test_is_answered_when_the_result_is_there(
        self, place: Place, broker: PrivateBroker, name: str
    ) -> None:
        run = make_run(question=place.question)
        request = in_background(lambda: place.get(name, **LONG))
        wait_for_listener(place)

        finish(run)

        response = request.result(timeout=20)
        assert data_of(response)["status"] == "completed"
        assert response.headers["Preference-Applied"] == "wait=30"
        assert listener_of(place).waiting == 0

    @pytest.mark.parametrize(
        ("order", "field"), [("transcribe", "transcript"), ("evaluate", "summary")]
    )
    def test_may_be_an_order(
        self, place: Place, broker: PrivateBroker, order: str, field: str
    ) -> None:
        run = make_run(question=place.question)
        request = in_background(lambda: place.post(order, headers=LONG))
        wait_for_listener(place)

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
        wait_for_listener(place, many=2)

        finish(run, stage=Stage.EVALUATE)

        assert data_of(transcript.result(timeout=20))["status"] == "completed"
        assert not evaluation.done()
        make_evaluation(run=run)
        PipelineRun.objects.filter(pk=run.pk).update(stage=Stage.SCORE)
        notifications.announce(run.session.uuid)
        assert data_of(evaluation.result(timeout=20))["status"] == "completed"

    def test_is_answered_when_the_work_fails(self, place: Place, broker: PrivateBroker) -> None:
        run = make_run(question=place.question)
        request = in_background(lambda: place.get("transcript", **LONG))
        wait_for_listener(place)

        PipelineRun.objects.filter(pk=run.pk).update(**FAILED)
        notifications.announce(run.session.uuid)

        assert data_of(request.result(timeout=20))["failure"]["code"] == "audio_missing"

    def test_may_be_about_the_whole_session(self, place: Place, broker: PrivateBroker) -> None:
        make_working_run(place.question, Stage.SCORE)
        request = in_background(lambda: place.get("progress", **LONG))
        wait_for_listener(place)

        PipelineRun.objects.update(**FAILED)
        notifications.announce(place.question.session.uuid)

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
        wait_for_listener(place)

        session_uuid = session.uuid
        session.delete()
        notifications.announce(session_uuid)

        assert request.result(timeout=20).status_code == 404


class TestARequestThatCannotWait:
    def test_is_answered_at_once_past_the_cap(
        self, place: Place, broker: PrivateBroker, settings: Any
    ) -> None:
        settings.WAIT_MAX_REQUESTS = 1
        run = make_run(question=place.question)
        first = in_background(lambda: place.get("transcript", **LONG))
        wait_for_listener(place)

        second = place.get("transcript", **LONG)

        assert data_of(second, status=202)["status"] == "queued"
        assert "Preference-Applied" not in second.headers
        finish(run)
        first.result(timeout=20)
        third = make_run(question=place.question)
        again = in_background(lambda: place.get("transcript", **LONG))
        wait_for_listener(place)  # the place is free again
        finish(third)
        assert again.result(timeout=20).headers["Preference-Applied"] == "wait=30"

    def test_is_answered_at_once_past_the_cap_of_its_user(
        self, place: Place, broker: PrivateBroker, settings: Any
    ) -> None:
        settings.WAIT_MAX_REQUESTS_PER_USER = 0
        make_run(question=place.question)

        response = place.get("transcript", **LONG)

        assert data_of(response, status=202)["status"] == "queued"
        assert "Preference-Applied" not in response.headers

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
        wait_for_listener(place)

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


class TestWaiting:
    def test_takes_one_look_before_and_one_for_each_event(
        self, place: Place, looks: list[Any]
    ) -> None:
        run = make_run(question=place.question)
        request = in_background(lambda: place.get("transcript", "?attempt=1", **LONG))
        wait_for_listener(place)
        assert len(looks) == 1

        finish(run)

        assert request.result(timeout=20).status_code == 200
        assert len(looks) == 2

    def test_misses_nothing_that_happens_before_it_begins(
        self, place: Place, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        run = make_run(question=place.question)
        find = selectors.find_transcript

        def look_too_early(**options: Any) -> Any:
            seen = find(**options)
            if not seen.is_settled:
                finish(run)
            return seen

        monkeypatch.setattr(selectors, "find_transcript", look_too_early)

        response = place.get("transcript", "?attempt=1", **LONG)

        assert data_of(response)["status"] == "completed"

    def test_holds_neither_a_connection_to_the_database_nor_a_thread(self, place: Place) -> None:
        used: list[Any] = []

        def note(connection: Any, **_: Any) -> None:
            used.append(connection)

        run = make_run(question=place.question)
        before = threading.active_count()
        connection_created.connect(note)
        try:
            request = in_background(lambda: place.get("transcript", "?attempt=1", **LONG))
            wait_for_listener(place)
            wait_until(lambda: all(one.connection is None for one in used))
        finally:
            connection_created.disconnect(note)

        assert used
        assert threading.active_count() <= before + 1  # the one of this test
        finish(run)
        request.result(timeout=20)

    def test_does_what_was_ordered_once(
        self, place: Place, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        orders: list[Any] = []
        monkeypatch.setattr(services, "ask_for_transcript", lambda run, **_: orders.append(run))
        run = make_run(question=place.question)
        request = in_background(lambda: place.post("transcribe", headers=LONG))
        wait_for_listener(place)

        finish(run)

        assert request.result(timeout=20).status_code == 200
        assert orders == [run]

    def test_keeps_its_idempotency_key(self, place: Place) -> None:
        headers = {**LONG, "Idempotency-Key": "one"}
        run = make_run(question=place.question)
        request = in_background(lambda: place.post("transcribe", headers=headers))
        wait_for_listener(place)

        meanwhile = place.post("transcribe", headers=headers)
        finish(run)

        assert meanwhile.status_code == 409
        first = request.result(timeout=20)
        again = place.post("transcribe", headers=headers)
        assert data_of(again) == data_of(first)
        assert again.headers["Idempotency-Replayed"] == "true"
