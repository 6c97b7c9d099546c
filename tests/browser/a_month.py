"""A month of practice as rows, for pictures of pages that add up: `python -m tests.browser.a_month` on a stack's database."""

import math
import random
from collections.abc import Sequence
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Final

import django

django.setup()

from django.utils import timezone  # noqa: E402 - once Django is set up

from accounts.models import User  # noqa: E402 - likewise
from media.models import AudioAnswer  # noqa: E402 - likewise
from pipeline.domain.values import METRICS  # noqa: E402 - likewise
from pipeline.models import LanguageModelCall, PipelineRun, Stage  # noqa: E402 - likewise
from sessions.models import InterviewSession  # noqa: E402 - likewise
from tests.factories import (  # noqa: E402 - likewise
    make_evaluation,
    make_finished_run,
    make_question,
    make_recording,
    make_run,
    make_session,
    make_staff_score,
    make_stage_run,
    make_transcript,
    make_user,
)

DAYS: Final = 30
PEOPLE: Final = 14
SECONDS: Final = {  # that a stage takes, the middle one
    Stage.TRANSCRIBE: 3.4,
    Stage.EVALUATE: 0.9,
    Stage.SCORE: 0.05,
    Stage.FEEDBACK: 0.12,
}
FAILURES: Final = ("unsupported_format", "unsupported_format", "audio_missing", "worker_lost")
FAILURE_SHARE: Final = 0.03
REVIEWED_SHARE: Final = 0.3
CALL_SHARE: Final = 0.4


def live_a_month(chance: random.Random) -> None:
    """Have people practise more from week to week, and reviewers look at some of their answers."""
    people = [make_user() for _ in range(PEOPLE)]
    reviewers = [make_user(is_staff=True) for _ in range(3)]
    today = timezone.now().replace(hour=8, minute=0, second=0, microsecond=0)
    for ago in reversed(range(1, DAYS)):
        day = today - timedelta(days=ago)
        busy = (DAYS - ago) / DAYS * (0.5 if day.weekday() in {5, 6} else 1.0)
        for person in chance.sample(people, round(1 + busy * 9)):
            _practise(person, day + timedelta(minutes=chance.randrange(700)), reviewers, chance)


def _practise(person: User, at: datetime, reviewers: Sequence[User], chance: random.Random) -> None:
    session = make_session(owner=person)
    InterviewSession.objects.filter(pk=session.pk).update(created_at=at, started_at=at)
    for _ in range(chance.randint(1, 4)):
        at += timedelta(minutes=4)
        question = make_question(session=session)
        if chance.random() < FAILURE_SHARE:
            state = {"state": PipelineRun.State.FAILED, "failure_code": chance.choice(FAILURES)}
            run = make_run(question=question, finished_at=at, failure_message="It failed.", **state)
        else:
            run = make_finished_run(question=question)
            _judge(run, reviewers if chance.random() < REVIEWED_SHARE else (), chance)
            _work(run, at, chance)
        recording = make_recording(run=run, duration=chance.uniform(20.0, 110.0))
        AudioAnswer.objects.filter(pk=recording.pk).update(created_at=at)
    if chance.random() < CALL_SHARE:
        _ask_a_model(person, at, chance)


def _judge(run: PipelineRun, reviewers: Sequence[User], chance: random.Random) -> None:
    make_transcript(run=run)
    machine = {metric: round(chance.triangular(15, 98, 70), 1) for metric in METRICS}
    make_evaluation(run=run, **machine)
    if reviewers:
        said = {metric: _near(number, chance) for metric, number in machine.items()}
        make_staff_score(run=run, reviewer=chance.choice(reviewers), **said)


def _near(number: float, chance: random.Random) -> int:
    return min(100, max(0, round(chance.gauss(number + 2, 8))))


def _work(run: PipelineRun, at: datetime, chance: random.Random) -> None:
    for stage, middle in SECONDS.items():
        took = timedelta(seconds=middle * math.exp(chance.gauss(0, 0.4)))
        make_stage_run(run=run, stage=stage, started_at=at, ended_at=at + took, outcome="ok")
        at += took


def _ask_a_model(person: User, at: datetime, chance: random.Random) -> None:
    call = LanguageModelCall.objects.create(
        owner=person,
        purpose=chance.choice(("questions", "follow_up", "feedback")),
        provider="chat",
        model="a-model",
        prompt_tokens=chance.randint(600, 2400),
        completion_tokens=chance.randint(80, 600),
        cost=Decimal(chance.randint(40, 400)) / 100_000,
        outcome="timeout" if chance.random() < FAILURE_SHARE else "ok",
        seconds=chance.uniform(0.8, 6.0),
    )
    LanguageModelCall.objects.filter(pk=call.pk).update(created_at=at)


if __name__ == "__main__":
    live_a_month(random.Random(7))  # noqa: S311 - equal pictures, no secrets
