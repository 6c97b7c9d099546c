"""A language model's server that the settings name, and a worker that takes what is sent to it at once."""

from collections.abc import Iterator
from typing import Any

import pytest

from pipeline import tasks
from pipeline.providers import registry
from pipeline.runs import dispatch
from tests.factories import make_heartbeat
from tests.integration.llm.chat_server import ChatServer
from tests.integration.pipeline_http.conftest import (  # noqa: F401 - fixtures
    foreign,
    fresh_paces,
    place,
)

KEY = "sk-test-key"


@pytest.fixture
def server(settings: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[ChatServer]:
    """A language model's server, which the settings name."""
    chat_server = ChatServer()
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    settings.LLM_PROVIDER = "openai"
    settings.LLM_BASE_URL = chat_server.base_url
    settings.LLM_API_KEY = KEY
    settings.LLM_MODEL = "small"
    settings.LLM_TIMEOUT_SECONDS = 5.0
    registry.language_model.cache_clear()
    yield chat_server
    chat_server.close()
    registry.language_model.cache_clear()


@pytest.fixture
def worker(db: None, monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """A worker that lives, and carries out each job in the moment in which it is sent; the jobs that it got."""
    make_heartbeat(name="cpu@test", queues=["cpu"])
    taken: list[int] = []

    def take(task: str, *, job_id: int) -> bool:
        assert task == "pipeline.tasks.write_questions"
        taken.append(job_id)
        tasks.write_questions.run(job_id=job_id)
        return True

    monkeypatch.setattr(dispatch, "send", take)
    return taken


@pytest.fixture
def nobody_takes_it(db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    """A broker that takes messages which no worker hears."""
    make_heartbeat(name="cpu@test", queues=["cpu"])
    monkeypatch.setattr(dispatch, "send", lambda *_, **__: True)
