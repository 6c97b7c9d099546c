"""
Loads the models of a worker's child before it takes work, outside of any stage's time limit.

In the child, never in its parent: CUDA does not survive a fork. A model that cannot be loaded is
loaded again with the first answer, which tells what is missing.
"""

import logging
import time
from typing import Any, Final

from celery import current_app
from celery.signals import worker_process_init
from django.conf import settings

from pipeline.domain.ports import StageError
from pipeline.domain.values import JudgedAnswer, QuestionBrief, Span, Transcript, Word
from pipeline.providers import loading, registry
from pipeline.scoring.evaluate import evaluate_answer
from pipeline.scoring.feedback.session import write_feedback
from pipeline.scoring.session_score import score_session

logger = logging.getLogger(__name__)

QUESTION: Final = QuestionBrief(
    text="Tell me about a project that you led.",
    category="behavioral",
    expected_keywords=("planning", "deadline", "customer"),
    answer_prototype="I led a project with a small team. We planned it and finished in time.",
    reference_points=("Says what the project was", "Names a result"),
)
# Every judge reads it in full: grammar is judged from 25 words on, readability from 30.
ANSWER: Final = (
    "Um, in my last job I led a small project to replace the payment service. The challenge was "
    "that three teams depended on it, so we planned every step together. I wrote the migration "
    "plan, and he go through it twice with a engineer. We moved all customers in one night, two "
    "days before the deadline. As a result, failed payments went down by forty percent, and I "
    "learned to ask earlier."
)
PACE: Final = 0.4  # seconds a word


@worker_process_init.connect
def load_what_the_queues_need(**_: Any) -> None:
    """Load the models of the queues that this worker serves."""
    if not settings.WORKER_PRELOAD:
        return
    began = time.monotonic()
    queues = sorted(map(str, current_app.amqp.queues.consume_from))
    try:
        load(queues)
    except StageError as error:
        logger.warning("Not loaded before the first answer: %s", error)
    else:
        logger.info("Loaded for %s in %.1f s", queues, time.monotonic() - began)


def load(queues: list[str]) -> None:
    """Load, and use once, what the queues need; raise `StageError` for what is not there."""
    if "gpu" in queues:
        registry.speech_to_text().warm_up()
    if "cpu" in queues:
        _judge_an_answer()
        loading.give_back()


def _judge_an_answer() -> None:
    """Judge an answer as a worker judges one: what is loaded at the first use is loaded then."""
    evaluation = evaluate_answer(
        transcript=_spoken(ANSWER),
        question=QUESTION,
        judges=registry.judges(language="en"),
        weights=settings.SCORE_WEIGHTS,
    )
    answer = JudgedAnswer(
        question_id="warm-up",
        position=1,
        question_text=QUESTION.text,
        category=QUESTION.category,
        attempt=1,
        transcript_text=ANSWER,
        evaluation=evaluation,
    )
    card = score_session(answers=[answer], asked=1, weights=settings.SCORE_WEIGHTS)
    write_feedback(card=card, answers=[answer], completed_sessions=1, is_open=True)


def _spoken(text: str) -> Transcript:
    words = tuple(
        Word(word, start=number * PACE, end=(number + 0.8) * PACE, probability=0.9)
        for number, word in enumerate(text.split())
    )
    end = len(words) * PACE
    return Transcript(
        text=text,
        language="en",
        duration=end + 1.0,
        words=words,
        speech=(Span(0.0, end / 2), Span(end / 2 + 1.0, end + 1.0)),
        filler_detection="prompted",
    )
