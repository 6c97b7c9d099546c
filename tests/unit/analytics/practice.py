"""Builders of what a person has practised."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from analytics.stats import Window
from analytics.values import Answer, Attempt, Delivery, Interview, Judgement, Slip

START = datetime(2026, 3, 2, 12, tzinfo=UTC)  # a Monday
UTC_ZONE = ZoneInfo("UTC")


def numbered(number: int) -> UUID:
    """Return the id of a session or question."""
    return UUID(int=number)


def interview(day: int = 0, score: float | None = 70.0, **fields: Any) -> Interview:
    """Return a session held so many days after the start."""
    values = {"id": numbered(day), "completed_at": None, "total_score": score}
    return Interview(**{**values, "held_at": START + timedelta(days=day), **fields})


def judgement(key: int = 1, **fields: Any) -> Judgement:
    """Return a judgement that counts."""
    values: dict[str, Any] = {
        "scorable": True,
        "scores": {"relevance": 80.0, "grammar": 70.0, "fluency": 60.0, "keywords": 50.0},
        "overall": 67.0,
    }
    return Judgement(key=key, **{**values, **fields})


def attempt(number: int = 1, *, question: int = 1, day: float = 0, **fields: Any) -> Attempt:
    """Return a recording of half a minute."""
    values = {
        "id": numbered(100 * question + number),
        "session_id": numbered(int(day)),
        "question_id": numbered(question),
        "category": "behavioral",
        "skills": (),
        "recorded_at": START + timedelta(days=day),
        "duration": 30.0,
        "judgement": judgement(100 * question + number),
    }
    return Attempt(number=number, **{**values, **fields})


def answer(session: int = 1, question: int = 1, **fields: Any) -> Answer:
    """Return an answer that counts."""
    values: dict[str, Any] = {
        "session_id": numbered(session),
        "question_id": numbered(question),
        "category": "behavioral",
        "skills": (),
        "recorded_at": START + timedelta(days=session),
        "key": 100 * session + question,
        "scores": {"relevance": 80.0, "grammar": 70.0, "fluency": 60.0, "keywords": 50.0},
        "overall": 67.0,
        "delivery": Delivery(),
    }
    return Answer(**{**values, **fields})


def slip(rule: str = "agreement", **fields: Any) -> Slip:
    """Return something that went wrong."""
    values: dict[str, Any] = {
        "session_id": numbered(1),
        "question_id": numbered(1),
        "metric": "grammar",
        "quote": "",
        "start": None,
        "end": None,
        "message": "",
    }
    return Slip(rule=rule, **{**values, **fields})


def window(period: str = "all", *, day: int = 0, zone: ZoneInfo = UTC_ZONE) -> Window:
    """Return a period that ends so many days after the start."""
    return Window(period=period, today=(START + timedelta(days=day)).date(), zone=zone)
