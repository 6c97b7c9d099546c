"""RabbitMQ as the broker, by `BROKER_URL` alone: a real node, where the machine has one."""

import hashlib
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from celery import current_app
from django.conf import settings as project_settings
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import connection as database
from kombu import Queue
from kombu.exceptions import OperationalError

from interview_platform.stack import parts
from interview_platform.stack.config import StackConfig
from interview_platform.stack.processes import Part, stop
from pipeline.models import PipelineRun, StageRun
from pipeline.ports import BrokerAway
from pipeline.providers.broker_rabbitmq import EPOCH, RabbitMqBroker
from tests.chaos.recordings import Kind, Marked, make_recording
from tests.environment import isolated
from tests.factories import make_run
from tests.integration.broker.conftest import connection_to, there_and_back
from tests.rabbitmq import RabbitMq
from tests.waiting import wait_until

QUORUM = "quorum"
MANY = 1000  # publications
PATIENCE_OF_THE_API = {"socket_timeout": 0.7}  # as `parts.API_ENVIRONMENT` has it


def seconds_of_the_publication_that_fails(producer: Any) -> float:
    """Publish until it fails, as a process that is told to stop takes its time; return how long the last one took."""
    for _ in range(MANY):
        began = time.monotonic()
        try:
            producer.publish({}, routing_key="nowhere")
        except TimeoutError:
            return time.monotonic() - began
    raise AssertionError("the broker does not hang")


@pytest.fixture
def asked(rabbitmq: RabbitMq, monkeypatch: pytest.MonkeyPatch) -> RabbitMqBroker:
    """The broker, as the platform asks it about itself."""
    monkeypatch.setattr(current_app, "connection_for_write", lambda: connection_to(rabbitmq.url))
    return RabbitMqBroker()


class TestMessages:
    @pytest.mark.parametrize("address", ["url", "tls_url"])
    def test_are_confirmed_and_come_back(self, rabbitmq: RabbitMq, address: str) -> None:
        with connection_to(getattr(rabbitmq, address)) as connection:
            assert dict(connection.transport_options or {})["confirm_publish"]
            assert there_and_back(connection, queue_type=QUORUM) == {"said": "hello"}

    def test_are_not_told_to_a_server_that_nobody_vouches_for(self, rabbitmq: RabbitMq) -> None:
        stranger = rabbitmq.tls_url.partition("?")[0]

        with pytest.raises(OperationalError), connection_to(stranger) as connection:
            connection.ensure_connection(max_retries=1, interval_start=0)

    def test_do_not_hold_up_an_upload_when_the_broker_hangs(self, rabbitmq: RabbitMq) -> None:
        with connection_to(rabbitmq.url, **PATIENCE_OF_THE_API) as connection:
            producer = connection.Producer()
            producer.publish({}, routing_key="nowhere")
            rabbitmq.hang()
            try:
                waited = seconds_of_the_publication_that_fails(producer)
            finally:
                rabbitmq.resume()

        assert waited < 3.0


class TestTheBroker:
    def test_keeps_our_mark_as_long_as_its_queues(
        self, asked: RabbitMqBroker, rabbitmq: RabbitMq
    ) -> None:
        with connection_to(rabbitmq.url) as connection:
            Queue(EPOCH, channel=connection.default_channel).delete()
        before = asked.life()
        asked.mark(before)

        assert not before.is_marked
        assert asked.life().is_marked

    def test_tells_what_lies_in_it(self, asked: RabbitMqBroker, rabbitmq: RabbitMq) -> None:
        with connection_to(rabbitmq.url) as connection:
            queue = connection.SimpleQueue("counted")
            queue.clear()
            queue.put({})
            queue.close()

        assert asked.waiting(["counted", "never-made"]) == {"counted": 1, "never-made": 0}
        assert asked.unacknowledged() is None

    def test_is_away_when_nobody_is_there(self, monkeypatch: pytest.MonkeyPatch) -> None:
        nobody = "amqp://guest:guest@127.0.0.1:1//"
        monkeypatch.setattr(current_app, "connection_for_write", lambda: connection_to(nobody))

        with pytest.raises(BrokerAway):
            RabbitMqBroker().ping()


class TestARun:
    @pytest.mark.journey
    @pytest.mark.django_db(transaction=True)
    def test_goes_through_all_stages_on_a_real_worker(
        self, rabbitmq: RabbitMq, tmp_path: Path
    ) -> None:
        run = recorded(1)
        with worker(rabbitmq, tmp_path):
            wait_until(lambda: reload(run).state == PipelineRun.State.COMPLETED)
            again = recorded(2)  # the worker's reconciler has marked the broker by now
            wait_until(lambda: reload(again).state == PipelineRun.State.COMPLETED)

        tries = StageRun.objects.filter(run=run).order_by("pk").values_list("stage", "outcome")
        stages = ("transcribe", "evaluate", "score", "feedback")
        assert list(tries) == [(stage, "ok") for stage in stages]
        with connection_to(rabbitmq.url) as connection:
            for name in project_settings.QUEUES:  # another kind under this name would be refused
                queue = Queue(name, queue_arguments={"x-queue-type": "quorum"})
                queue.bind(connection.default_channel).queue_declare()


def recorded(number: int) -> PipelineRun:
    """Return the run of a recording that was kept, and that nobody has told a worker of."""
    content = make_recording(Marked(number, Kind.GOOD))
    key = default_storage.save(f"tests/rabbitmq-{number}.wav", ContentFile(content))
    sha256 = hashlib.sha256(content).hexdigest()
    return make_run(audio_key=key, audio_sha256=sha256, audio_format="wav")


def reload(run: PipelineRun) -> PipelineRun:
    """Return the run as it stands."""
    run.refresh_from_db()
    return run


@contextmanager
def worker(rabbitmq: RabbitMq, directory: Path) -> Iterator[Part]:
    """Run a worker of all queues, with stand-ins for the models, on the rows of this test."""
    config = StackConfig(
        data_dir=directory,
        host="127.0.0.1",
        port=1,
        broker_url=rabbitmq.url,
        database_url=database_url(),
        gpu_concurrency=1,
        cpu_concurrency=1,
    )
    config.logs.mkdir()
    part = parts.worker(config, name="all", queues="gpu,cpu,maint", options=("--concurrency=1",))
    part.command = ["tests.chaos.worker_app" if w == "celery_app" else w for w in part.command]
    part.environment = {**environment(rabbitmq, directory), **part.environment}
    part.start()
    try:
        yield part
    finally:
        stop([part], seconds=20, impatient=lambda: False)


def environment(rabbitmq: RabbitMq, directory: Path) -> dict[str, str]:
    """Return what makes a worker work on the rows and recordings of this test."""
    return isolated(
        DJANGO_SETTINGS_MODULE="interview_platform.settings",
        DATA_DIR=str(directory),
        DATABASE_URL=database_url(),
        STORAGE_URL=f"file://{project_settings.MEDIA_ROOT}",
        BROKER_URL=rabbitmq.url,
        SECRET_KEY="a-key-of-the-tests-that-signs-nothing-of-worth-0123456789",
        JWT_SIGNING_KEY="another-key-of-the-tests-for-their-tokens-9876543210",
        RECONCILE_SECONDS="0.5",
        SOFT_SHUTDOWN_SECONDS="1",
        WORKER_PRELOAD="no",
        LOG_LEVEL="INFO",
        CHAOS_EXECUTIONS=str(directory / "executions"),
        CHAOS_STAGE_SECONDS="0",
        CHAOS_STAND_IN_JUDGE="1",
    )


def database_url() -> str:
    """Return where the rows of this test are."""
    own: dict[str, Any] = database.settings_dict
    if database.vendor == "sqlite":
        return f"sqlite:///{own['NAME']}"
    return f"postgresql://{own['USER']}@{own['HOST']}:{own['PORT']}/{own['NAME']}"
