"""
How much language models may cost: tokens of one person a day and an hour (`quotas`), and of everybody together a day.

A call sets aside the most that it may consume before it is made, and gives back the rest afterwards. Both are conditional
updates of the day's rows, so that calls at the same moment never overdraw. What a worker had set aside when it died stays
spent until the day is over: the budget errs on the side of thrift.
"""

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Final

from django.conf import settings
from django.db import transaction
from django.db.models import F, Value
from django.db.models.functions import Greatest
from django.utils import timezone

from accounts.models import User
from pipeline import quotas
from pipeline.models_language import DailyTokens
from pipeline.ports import Prompt, TransientError

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
