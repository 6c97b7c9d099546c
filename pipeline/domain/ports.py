"""What the pipeline needs from the outside world, in its own words."""

from collections.abc import Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from pydantic import BaseModel

from pipeline.domain.values import AudioFacts, Transcript


class StageError(Exception):
    """
    A stage could not do its work.

    `code` is a stable word, the message a sentence that a person understands.
    """

    retryable = False

    def __init__(self, code: str, message: str) -> None:
        self.code = code
        self.message = message
        super().__init__(f"{code}: {message}")


class TransientError(StageError):
    """Trying again later can help: a time-out, a full disk, a busy server."""

    retryable = True


class PermanentError(StageError):
    """Trying again cannot help: the recording is gone, or is no audio."""


class SpeechToText(Protocol):
    """Turns a recording into words."""

    def warm_up(self) -> None:
        """Load what the first recording needs; raise `TransientError` when it is not there."""
        ...

    def transcribe(
        self, audio: Path, *, audio_format: str, language: str | None, terms: Sequence[str] = ()
    ) -> Transcript:
        """
        Return what was said, with a time for every word.

        `audio_format` is what the probe found and forces the demuxer; `language` is ISO 639-1, None
        detects it; `terms` are names worth hearing right. Raise `TransientError` or `PermanentError`.
        """
        ...


class AudioProbe(Protocol):
    """Looks at an untrusted recording, in a bounded child process."""

    def probe(self, audio: Path, *, audio_format: str, copy: Path | None = None) -> AudioFacts:
        """
        Return what the recording holds; with `copy`, write its sound there, without any metadata.

        `is_copied` says if that is there and decodes to the same samples; else it must not be used.
        Raise `PermanentError` with code `unsupported_format`, `no_audio`, `audio_too_long` or
        `unsupported_audio_parameters`; `TransientError` when the machine is at fault.
        """
        ...


class AudioStore(Protocol):
    """Keeps recordings under a key."""

    def local_copy(self, key: str, *, sha256: str) -> AbstractContextManager[Path]:
        """
        Give a readable local file for the time of the `with` block.

        Raise `PermanentError("audio_missing")` when it is gone or is not what was uploaded.
        """
        ...


class BrokerAway(Exception):  # noqa: N818 - it reads as a sentence where it is raised
    """The broker does not answer."""


@dataclass(frozen=True, slots=True)
class BrokerLife:
    """A span of time in which the broker has kept what it took; what was sent in an earlier one may be gone."""

    name: str  # another one with each restart that may lose something
    is_marked: bool  # by us; what empties the broker takes our mark with it


class Broker(Protocol):
    """What there is to ask of the broker, beside taking messages. Every question may raise `BrokerAway`."""

    def ping(self) -> None:
        """Return when it is there."""
        ...

    def life(self) -> BrokerLife:
        """Return which life it lives."""
        ...

    def mark(self, life: BrokerLife) -> None:
        """Leave our mark in the present life."""
        ...

    def waiting(self, queues: Sequence[str]) -> dict[str, int]:
        """Return how many messages lie in each queue."""
        ...

    def unacknowledged(self) -> int:
        """Return how many messages workers have taken and not finished."""
        ...


class SentenceEncoder(Protocol):
    """Turns sentences into unit vectors."""

    def encode(self, sentences: Sequence[str]) -> list[list[float]]:
        """Return one L2-normalised vector for each sentence."""
        ...


@dataclass(frozen=True, slots=True)
class Token:
    """A word as the parser sees it; offsets count characters of the parsed text."""

    text: str
    lemma: str  # lower case
    tag: str  # Universal POS tag
    start: int
    end: int
    is_stop: bool


class LinguisticParser(Protocol):
    """Cuts English text into tokens with lemma and part of speech."""

    def parse(self, text: str) -> list[Token]:
        """Return the tokens in order."""
        ...


@dataclass(frozen=True, slots=True)
class GrammarFlag:
    """A suspected error; offsets count characters of the checked text."""

    rule: str
    kind: str  # e.g. "Agreement", "Grammar", "Usage"
    start: int
    end: int
    message: str
    suggestions: tuple[str, ...] = ()


class GrammarChecker(Protocol):
    """Finds errors that a listener would hear."""

    engine: str  # its name, shown in `metrics`

    def check(self, text: str) -> list[GrammarFlag]:
        """Return the suspected errors in order of position."""
        ...


@dataclass(frozen=True, slots=True)
class PairLikelihood:
    """How likely a word is; natural logarithms."""

    log_probability: float  # after the word before it
    usual: float  # anywhere: rare words are no errors


class WordingModel(Protocol):
    """Measures how usual an English wording is."""

    engine: str  # its name, shown in `metrics`

    def read(self, texts: Sequence[str]) -> list[list[PairLikelihood]]:
        """Return, for each text by itself, the likelihood of every word but the first."""
        ...


@dataclass(frozen=True, slots=True)
class Prompt:
    """What a language model is asked. `user` is a JSON object: what people wrote or said travels as values in it."""

    system: str
    user: str
    schema: dict[str, object]  # of the answer, as the model is told it
    reply: type[BaseModel]  # checks the answer
    schema_name: str
    max_tokens: int  # the longest answer that is paid for


@dataclass(frozen=True, slots=True)
class Usage:
    """What a call consumed."""

    prompt_tokens: int
    completion_tokens: int

    @property
    def tokens(self) -> int:
        """Return both together: what budgets count."""
        return self.prompt_tokens + self.completion_tokens


@dataclass(frozen=True, slots=True)
class Completion:
    """An answer of the wanted shape, and what it consumed."""

    payload: dict[str, object]
    usage: Usage


class LanguageModelError(TransientError):
    """The provider is away, slow, refusing, over its quota, truncated or malformed; `usage` is what it cost all the same."""

    def __init__(self, code: str, message: str, *, usage: Usage | None = None) -> None:
        super().__init__(code, message)
        self.usage = usage


class LanguageModel(Protocol):
    """Writes JSON under a schema."""

    source: str  # openai | google
    name: str  # the model's, as the provider calls it

    def complete_json(self, prompt: Prompt) -> Completion:
        """Return an object that the prompt's `reply` accepts; raise `LanguageModelError`."""
        ...


@dataclass(frozen=True, slots=True)
class Judges:
    """What the evaluation needs from outside; each is None where it could not be had for the language."""

    encoder: SentenceEncoder | None
    parser: LinguisticParser | None
    grammar: GrammarChecker | None
    wording: WordingModel | None = None  # judges do without it
