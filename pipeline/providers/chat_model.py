"""LanguageModel over a chat-completions API: OpenAI's own, Google's compatible one, or any server by its address."""

import json
import logging
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Final

import jsonschema
import openai
from django.conf import settings
from openai.types.chat import ChatCompletion
from openai.types.chat.chat_completion import Choice
from pydantic import ValidationError

from pipeline.ports import TransientError

logger = logging.getLogger(__name__)

GOOGLE_BASE_URL: Final = "https://generativelanguage.googleapis.com/v1beta/openai/"
DEFAULT_MODELS: Final = {"openai": "gpt-4.1-mini", "google": "gemini-2.5-flash"}
NO_KEY_NEEDED: Final = "none"  # what a server of one's own gets when no key is set
MAX_TOKENS: Final = 12_000  # twenty questions take about half
MAX_ANSWER_BYTES: Final = 1_000_000
WHOLE_ANSWER: Final = "stop"  # the one good reason to finish


class ChatModel:
    """One provider's model. Nothing is retried here: whoever asks has something else to offer meanwhile."""

    def __init__(self, client: openai.OpenAI, *, model: str, source: str, seconds: float) -> None:
        self.source = source
        self._client = client
        self._model = model
        self._seconds = seconds  # for the whole answer, however slowly it drips

    @classmethod
    def from_settings(cls) -> "ChatModel":
        """Return the model that `LLM_*` describe."""
        provider: str = settings.LLM_PROVIDER
        base_url = settings.LLM_BASE_URL or (GOOGLE_BASE_URL if provider == "google" else None)
        client = openai.OpenAI(
            api_key=settings.LLM_API_KEY or NO_KEY_NEEDED,
            base_url=base_url,
            timeout=settings.LLM_TIMEOUT_SECONDS,
            max_retries=0,
        )
        model = settings.LLM_MODEL or DEFAULT_MODELS[provider]
        return cls(client, model=model, source=provider, seconds=settings.LLM_TIMEOUT_SECONDS)

    def complete_json(
        self, *, system: str, user: str, schema: dict[str, object], schema_name: str
    ) -> dict[str, object]:
        """Return an object that satisfies `schema`; raise `TransientError` for whatever goes wrong."""
        wanted = _Wanted(system=system, user=user, schema=schema, schema_name=schema_name)
        with _as_transient():
            body = self._ask(wanted)
        return _read_object(_read_choice(body), schema)

    def _ask(self, wanted: "_Wanted") -> bytes:
        deadline = time.monotonic() + self._seconds
        answer = self._client.chat.completions.with_streaming_response.create(
            model=self._model,
            messages=[
                {"role": "system", "content": wanted.system},
                {"role": "user", "content": wanted.user},
            ],
            response_format={
                "type": "json_schema",
                "json_schema": {
                    "name": wanted.schema_name,
                    "schema": wanted.schema,
                    "strict": True,
                },
            },
            max_completion_tokens=MAX_TOKENS,
        )
        with answer as response:
            return _collect(response.iter_bytes(), deadline=deadline)


@dataclass(frozen=True, slots=True)
class _Wanted:
    """What is asked of the model."""

    system: str
    user: str
    schema: dict[str, object]
    schema_name: str


def _collect(chunks: Iterator[bytes], *, deadline: float) -> bytes:
    """Return the body. The client's own time-out begins anew with every byte, so a dripping server needs a deadline."""
    body = bytearray()
    for chunk in chunks:
        body += chunk
        if len(body) > MAX_ANSWER_BYTES:
            raise _trouble("llm_malformed", "The language model's answer is too long.")
        if time.monotonic() > deadline:
            raise _trouble("llm_timeout", "The language model took too long.")
    return bytes(body)


@contextmanager
def _as_transient() -> Iterator[None]:
    """Translate the vendor's errors into ours."""
    try:
        yield
    except TransientError:
        raise
    except openai.RateLimitError as error:
        raise _trouble("llm_rate_limited", "The language model is over its quota.") from error
    except openai.APITimeoutError as error:
        raise _trouble("llm_timeout", "The language model took too long.") from error
    except openai.APIStatusError as error:
        logger.warning("The language model answered %d", error.status_code)
        raise _trouble("llm_unavailable", "The language model refused to work.") from error
    except (
        Exception
    ) as error:  # a body that breaks off raises errors of the vendor's transport, unwrapped
        slow = "timeout" in type(error).__name__.lower()
        logger.warning("The language model could not be asked: %s", type(error).__name__)
        code = "llm_timeout" if slow else "llm_unavailable"
        raise _trouble(code, "The language model could not be reached.") from error


def _read_choice(body: bytes) -> Choice:
    """Return the model's one answer; refuse a refusal and one that breaks off."""
    try:
        choice = ChatCompletion.model_validate_json(body).choices[0]
    except (ValidationError, IndexError) as error:
        raise _trouble("llm_malformed", "The language model's answer is malformed.") from error
    if choice.message.refusal or choice.finish_reason == "content_filter":
        raise _trouble("llm_refused", "The language model refused to answer.")
    if choice.finish_reason != WHOLE_ANSWER:
        raise _trouble("llm_truncated", "The language model's answer breaks off.")
    return choice


def _read_object(choice: Choice, schema: dict[str, object]) -> dict[str, object]:
    try:
        read: Any = json.loads(choice.message.content or "")
        jsonschema.validate(read, schema)
    except ValueError as error:
        raise _trouble("llm_malformed", "The language model wrote no JSON.") from error
    except (jsonschema.ValidationError, RecursionError) as error:
        raise _trouble("llm_wrong_schema", "The language model ignored the schema.") from error
    if not isinstance(read, dict):
        raise _trouble("llm_wrong_schema", "The language model wrote no object.")
    return read


def _trouble(code: str, message: str) -> TransientError:
    return TransientError(code, message)
