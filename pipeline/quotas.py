"""
How much one person may use within an hour of the clock, and how many answers may be in work at once.

Use is taken by one conditional update, in the transaction of what it is used for: two requests never both get the last
place, and what comes to nothing costs nothing. Whoever takes holds the session's row already, as all who lock both do.
"""

import math
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Final, Literal

from django.conf import settings
from django.db.models import F, Model, QuerySet, Value
from django.db.models.functions import Greatest
from django.utils import timezone

from interview_platform.errors import Detail, Refused
from pipeline.models import HourlyUse, PipelineRun

HOUR: Final = timedelta(hours=1)
KEEP: Final = timedelta(days=2)
RUNS: Final = "runs"
RUNS_RETRY_SECONDS: Final = 10
UNLIMITED: Final = 0


@dataclass(frozen=True, slots=True)
class Quota:
    """One limit: its name in the header fields, where it is counted and set, and the unit that the fields have for it."""

    name: str
    field: str
    setting: str
    words: str
    unit: str = ""

    @property
    def limit(self) -> int:
        """Return how much there is; 0 is no limit."""
        return int(getattr(settings, self.setting))


QUOTAS: Final[Mapping[str, Quota]] = {
    quota.name: quota
    for quota in (
        Quota("uploads", "uploads", "QUOTA_UPLOADS", "answers", "requests"),
        Quota("bytes", "size_bytes", "QUOTA_BYTES", "bytes", "content-bytes"),
        Quota("audio-seconds", "audio_seconds", "QUOTA_AUDIO_SECONDS", "seconds of audio"),
        Quota("questions", "questions", "QUOTA_QUESTIONS", "generated questions"),
        Quota("tokens", "tokens", "QUOTA_TOKENS", "language model tokens"),
        Quota(RUNS, "", "QUOTA_RUNS", "answers in work", "concurrent-requests"),
    )
}
Name = Literal["uploads", "bytes", "audio-seconds", "questions", "tokens"]


class OverQuota(Refused):
    """So much is not left of this hour."""

    status = 429
    code = "over_quota"

    def __init__(self, quota: Quota, *, retry_after: int) -> None:
        message = f"The limit of {quota.limit} {quota.words} "
        message += "at once is reached" if quota.name == RUNS else "an hour is reached"
        row = Detail(quota.name, message, self.code)
        super().__init__(message, details=(row,), headers={"Retry-After": str(retry_after)})


@dataclass(frozen=True, slots=True)
class Left:
    """How much of one quota is left, and for how long."""

    quota: Quota
    limit: int
    remaining: int
    seconds: int | None  # until all of it is there again; None: as soon as something is given back


def take(owner_id: int, amounts: Mapping[Name, float]) -> None:
    """Take these amounts, all or none; raise `OverQuota`. Needs the caller's transaction."""
    wanted = {QUOTAS[name]: amount for name, amount in amounts.items() if QUOTAS[name].limit}
    if not wanted:
        return
    row, _ = HourlyUse.objects.get_or_create(owner_id=owner_id, hour=this_hour())
    limits = {quota.field: (amount, quota.limit) for quota, amount in wanted.items()}
    if not consume(HourlyUse.objects.filter(pk=row.pk), limits):
        row.refresh_from_db()
        raise OverQuota(_fullest(row, wanted), retry_after=seconds_left())


def take_place(owner_id: int) -> None:
    """Refuse one more answer in work than there may be. Call it after `take`, whose row keeps others waiting."""
    quota = QUOTAS[RUNS]
    if quota.limit and _in_work(owner_id) >= quota.limit:
        raise OverQuota(quota, retry_after=RUNS_RETRY_SECONDS)


def take_answer(owner_id: int, *, audio_seconds: float = 0.0) -> None:
    """Take one answer of the hour, and its place among those in work; raise `OverQuota`. Needs the caller's transaction."""
    take(owner_id, {"uploads": 1, "audio-seconds": audio_seconds})
    take_place(owner_id)


def require_left(owner_id: int, names: Iterable[str]) -> None:
    """Refuse before any work what `take` would surely refuse after it; raise `OverQuota`."""
    for left in what_is_left(owner_id, names):
        if left.remaining <= 0:
            retry_after = RUNS_RETRY_SECONDS if left.seconds is None else left.seconds
            raise OverQuota(left.quota, retry_after=retry_after)


def give_back(owner_id: int, hour: datetime, *, tokens: int) -> None:
    """Give back tokens that were not consumed, to the hour that they were taken from."""
    HourlyUse.objects.filter(owner_id=owner_id, hour=hour).update(
        tokens=Greatest(F("tokens") - tokens, Value(0))
    )


def what_is_left(owner_id: int, names: Iterable[str]) -> list[Left]:
    """Return what is left of these quotas; one without a limit has no row. Two queries at most."""
    limited = [QUOTAS[name] for name in names if QUOTAS[name].limit]
    if not limited:
        return []
    use = HourlyUse.objects.filter(owner_id=owner_id, hour=this_hour()).first() or HourlyUse()
    return list(_left(owner_id, limited, use))


def consume(rows: "QuerySet[Any]", limits: Mapping[str, tuple[float, float]]) -> bool:
    """Add the amount to each field of the one row, unless that passes a limit: {field: (amount, limit)}. Atomic."""
    room = {f"{field}__lte": limit - amount for field, (amount, limit) in limits.items()}
    more = {field: F(field) + amount for field, (amount, _) in limits.items()}
    return bool(rows.filter(**room).update(**more))


def this_hour() -> datetime:
    """Return when the present hour began."""
    return timezone.now().astimezone(UTC).replace(minute=0, second=0, microsecond=0)


def seconds_left() -> int:
    """Return the seconds until the next hour begins, 1 at least."""
    return max(1, math.ceil((this_hour() + HOUR - timezone.now()).total_seconds()))


def forget_old_hours() -> int:
    """Remove the counters of hours long past; return how many."""
    return HourlyUse.objects.filter(hour__lt=timezone.now() - KEEP).delete()[0]


def _left(owner_id: int, limited: Iterable[Quota], use: Model) -> Iterator[Left]:
    for quota in limited:
        used = _in_work(owner_id) if quota.name == RUNS else getattr(use, quota.field)
        remaining = max(0, math.floor(quota.limit - used))
        yield Left(quota, quota.limit, remaining, None if quota.name == RUNS else seconds_left())


def _in_work(owner_id: int) -> int:
    unfinished = PipelineRun.objects.filter(state__in=PipelineRun.UNFINISHED)
    return unfinished.filter(session__owner_id=owner_id, question__isnull=False).count()


def _fullest(use: HourlyUse, wanted: Mapping[Quota, float]) -> Quota:
    """Return the quota that was in the way."""
    return min(wanted, key=lambda quota: quota.limit - getattr(use, quota.field) - wanted[quota])
