"""The only way to ask a language model: budget, price, call and record."""

import time
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Final, Literal

from django.conf import settings
from django.db import IntegrityError, connection, transaction
from django.db.models import F, Value
from django.db.models.functions import Greatest
from django.utils import timezone

from accounts.models import User
from pipeline import quotas
from pipeline.domain.ports import LanguageModel, LanguageModelError, Prompt, TransientError, Usage
from pipeline.models import DailyTokens, LanguageModelCall
from sessions.models import InterviewSession

MILLION: Final = 1_000_000
LISTED: Final = {  # US dollars for a million prompt and completion tokens, as published in 2025
    "gpt-4.1": ("2.00", "8.00"),
    "gpt-4.1-mini": ("0.40", "1.60"),
    "gpt-4.1-nano": ("0.10", "0.40"),
    "gpt-4o": ("2.50", "10.00"),
    "gpt-4o-mini": ("0.15", "0.60"),
    "gemini-2.5-pro": ("1.25", "10.00"),
    "gemini-2.5-flash": ("0.30", "2.50"),
    "gemini-2.5-flash-lite": ("0.10", "0.40"),
}


def cost_of(usage: Usage, *, model: str, prices: Mapping[str, float]) -> Decimal | None:
    """Return the dollars that a call cost; None where no price is known."""
    if any(prices.values()):
        rates = Decimal(str(prices["prompt"])), Decimal(str(prices["completion"]))
    elif model in LISTED:
        rates = Decimal(LISTED[model][0]), Decimal(LISTED[model][1])
    else:
        return None
    spent = usage.prompt_tokens * rates[0] + usage.completion_tokens * rates[1]
    return (spent / MILLION).quantize(Decimal("0.000001"))


CHARACTERS_OF_A_TOKEN: Final = 3  # the fewest that are likely: dense languages take less
OVERHEAD: Final = 200  # tokens around the messages, and of the schema
KEEP_DAYS: Final = 40


class OutOfBudget(TransientError):  # noqa: N818 - it reads as a sentence where it is raised
    """Today's tokens are used up, the person's or everybody's."""


@dataclass(frozen=True, slots=True)
class Reservation:
    """Tokens that are set aside for one call."""

    owner: User
    day: date
    hour: datetime
    tokens: int


def most_tokens(prompt: Prompt) -> int:
    """Return the most that a call may consume."""
    asked = len(prompt.system) + len(prompt.user) + len(str(prompt.schema))
    return asked // CHARACTERS_OF_A_TOKEN + OVERHEAD + prompt.max_tokens


@transaction.atomic
def set_aside(*, owner: User, tokens: int) -> Reservation:
    """Take the tokens out of today's budgets; raise `OutOfBudget`, which changes nothing."""
    day = timezone.now().astimezone(UTC).date()
    if not _take(owner, day, tokens, limit=settings.LLM_USER_DAILY_TOKENS):
        raise OutOfBudget("llm_user_budget", "Your language model budget for today is used up.")
    if not _take(None, day, tokens, limit=settings.LLM_DAILY_TOKENS):
        raise OutOfBudget("llm_budget", "The language model's budget for today is used up.")
    hour = quotas.this_hour()
    try:
        quotas.take(owner.pk, {"tokens": tokens})
    except quotas.OverQuota as over:
        message = "Your language model budget for this hour is used up."
        raise OutOfBudget("llm_user_budget", message) from over
    return Reservation(owner, day, hour, tokens)


@transaction.atomic
def settle(held: Reservation, *, tokens: int) -> None:
    """Give back what was not consumed."""
    left = held.tokens - tokens
    for owner in (held.owner, None):
        DailyTokens.objects.filter(owner=owner, day=held.day).update(
            tokens=Greatest(F("tokens") - left, Value(0))
        )
    quotas.give_back(held.owner.pk, held.hour, tokens=left)


def forget_old_days() -> int:
    """Remove the counters of days long past; return how many."""
    oldest = timezone.now().astimezone(UTC).date() - timedelta(days=KEEP_DAYS)
    return DailyTokens.objects.filter(day__lt=oldest).delete()[0]


def _take(owner: User | None, day: date, tokens: int, *, limit: int) -> bool:
    row, _ = DailyTokens.objects.get_or_create(owner=owner, day=day)
    return quotas.consume(DailyTokens.objects.filter(pk=row.pk), {"tokens": (tokens, limit)})


Purpose = Literal["questions", "follow_up", "feedback"]

NOTHING: Final = Usage(0, 0)
GOOD: Final = "ok"


@dataclass(frozen=True, slots=True)
class Asker:
    """Who pays, and for what."""

    owner: User
    session: InterviewSession
    purpose: Purpose


def ask(model: LanguageModel, prompt: Prompt, *, asker: Asker) -> dict[str, object]:
    """Return the model's object; raise `OutOfBudget` before, and `LanguageModelError` after it was asked in vain."""
    held = set_aside(owner=asker.owner, tokens=most_tokens(prompt))
    _release_connection()
    began = time.monotonic()
    usage, outcome = (
        NOTHING,
        "interrupted",
    )  # what stands when a time limit or a shutdown ends the call
    try:
        completion = model.complete_json(prompt)
        usage, outcome = completion.usage, GOOD
    except LanguageModelError as error:
        usage, outcome = error.usage or NOTHING, error.code
        raise
    finally:
        seconds = time.monotonic() - began
        settle(held, tokens=usage.tokens)
        _note(model, asker, usage=usage, outcome=outcome, seconds=seconds)
    return completion.payload


def _note(
    model: LanguageModel, asker: Asker, *, usage: Usage, outcome: str, seconds: float
) -> None:
    """Write the call down, unless the session or its owner was removed meanwhile."""
    row = LanguageModelCall(
        owner=asker.owner,
        session=asker.session,
        purpose=asker.purpose,
        provider=model.source,
        model=model.name[:100],
        prompt_tokens=usage.prompt_tokens,
        completion_tokens=usage.completion_tokens,
        cost=cost_of(usage, model=model.name, prices=settings.LLM_PRICES),
        outcome=outcome,
        seconds=round(seconds, 3),
    )
    for session in (asker.session, None):
        row.session = session
        try:
            with transaction.atomic():
                row.save(force_insert=True)
        except IntegrityError:
            row.pk = None
            continue
        return


def _release_connection() -> None:
    """Close the database connection before a slow call, unless a transaction holds it; it reopens by itself."""
    if not connection.in_atomic_block:
        connection.close()
