"""Without a key nothing leaves the machine: a whole interview, watched (`make offline-check` takes the network away)."""

import contextlib
import socket
from pathlib import Path

import pytest
from celery.exceptions import Ignore
from django.core.files.uploadedfile import SimpleUploadedFile

from pipeline import tasks
from pipeline.models import PipelineRun
from tests.integration.privacy.lives import Life
from tests.offline import is_at_home, watched
from tests.private_broker import PrivateBroker
from tests.recordings import sample

pytestmark = pytest.mark.django_db(transaction=True)


class TestTheWatch:
    def test_sees_whoever_leaves(self) -> None:
        with watched() as seen, contextlib.suppress(OSError), socket.socket() as outside:
            outside.settimeout(0.01)
            outside.connect(("192.0.2.1", 9))  # an address that leads nowhere: RFC 5737

        assert seen == ["socket.connect '192.0.2.1'"]

    @pytest.mark.parametrize(
        ("host", "home"),
        [
            ("127.0.0.1", True),
            ("::1", True),
            ("localhost", True),
            ("/run/server.sock", True),
            (None, True),
            ("10.0.0.1", False),
            ("api.openai.com", False),
            (b"huggingface.co", False),
        ],
    )
    def test_knows_what_is_at_home(self, host: object, home: bool) -> None:
        assert is_at_home(host) is home


@pytest.mark.speech
class TestAWholeInterview:
    def test_opens_no_connection_to_anywhere_else(
        self, uploads: Path, broker: PrivateBroker
    ) -> None:
        with watched() as seen:
            life = Life()
            life.register()
            life.open_interview(questions=1)
            [question] = life.questions
            content = sample("weak_answer.ogg").read_bytes()
            form = {"file": SimpleUploadedFile("answer.ogg", content)}
            path = life.path_of(question, "audio")
            assert life.api.post(path, form, format="multipart").status_code == 201
            run = PipelineRun.objects.get()
            for name in ("transcribe_answer", "evaluate_answer", "score_session", "write_feedback"):
                with contextlib.suppress(Ignore):  # the last one ends the chain
                    getattr(tasks, name).run(run_id=run.pk)
            for page in ("feedback", "report", "report?format=pdf"):
                life.api.get(f"/api/v1/feedback/sessions/{life.session['id']}/{page}")
            life.api.get("/health/ready")

        run.refresh_from_db()
        assert run.state == PipelineRun.State.COMPLETED
        assert seen == []
