"""Setting → adapter, built once a process and lazily: nothing heavy is imported before it is needed."""

from functools import cache

from django.conf import settings

from pipeline.domain.ports import (
    AudioProbe,
    AudioStore,
    Broker,
    GrammarChecker,
    Judges,
    LanguageModel,
    LinguisticParser,
    SentenceEncoder,
    SpeechToText,
    WordingModel,
)

RELEVANCE_LANGUAGES = ("es", "fr", "de")  # beside English; measured in benchmarks/eval_languages.py


@cache
def speech_to_text() -> SpeechToText:
    """Return the recogniser; the model itself is loaded at its first use."""
    from pipeline.providers.speech.whisper import FasterWhisper

    return FasterWhisper.from_settings()


@cache
def audio_probe() -> AudioProbe:
    """Return the bounded look at untrusted recordings."""
    from pipeline.providers.audio.sandbox import ChildAudioProbe

    return ChildAudioProbe(max_seconds=settings.MAX_AUDIO_SECONDS)


@cache
def audio_store() -> AudioStore:
    """Return the keeper of recordings."""
    from pipeline.providers.storage import DjangoAudioStore

    return DjangoAudioStore()


@cache
def broker() -> Broker:
    """Return the broker, for questions about itself."""
    from pipeline.providers.redis_broker import RedisBroker

    return RedisBroker(settings.BROKER_URL)


@cache
def sentence_encoder() -> SentenceEncoder:
    """Return the sentence encoder."""
    from pipeline.providers.nlp.minilm import MiniLmEncoder

    return MiniLmEncoder()


@cache
def foreign_encoder() -> SentenceEncoder | None:
    """Return the sentence encoder for other languages than English; None on machines that cannot run it."""
    from pipeline.providers.nlp import e5

    return e5.E5Encoder() if e5.is_available() else None


@cache
def linguistic_parser() -> LinguisticParser:
    """Return the English parser."""
    from pipeline.providers.nlp.spacy import SpacyEnglish

    return SpacyEnglish()


@cache
def grammar_checker() -> GrammarChecker:
    """Return the English grammar checker."""
    from pipeline.providers.nlp.harper import HarperChecker

    return HarperChecker()


@cache
def wording_model() -> WordingModel:
    """Return what measures how usual an English wording is."""
    from pipeline.providers.nlp.bigrams import WordPairs

    return WordPairs()


def judges(*, language: str) -> Judges:
    """Return what can judge an answer in this language: English ones in full, a few others by what they are about."""
    if language != "en":
        encoder = foreign_encoder() if language in RELEVANCE_LANGUAGES else None
        return Judges(encoder=encoder, parser=None, grammar=None)
    return Judges(
        encoder=sentence_encoder(),
        parser=linguistic_parser(),
        grammar=grammar_checker(),
        wording=wording_model(),
    )


@cache
def language_model() -> LanguageModel | None:
    """Return the model that writes questions, or None when no provider is set."""
    if settings.LLM_PROVIDER == "none":
        return None
    from pipeline.providers.chat_model import ChatModel

    return ChatModel.from_settings()
