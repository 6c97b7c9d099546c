from typing import Any

import pytest

from pipeline.checks import language_model_can_be_asked


class TestLanguageModelCheck:
    @pytest.mark.parametrize(
        ("provider", "key", "address", "ids"),
        [
            ("none", "", "", []),
            ("none", "", "nonsense", []),
            ("openai", "k", "", []),
            ("google", "k", "", []),
            ("openai", "", "", ["llm.E001"]),
            ("google", "", "", ["llm.E001"]),
            ("openai", "", "http://127.0.0.1:8080/v1", []),
            ("openai", "k", "http://localhost:8080/v1", []),
            ("openai", "k", "https://models.example.com/v1", []),
            ("openai", "k", "http://models.example.com/v1", ["llm.W003"]),
            ("openai", "k", "models.example.com", ["llm.E002"]),
            ("openai", "k", "http://[::1", ["llm.E002"]),
            ("openai", "k", "file:///etc/passwd", ["llm.E002"]),
        ],
    )
    def test_finds_what_could_not_work(
        self, settings: Any, provider: str, key: str, address: str, ids: list[str]
    ) -> None:
        settings.LLM_PROVIDER, settings.LLM_API_KEY = provider, key
        settings.LLM_BASE_URL = address

        assert [message.id for message in language_model_can_be_asked()] == ids

    @pytest.mark.parametrize(("seconds", "ids"), [(60.0, []), (61.0, ["llm.E004"])])
    def test_finds_patience_that_workers_do_not_have(
        self, settings: Any, seconds: float, ids: list[str]
    ) -> None:
        settings.LLM_PROVIDER, settings.LLM_API_KEY, settings.LLM_BASE_URL = "openai", "k", ""
        settings.LLM_TIMEOUT_SECONDS = seconds

        assert [message.id for message in language_model_can_be_asked()] == ids
