"""LanguageModel over a chat-completions API: OpenAI's own, Google's compatible one, or any server by its address."""

import json
import logging
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Final

import openai
from django.conf import settings
from openai.types.chat import ChatCompletion
from pydantic import BaseModel, ValidationError

from pipeline.domain.ports import Completion, LanguageModelError, Prompt, Usage

logger = logging.getLogger(__name__)

GOOGLE_BASE_URL: Final = "https://generativelanguage.googleapis.com/v1beta/openai/"
DEFAULT_MODELS: Final = {"openai": "gpt-4.1-mini", "google": "gemini-2.5-flash"}
NO_KEY_NEEDED: Final = "none"  # what a server of one's own gets when no key is set
MAX_ANSWER_BYTES: Final = 1_000_000
MAX_TOKENS_SAID: Final = 10_000_000  # a usage beyond it is nonsense
WHOLE_ANSWER: Final = "stop"  # the one good reason to finish


@dataclass(frozen=True, slots=True)
class Dialect:
    """In what a server's protocol differs from OpenAI's own."""

    is_openais: bool
    knows_json_schema: bool  # else it takes the schema as a part of `json_object`

    def format_of(self, prompt: Prompt) -> Any:
        """Return how the server is told to follow the prompt's schema."""
        if not self.knows_json_schema:
            return {"type": "json_object", "schema": prompt.schema}
        schema = {"name": prompt.schema_name, "schema": prompt.schema, "strict": True}
        return {"type": "json_schema", "json_schema": schema}


class ChatModel:
    """One provider's model. Nothing is retried here: whoever asks has something else to offer meanwhile."""

    def __init__(
        self, client: openai.OpenAI, *, name: str, source: str, seconds: float, dialect: Dialect
    ) -> None:
        self.source = source
        self.name = name
        self._client = client
        self._seconds = seconds  # for the whole answer, however slowly it drips
        self._dialect = dialect

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
        return cls(
            client,
            name=settings.LLM_MODEL or DEFAULT_MODELS[provider],
            source=provider,
            seconds=settings.LLM_TIMEOUT_SECONDS,
            dialect=Dialect(
                is_openais=base_url is None, knows_json_schema=settings.LLM_FORMAT == "json_schema"
            ),
        )

    def complete_json(self, prompt: Prompt) -> Completion:
        """Return an object that the prompt's `reply` accepts; raise `LanguageModelError`."""
        try:
            with _as_ours():
                body = self._ask(prompt)
        except LanguageModelError as error:
            if error.code == "llm_timeout":  # what was asked is paid for, heard or not
                error.usage = estimate_usage(prompt)
            raise
        completion = _read_completion(body)
        usage = _read_usage(completion) or estimate_usage(prompt, answer=body)
        with _costing(usage):
            return Completion(_read_object(_read_content(completion), prompt.reply), usage)

    def _ask(self, prompt: Prompt) -> bytes:
        deadline = time.monotonic() + self._seconds
        answer = self._client.chat.completions.with_streaming_response.create(
            model=self.name,
            messages=[
                {"role": "system", "content": prompt.system},
                {"role": "user", "content": prompt.user},
            ],
            response_format=self._dialect.format_of(prompt),
            # OpenAI's newer models refuse the old name, which is the one that every other server knows
            max_completion_tokens=prompt.max_tokens if self._dialect.is_openais else openai.omit,
            max_tokens=openai.omit if self._dialect.is_openais else prompt.max_tokens,
        )
        with answer as response:
            return _collect(response.iter_bytes(), deadline=deadline)


def estimate_usage(prompt: Prompt, *, answer: bytes = b"") -> Usage:
    """Return a guess for servers that do not count: English has about four characters to a token."""
    asked = len(prompt.system) + len(prompt.user)
    return Usage(prompt_tokens=asked // 4 + 1, completion_tokens=len(answer) // 4)


def _collect(chunks: Iterator[bytes], *, deadline: float) -> bytes:
    """Return the body. The client's own time-out begins anew with every byte, so a dripping server needs a deadline."""
    body = bytearray()
    for chunk in chunks:
        body += chunk
        if len(body) > MAX_ANSWER_BYTES:
            raise LanguageModelError("llm_malformed", "The language model's answer is too long.")
        if time.monotonic() > deadline:
            raise LanguageModelError("llm_timeout", "The language model took too long.")
    return bytes(body)


@contextmanager
def _as_ours() -> Iterator[None]:
    """Translate the vendor's errors into ours."""
    try:
        yield
    except LanguageModelError:
        raise
    except openai.RateLimitError as error:
        raise LanguageModelError(
            "llm_rate_limited", "The language model is over its quota."
        ) from error
    except openai.APITimeoutError as error:
        raise LanguageModelError("llm_timeout", "The language model took too long.") from error
    except openai.APIStatusError as error:
        logger.warning("The language model answered %d", error.status_code)
        raise LanguageModelError(
            "llm_unavailable", "The language model refused to work."
        ) from error
    except (
        Exception
    ) as error:  # a body that breaks off raises errors of the vendor's transport, unwrapped
        slow = "timeout" in type(error).__name__.lower()
        logger.warning("The language model could not be asked: %s", type(error).__name__)
        code = "llm_timeout" if slow else "llm_unavailable"
        raise LanguageModelError(code, "The language model could not be reached.") from error


@contextmanager
def _costing(usage: Usage) -> Iterator[None]:
    """Let an answer that cannot be used say what it cost."""
    try:
        yield
    except LanguageModelError as error:
        error.usage = usage
        raise


def _read_completion(body: bytes) -> ChatCompletion:
    try:
        return ChatCompletion.model_validate_json(body)
    except ValidationError as error:
        raise LanguageModelError(
            "llm_malformed", "The language model's answer is malformed."
        ) from error


def _read_usage(completion: ChatCompletion) -> Usage | None:
    """Return what the server says that the call consumed; None where it says nothing, or nonsense."""
    said = completion.usage
    if said is None:
        return None
    counts = (said.prompt_tokens, said.completion_tokens)
    return Usage(*counts) if all(0 <= count < MAX_TOKENS_SAID for count in counts) else None


def _read_content(completion: ChatCompletion) -> str:
    """Return the model's one answer; refuse a refusal and one that breaks off."""
    if not completion.choices:
        raise LanguageModelError("llm_malformed", "The language model's answer is malformed.")
    choice = completion.choices[0]
    if choice.message.refusal or choice.finish_reason == "content_filter":
        raise LanguageModelError("llm_refused", "The language model refused to answer.")
    if choice.finish_reason != WHOLE_ANSWER:
        raise LanguageModelError("llm_truncated", "The language model's answer breaks off.")
    return choice.message.content or ""


def _read_object(content: str, reply: type[BaseModel]) -> dict[str, object]:
    try:
        read: Any = json.loads(content, strict=False)  # small models put line breaks into strings
        return reply.model_validate(read).model_dump()
    except (ValidationError, RecursionError) as error:
        raise LanguageModelError(
            "llm_wrong_schema", "The language model ignored the schema."
        ) from error
    except ValueError as error:
        raise LanguageModelError("llm_malformed", "The language model wrote no JSON.") from error
