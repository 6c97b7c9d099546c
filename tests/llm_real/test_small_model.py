"""
An interview with a real language model, the smallest there is.

A model of 135 million parameters follows the protocol and, held by the server's grammar, the schema; what it says is seldom
worth showing. So this tests both halves: real calls, counted and written down, and an interview that is whole whatever it says.
"""

import logging
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from http import HTTPStatus
from pathlib import Path
from typing import Any, Literal

import pytest

from pipeline.domain.ports import Prompt
from pipeline.llm.prompt_injection import Reply, schema_of
from pipeline.providers.chat_model import ChatModel
from tests.candidate import Candidate
from tests.llm_real.small_model import SmallModel
from tests.recordings import sample
from tests.running_stack import RunningStack
from tests.waiting import wait_until

logger = logging.getLogger(__name__)

PATIENCE = 240.0  # seconds: the model shares two cores with everything else


class Color(Reply):
    colour: Literal["red", "green", "blue"]


def environment(model: SmallModel) -> dict[str, str]:
    """Return the settings that name the model."""
    return {
        "LLM_PROVIDER": "openai",
        "LLM_BASE_URL": model.base_url,
        "LLM_MODEL": model.name,
        "LLM_FORMAT": "json_object",
        "LLM_TIMEOUT_SECONDS": "60",
    }


def warnings_of(answer: Any) -> list[str]:
    return [row["code"] for row in answer.json()["meta"].get("warnings", [])]


class TestTheModel:
    def test_follows_the_schema_and_counts_its_tokens(
        self, small_model: SmallModel, settings: Any, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("NO_PROXY", "127.0.0.1")
        for name, value in environment(small_model).items():
            setattr(settings, name, float(value) if value.isdigit() else value)
        prompt = Prompt(
            system="Answer in JSON.",
            user="What colour is grass?",
            schema=schema_of(Color),
            reply=Color,
            schema_name="colours",
            max_tokens=30,
        )

        completion = ChatModel.from_settings().complete_json(prompt)

        assert completion.payload["colour"] in {"red", "green", "blue"}
        assert completion.usage.prompt_tokens > 10
        assert 0 < completion.usage.completion_tokens <= 30


@pytest.fixture
def stack(small_model: SmallModel, tmp_path: Path) -> Iterator[RunningStack]:
    running = RunningStack(tmp_path / "data", NO_PROXY="127.0.0.1", **environment(small_model))
    running.start()
    yield running
    running.stop()


@pytest.mark.journey
class TestAnInterview:
    def test_is_whole_whatever_the_model_says(
        self,
        stack: RunningStack,
        small_model: SmallModel,
    ) -> None:
        with Candidate(stack.url) as candidate:
            candidate.register()
            candidate.create_session()
            questions, told = generate(candidate)
            candidate.upload(questions[0]["id"], sample("strong_answer.mp3"))
            candidate.transcribe(questions[0]["id"])
            candidate.ask_for_result("feedback", f"{candidate.feedback_path}/feedback")
            said = candidate.data("transcribe")["transcript"]
            report = candidate.data("feedback")
            about_report = warnings_of(candidate.answers["feedback"])

        calls = calls_of(stack)
        assert {purpose for purpose, *_ in calls} == {"questions", "feedback"}
        assert all(prompt_tokens > 0 for _, prompt_tokens, _ in calls)
        assert questions[0]["source"] == "openai" or any(code.startswith("llm_") for code in told)
        assert report["engine"] in {small_model.name, "rules"}
        assert (report["engine"] == "rules") == any(
            code.startswith("llm_") for code in about_report
        )
        assert all(remark["quote"] in said for remark in report["narrative"])
        assert report["summary"]
        assert report["resources"]
        by = (questions[0]["source"], report["engine"])
        logger.info("Calls: %s; question and feedback by %s", calls, by)


def generate(candidate: Candidate) -> tuple[list[Any], list[str]]:
    """Return the question, when it is there, and why it is not the model's; unknown where it came late."""
    answer = candidate.http.post(
        f"{candidate.session_path}/questions/generate",
        json={"num_questions": 1, "categories": ["technical"], "skills": ["SQL"]},
        headers={"Prefer": "wait=30"},
    )
    if answer.status_code == HTTPStatus.CREATED:
        return answer.json()["data"]["questions"], warnings_of(answer)
    assert answer.status_code == HTTPStatus.ACCEPTED

    def listed() -> list[Any]:
        data = candidate.http.get(answer.headers["Location"]).json()["data"]
        found: list[Any] = data["questions"]
        return found

    wait_until(listed, seconds=PATIENCE)
    return listed(), ["llm_too_late_to_be_told"]


def calls_of(stack: RunningStack) -> list[tuple[str, int, str]]:
    """Return purpose, prompt tokens and outcome of each call that was written down."""
    with closing(sqlite3.connect(stack.data_dir / "db.sqlite3")) as database:
        return database.execute(
            "SELECT purpose, prompt_tokens, outcome FROM pipeline_languagemodelcall ORDER BY id"
        ).fetchall()
