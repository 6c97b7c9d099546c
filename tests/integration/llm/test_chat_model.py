import json
import logging
import time
from typing import Any

import pytest

from pipeline.domain.ports import LanguageModelError, Prompt, TransientError, Usage
from pipeline.llm.prompt_injection import Reply, schema_of
from pipeline.providers.chat_model import GOOGLE_BASE_URL, ChatModel
from pipeline.questions.selection import QuestionRequest, parse_questions, question_prompt
from tests.integration.llm.chat_server import ANSWER, BODIES, ChatServer, completion
from tests.integration.llm.conftest import KEY


class Question(Reply):
    text: str


class Questions(Reply):
    questions: list[Question]


SCHEMA = schema_of(Questions)

CODES = {
    "rate limited": "llm_rate_limited",
    "server error": "llm_unavailable",
    "wrong key": "llm_unavailable",
    "not found": "llm_unavailable",
    "breaks off": "llm_unavailable",
    "silent": "llm_timeout",
    "dripping": "llm_timeout",
    "garbage": "llm_malformed",
    "garbage content": "llm_malformed",
    "empty content": "llm_malformed",
    "no choices": "llm_malformed",
    "huge": "llm_malformed",
    "wrong schema": "llm_wrong_schema",
    "wrong root": "llm_wrong_schema",
    "deep": "llm_wrong_schema",
    "refusal": "llm_refused",
    "content filter": "llm_refused",
    "truncated": "llm_truncated",
    "tools": "llm_truncated",
}


PROMPT = Prompt(
    system="Write questions.",
    user="One, please.",
    schema=SCHEMA,
    reply=Questions,
    schema_name="questions",
    max_tokens=700,
)


def ask() -> dict[str, object]:
    return ChatModel.from_settings().complete_json(PROMPT).payload


class TestChatModel:
    def test_returns_the_object_that_the_model_wrote(self, server: ChatServer) -> None:
        assert ask() == ANSWER

    def test_asks_for_the_schema_with_the_key(self, server: ChatServer) -> None:
        ask()

        asked = server.asked[0]
        assert asked["path"] == "/v1/chat/completions"
        assert asked["model"] == "small"
        assert [message["role"] for message in asked["messages"]] == ["system", "user"]
        assert asked["response_format"]["type"] == "json_schema"
        assert asked["response_format"]["json_schema"]["schema"] == SCHEMA
        assert asked["response_format"]["json_schema"]["strict"] is True
        assert server.keys == [f"Bearer {KEY}"]

    @pytest.mark.parametrize("fault", CODES)
    def test_says_what_went_wrong_and_never_tries_twice(
        self, server: ChatServer, settings: Any, fault: str
    ) -> None:
        server.fault = fault
        settings.LLM_TIMEOUT_SECONDS = 0.4 if fault in ("silent", "dripping") else 5.0
        began = time.monotonic()

        with pytest.raises(TransientError) as caught:
            ask()

        assert caught.value.code == CODES[fault]
        assert len(server.asked) == 1
        assert time.monotonic() - began < 3

    def test_has_a_test_for_each_fault(self) -> None:
        assert BODIES.keys() - CODES.keys() == {"ok"}

    def test_can_be_asked_again_after_a_fault(self, server: ChatServer) -> None:
        server.fault = "server error"
        with pytest.raises(TransientError):
            ask()
        server.fault = "ok"

        assert ask() == ANSWER

    def test_is_unavailable_where_nobody_listens(self, server: ChatServer, settings: Any) -> None:
        settings.LLM_BASE_URL = "http://127.0.0.1:9/v1"

        with pytest.raises(TransientError) as caught:
            ask()

        assert caught.value.code == "llm_unavailable"

    def test_keeps_keys_and_answers_out_of_message_and_log(
        self, server: ChatServer, caplog: pytest.LogCaptureFixture
    ) -> None:
        caplog.set_level(logging.INFO)
        server.fault = "wrong key"

        with pytest.raises(TransientError) as caught:
            ask()

        told = caught.value.message + caplog.text
        assert KEY not in told
        assert "sk-secret" not in told

    def test_is_googles_at_googles_address(self, server: ChatServer, settings: Any) -> None:
        settings.LLM_PROVIDER, settings.LLM_BASE_URL, settings.LLM_MODEL = "google", "", ""

        model = ChatModel.from_settings()

        assert model.source == "google"
        assert str(model._client.base_url) == GOOGLE_BASE_URL
        assert model.name.startswith("gemini")

    def test_needs_no_key_for_a_server_of_ones_own(self, server: ChatServer, settings: Any) -> None:
        settings.LLM_API_KEY = ""

        assert ask() == ANSWER


class TestUsage:
    def test_is_what_the_server_says(self, server: ChatServer) -> None:
        assert ChatModel.from_settings().complete_json(PROMPT).usage == Usage(30, 12)

    def test_is_estimated_where_the_server_says_nothing(
        self, server: ChatServer, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        uncounted = json.loads(completion(json.dumps(ANSWER)))
        del uncounted["usage"]
        monkeypatch.setitem(BODIES, "ok", (200, json.dumps(uncounted).encode()))

        usage = ChatModel.from_settings().complete_json(PROMPT).usage

        assert usage.prompt_tokens == len(PROMPT.system + PROMPT.user) // 4 + 1
        assert usage.completion_tokens > 0

    @pytest.mark.parametrize("fault", ["truncated", "refusal", "wrong schema", "garbage content"])
    def test_is_counted_for_answers_that_cannot_be_used(
        self, server: ChatServer, fault: str
    ) -> None:
        server.fault = fault

        with pytest.raises(LanguageModelError) as caught:
            ask()

        assert caught.value.usage == Usage(30, 12)

    def test_is_limited(self, server: ChatServer) -> None:
        ask()

        assert server.asked[0]["max_tokens"] == 700
        assert "max_completion_tokens" not in server.asked[0]  # which other servers do not know


class TestQuestionsFromAModel:
    def test_come_back_as_drafts(self, server: ChatServer, monkeypatch: pytest.MonkeyPatch) -> None:
        request = QuestionRequest(num_questions=1, skills=("SQL",), target_role="Data Engineer")
        written = {
            "text": "How do you find a slow query?",
            "category": "technical",
            "difficulty": "medium",
            "time_limit": 120,
            "expected_keywords": ["index", "plan"],
            "skills": ["SQL"],
            "answer_prototype": "I look at the query plan first.",
            "reference_points": ["Reads the plan"],
        }
        monkeypatch.setitem(BODIES, "ok", (200, completion(json.dumps({"questions": [written]}))))

        completion_of = ChatModel.from_settings().complete_json
        (draft,) = parse_questions(
            completion_of(question_prompt(request)).payload, request, "openai"
        )

        assert (draft.text, draft.source) == ("How do you find a slow query?", "openai")
        assert draft.expected_keywords == ("index", "plan")
