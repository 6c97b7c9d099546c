"""Neither logs nor the broker nor metrics nor error reports hold a word of anybody's."""

import logging
import re
from typing import Any

import pytest
from django.db import IntegrityError, connection

from accounts.models import User
from interview_platform.log_lines import LineFormatter
from pipeline import tasks
from pipeline.domain.ports import Judges, TransientError
from pipeline.domain.values import Transcript
from pipeline.models import PipelineRun
from pipeline.providers import registry
from tests.integration.pipeline.queues import raw_messages
from tests.integration.privacy.lives import EMAIL, NAME, PASSWORD, SAID, Life, canaries_in
from tests.private_broker import PrivateBroker

pytestmark = pytest.mark.django_db(transaction=True)

STAGES = (
    tasks.transcribe_answer,
    tasks.evaluate_answer,
    tasks.score_session,
    tasks.write_feedback,
)


class Recogniser:
    """Hears the person's words; has trouble with the first answer."""

    def __init__(self) -> None:
        self.calls = 0

    def transcribe(self, *_: Any, **__: Any) -> Transcript:
        self.calls += 1
        if self.calls == 1:
            raise TransientError("storage_unavailable", "The storage could not be read.")
        return Transcript(text=SAID, language="en", duration=1.0, model="test")


@pytest.fixture
def no_judges(monkeypatch: pytest.MonkeyPatch) -> None:
    """Judging without models: what they think is not asked here."""
    monkeypatch.setattr(
        registry, "judges", lambda **_: Judges(encoder=None, parser=None, grammar=None)
    )
    recogniser = Recogniser()
    monkeypatch.setattr(registry, "speech_to_text", lambda: recogniser)


def work_through(run: PipelineRun) -> None:
    """Do what workers do, without a worker."""
    for task in STAGES:
        task.apply(kwargs={"run_id": run.pk})


def live(life: Life) -> None:
    """Do all that a person does, right and wrong."""
    for question in life.questions[:2]:
        work_through(life.record(question))
    work_through(life.write(life.questions[2]))
    life.api.get(f"/api/v1/feedback/sessions/{life.session['id']}/scores")
    life.api.post("/api/v1/users/register", {"email": EMAIL, "password": "x", "full_name": NAME})
    anonymous = type(life.api)(raise_request_exception=False)
    body = {"email": EMAIL, "password": f"not {PASSWORD}"}
    assert anonymous.post("/api/v1/users/login", body, format="json").status_code == 401
    anonymous.post("/api/v1/users/password/reset", {"email": EMAIL}, format="json")


def formatted(records: list[logging.LogRecord]) -> str:
    formatter = LineFormatter("%(name)s %(message)s")
    return "\n".join(formatter.format(record) for record in records)


class TestLogs:
    def test_hold_no_word_of_the_person(
        self, life: Life, broker: PrivateBroker, no_judges: None, caplog: pytest.LogCaptureFixture
    ) -> None:
        caplog.set_level(logging.DEBUG)
        life.api.post("/api/v1/users/login", {"email": EMAIL, "password": PASSWORD}, format="json")

        live(life)

        text = formatted(caplog.records)
        assert "storage_unavailable" in text or "could not be read" in text  # something was logged
        assert canaries_in(text) == []
        assert PASSWORD not in text

    def test_hold_no_word_when_something_is_broken(
        self,
        life: Life,
        broker: PrivateBroker,
        no_judges: None,
        caplog: pytest.LogCaptureFixture,
        monkeypatch: pytest.MonkeyPatch,
    ) -> None:
        run = life.write(life.questions[0])

        def surprise(**_: Any) -> Judges:
            raise RuntimeError("a bug")

        monkeypatch.setattr(registry, "judges", surprise)
        tasks.evaluate_answer.apply(kwargs={"run_id": run.pk})

        text = formatted(caplog.records)
        assert "a bug" in text
        assert canaries_in(text) == []

    def test_hold_no_row_that_the_database_quotes(
        self, life: Life, caplog: pytest.LogCaptureFixture
    ) -> None:
        try:
            User.objects.create_user(EMAIL, full_name=NAME)
        except IntegrityError:
            logging.getLogger("django.request").exception("Internal Server Error")

        text = formatted(caplog.records)
        assert "IntegrityError" in text
        assert canaries_in(text) == []
        if connection.vendor == "postgresql":
            assert canaries_in(logging.Formatter().format(caplog.records[-1])) != []

    def test_leave_the_rest_of_an_error_as_it_is(self) -> None:
        quoted = "null value\nDETAIL:  Failing row contains (1,\n Zebulon Quarrington).\nHINT:  Think.\n\nThe above exception was"
        record = logging.LogRecord("x", logging.ERROR, "", 0, quoted, None, None)

        text = LineFormatter().format(record)

        assert canaries_in(text) == []
        assert text.startswith("null value\nDETAIL: left out")
        assert text.endswith("\nHINT:  Think.\n\nThe above exception was")


class TestTheBroker:
    def test_carries_ids_only(
        self, life: Life, broker: PrivateBroker, no_judges: None, settings: Any
    ) -> None:
        settings.EMAIL_URL = "smtp://localhost"
        live(life)

        text = raw_messages(broker) + everything_in_the_broker(broker)

        assert "run_id" in text
        assert canaries_in(text) == []
        assert life.data["id"] not in text
        assert not re.search(r"[\w.]+@[\w-]+\.example", text)


class TestMetrics:
    def test_count_and_name_nobody(
        self, life: Life, broker: PrivateBroker, no_judges: None
    ) -> None:
        live(life)

        text = life.api.get("/metrics").content.decode()

        assert "interview" in text
        assert canaries_in(text) == []
        assert life.data["id"] not in text
        assert life.session["id"] not in text


class TestErrorsThatGoOut:
    def test_say_nothing_of_what_broke(self, life: Life, monkeypatch: pytest.MonkeyPatch) -> None:
        def surprise(**_: Any) -> None:
            raise RuntimeError(SAID)

        monkeypatch.setattr("sessions.selectors.list_questions", surprise)

        response = life.api.get(f"/api/v1/interviews/sessions/{life.session['id']}/questions")

        assert response.status_code == 500
        assert canaries_in(response.content.decode()) == []
        assert "Traceback" not in response.content.decode()


def everything_in_the_broker(broker: PrivateBroker) -> str:
    """Return every key and value, whatever its kind, as text."""
    found = []
    with broker.client() as client:
        for key in client.scan_iter("*"):
            readers = {
                b"string": client.get,
                b"list": lambda name: client.lrange(name, 0, -1),
                b"hash": client.hgetall,
                b"set": client.smembers,
                b"zset": lambda name: client.zrange(name, 0, -1),
            }
            found.append(f"{key!r} {readers[client.type(key)](key)!r}")
    return "\n".join(found)
