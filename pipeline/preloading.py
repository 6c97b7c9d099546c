"""
What a worker's child loads before it takes work: else the first answer after each start would wait for it.

In the child, never in its parent: CUDA does not survive a fork. A model that cannot be loaded is tried again, and its absence
told, with the first answer.
"""

import logging
import time
from typing import Any, Final

from celery import current_app
from celery.concurrency.thread import TaskPool as ThreadPool
from celery.signals import celeryd_after_setup, worker_process_init
from django.conf import settings

from pipeline.ports import StageError
from pipeline.providers import registry
from pipeline.stages.evaluate import evaluate_answer
from pipeline.values import QuestionBrief, Transcript, Word

logger = logging.getLogger(__name__)

SHORT_ANSWER: Final = Transcript(
    text="I have led a team",
    language="en",
    duration=4.0,
    words=tuple(
        Word(word, start=number / 2, end=number / 2 + 0.4, probability=1.0)
        for number, word in enumerate(("I", "have", "led", "a", "team"))
    ),
)


@celeryd_after_setup.connect
def load_where_there_are_no_children(instance: Any, **_: Any) -> None:
    """Do the same in a worker of threads, before it takes work: it recognises in its own process."""
    if issubclass(instance.pool_cls, ThreadPool):
        load_what_the_queues_need()


@worker_process_init.connect
def load_what_the_queues_need(**_: Any) -> None:
    """Load the models of the queues that this worker serves."""
    if not settings.WORKER_PRELOAD:
        return
    began = time.monotonic()
    queues = sorted(map(str, current_app.amqp.queues.consume_from))
    try:
        load(queues)
    except StageError as trouble:
        logger.warning("Not loaded before the first answer: %s", trouble)
    else:
        logger.info("Loaded for %s in %.1f s", queues, time.monotonic() - began)


def load(queues: list[str]) -> None:
    """Load, and use once, what the queues need; raise `StageError` for what is not there."""
    if "gpu" in queues:
        registry.speech_to_text().warm_up()
    if "cpu" in queues:
        evaluate_answer(
            transcript=SHORT_ANSWER,
            question=QuestionBrief(text="What have you led?", category="behavioral"),
            judges=registry.judges(language="en"),
            weights=settings.SCORE_WEIGHTS,
        )
