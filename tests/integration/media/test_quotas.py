"""What one person may use within an hour, as a client sees it."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
import time_machine
from django.db import connection, transaction
from rest_framework.test import APIClient

from accounts.models import User
from media.models import AudioAnswer
from pipeline import quotas
from pipeline.llm import client
from pipeline.models import HourlyUse, PipelineRun
from sessions.models import Question
from tests.factories import make_question, make_session
from tests.integration.media.conftest import Uploader, detail, needs_clock
from tests.recordings import wave_bytes


@pytest.fixture
def clock() -> Iterator[time_machine.Traveller]:
    """It is twenty to, and no second passes. Ask for it before anybody logs in."""
    with time_machine.travel("2026-01-31T12:40:00Z", tick=False) as coordinates:
        yield coordinates


def generate(api: APIClient, question: Question, number: int) -> Any:
    path = f"/api/v1/interviews/sessions/{question.session.uuid}/questions/generate"
    return api.post(path, {"num_questions": number, "replace": True}, format="json")


@pytest.mark.django_db
class TestQuotasOfUploads:
    @needs_clock
    def test_say_what_is_left(
        self, clock: time_machine.Traveller, uploader: Uploader, settings: Any
    ) -> None:
        settings.QUOTA_UPLOADS, settings.QUOTA_BYTES = 3, 100_000
        settings.QUOTA_AUDIO_SECONDS, settings.QUOTA_RUNS = 0, 5

        headers = uploader.send(wave_bytes()).headers

        assert headers["RateLimit-Policy"] == (
            '"uploads";q=3;w=3600;qu="requests", "bytes";q=100000;w=3600;qu="content-bytes", '
            '"runs";q=5;qu="concurrent-requests"'
        )
        assert headers["RateLimit"] == '"uploads";r=2;t=1200, "bytes";r=67956;t=1200, "runs";r=4'

    @needs_clock
    def test_refuse_one_more_and_say_when_to_come_again(
        self, clock: time_machine.Traveller, uploader: Uploader, settings: Any
    ) -> None:
        settings.QUOTA_UPLOADS = 1
        uploader.upload()

        refused = uploader.send()

        assert detail(refused) == (429, "uploads", "over_quota")
        assert refused.headers["Retry-After"] == "1200"
        assert '"uploads";r=0;t=1200' in refused.headers["RateLimit"]
        clock.shift(1200)
        uploader.upload()

    @pytest.mark.parametrize(
        ("setting", "limit", "name"),
        [("QUOTA_BYTES", 40_000, "bytes"), ("QUOTA_AUDIO_SECONDS", 1, "audio-seconds")],
    )
    def test_refuse_by_what_was_measured_and_leave_nothing(
        self, uploader: Uploader, settings: Any, setting: str, limit: int, name: str
    ) -> None:
        setattr(settings, setting, limit)

        assert detail(uploader.send(wave_bytes(frames=40_000))) == (429, name, "over_quota")

        uploader.assert_nothing_is_left()
        uploader.upload(wave_bytes(frames=8000))

    def test_refuse_more_answers_in_work_than_there_may_be(
        self, uploader: Uploader, settings: Any
    ) -> None:
        settings.QUOTA_RUNS = 1
        uploader.upload()

        refused = uploader.send()

        assert detail(refused) == (429, "runs", "over_quota")
        assert refused.headers["Retry-After"] == "10"
        PipelineRun.objects.update(state=PipelineRun.State.COMPLETED)
        uploader.upload()

    def test_are_not_used_by_what_is_refused(self, uploader: Uploader, settings: Any) -> None:
        settings.QUOTA_UPLOADS = 1

        assert uploader.send(b"no recording").status_code == 415
        uploader.upload()

    def test_are_not_used_by_a_replay(self, uploader: Uploader, settings: Any) -> None:
        settings.QUOTA_UPLOADS = 1
        key = {"Idempotency-Key": "once"}
        uploader.upload(headers=key)

        again = uploader.send(headers=key)

        assert (again.status_code, again.headers["Idempotency-Replayed"]) == (201, "true")
        assert '"uploads";r=0' in again.headers["RateLimit"]
        assert AudioAnswer.objects.count() == 1

    def test_are_each_persons_own(
        self, uploader: Uploader, settings: Any, mallory: User, client_for: Callable[..., APIClient]
    ) -> None:
        settings.QUOTA_UPLOADS = 1
        uploader.upload()
        theirs = make_question(session=make_session(owner=mallory))

        Uploader(client_for(mallory), theirs, uploader.storage).upload()

    def test_count_typed_answers_as_well(self, uploader: Uploader, settings: Any) -> None:
        settings.QUOTA_UPLOADS = 1
        path = uploader.path.replace("/audio", "/answer")
        body = {"text": "We finished in time, because I had asked for help."}

        first, second = (uploader.api.post(path, body, format="json") for _ in range(2))

        assert (first.status_code, second.status_code) == (201, 429)

    @pytest.mark.parametrize("setting", ["QUOTA_UPLOADS", "QUOTA_BYTES", "QUOTA_RUNS"])
    def test_are_no_limit_at_zero(self, uploader: Uploader, settings: Any, setting: str) -> None:
        for quota in quotas.QUOTAS.values():
            setattr(settings, quota.setting, 0)

        response = uploader.send()

        assert response.status_code == 201
        assert "RateLimit" not in response.headers
        assert not HourlyUse.objects.exists()


@pytest.mark.django_db
class TestQuotasOfQuestions:
    def test_refuse_and_leave_the_questions_there_were(
        self, uploader: Uploader, settings: Any
    ) -> None:
        settings.QUOTA_QUESTIONS = 5
        first = generate(uploader.api, uploader.question, 3)

        refused = generate(uploader.api, uploader.question, 3)

        assert '"questions";r=2' in first.headers["RateLimit"]
        assert detail(refused) == (429, "questions", "over_quota")
        assert Question.objects.filter(session=uploader.question.session).count() == 3
        assert generate(uploader.api, uploader.question, 2).status_code == 201


@pytest.mark.django_db
class TestQuotasOfTokens:
    def test_end_with_the_hour_and_take_back_what_was_not_consumed(
        self, clock: time_machine.Traveller, alice: User, settings: Any
    ) -> None:
        settings.QUOTA_TOKENS = 1000
        client.settle(client.set_aside(owner=alice, tokens=800), tokens=300)
        client.set_aside(owner=alice, tokens=700)

        with pytest.raises(client.OutOfBudget, match="this hour"):
            client.set_aside(owner=alice, tokens=1)

        clock.shift(1200)
        client.set_aside(owner=alice, tokens=1000)


@pytest.mark.django_db(transaction=True)
class TestTheLastPlace:
    def test_is_given_once_to_twenty_who_want_it(self, alice: User, settings: Any) -> None:
        settings.QUOTA_UPLOADS = 5
        make_session(owner=alice)

        def take(_: int) -> bool:
            try:
                with transaction.atomic():
                    quotas.take(alice.pk, {"uploads": 1})
            except quotas.OverQuota:
                return False
            finally:
                connection.close()
            return True

        with ThreadPoolExecutor(20) as pool:
            taken = list(pool.map(take, range(20)))

        assert sum(taken) == 5
        assert HourlyUse.objects.get().uploads == 5

    def test_in_work_is_given_once_to_two_uploads_side_by_side(
        self, uploader: Uploader, settings: Any
    ) -> None:
        settings.QUOTA_RUNS = 1

        def send(frames: int) -> int:
            try:
                return int(uploader.send(wave_bytes(frames=frames)).status_code)
            finally:
                connection.close()

        with ThreadPoolExecutor(4) as pool:
            statuses = sorted(pool.map(send, range(8000, 8004)))

        assert statuses == [201, 429, 429, 429]


@pytest.mark.django_db
class TestOldHours:
    def test_are_forgotten(self, alice: User) -> None:
        HourlyUse.objects.create(owner=alice, hour="2026-01-01T12:00Z")
        quotas.take(alice.pk, {"uploads": 1})

        assert quotas.forget_old_hours() == 1
        assert HourlyUse.objects.count() == 1
