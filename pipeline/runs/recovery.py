"""
Finds the runs that nobody works on, and sends them again.

The broker is a bell that may fail to ring: a web process dies between commit and publish, a message is flushed, a worker
is killed. Every worker's main process runs this loop; one of them leads (a lease row), the others stand by.
"""

import logging
import os
import socket
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final

from django.conf import settings
from django.db import DatabaseError, IntegrityError, connection, transaction
from django.db.models import Exists, F, Q, QuerySet
from django.db.models.functions import Now

from pipeline.domain.ports import BrokerAway
from pipeline.models import Lease, PipelineRun
from pipeline.providers import registry
from pipeline.runs import dispatch, leases, notifications

logger = logging.getLogger(__name__)

LEADER: Final = "reconciler"
LEADS_FOR_TICKS: Final = 2.5  # a leader that misses two ticks is replaced
BATCH: Final = 200  # runs sent in one tick: the rest has its turn in the next
EPOCH: Final = "broker-epoch"  # the row's `until` is when the broker's life began
GRACE: Final = timedelta(
    seconds=1
)  # a request that has just committed is about to send its run itself
DOUBLINGS: Final = 6  # after so many messages the wait between two stays the same

State = PipelineRun.State


@dataclass(slots=True)
class Reconciler:
    """One process's part in the loop."""

    holder: str = field(default_factory=lambda: f"{socket.gethostname()}-{os.getpid()}")

    def tick(self) -> int:
        """Look once, when it is ours to lead; return how many runs were sent again."""
        if not lead(self.holder):
            return 0
        return reconcile()


def reconcile() -> int:
    """Fail what was lost too often, send again what is due; return how many were sent."""
    for run in leases.fail_expired():
        notifications.announce(run.session.uuid)
        dispatch.enqueue_session_run(run.session_id)
    epoch = broker_epoch()
    if epoch is None:
        return 0  # the broker is away: there is nothing to send anything to
    sent = 0
    for number in list(due_runs(epoch).values_list("pk", flat=True)[:BATCH]):
        if not dispatch.enqueue_run(number, impatient=False):
            break
        sent += 1
    if sent:
        logger.info("Sent %s runs again", sent)
    return sent


def due_runs(epoch: datetime) -> "QuerySet[PipelineRun]":
    """Return the runs that a worker should have heard of and nobody works on, oldest first."""
    unheard = Q(published_at__isnull=True) | Q(published_at__lt=epoch) | _waited_long()
    waiting = Q(state__in=(State.QUEUED, State.RETRY_WAIT)) & unheard
    abandoned = Q(state=State.RUNNING, lease_until__lt=Now()) & (unheard | _sent_before_the_lease())
    return (
        PipelineRun.objects.filter(waiting | abandoned)
        .filter(
            Q(next_run_at__isnull=True) | Q(next_run_at__lte=Now()),
            Q(question__isnull=False) | ~Exists(leases.answers_in_work()),
            Q(published_at__isnull=False) | Q(created_at__lt=Now() - GRACE),
        )
        .order_by("pk")
    )


def broker_epoch() -> datetime | None:
    """
    Return when the broker's present life began, as far as messages go; None while it is away.

    What was sent in an earlier one may be gone.
    """
    try:
        life = registry.broker().life()
        kept = Lease.objects.filter(name=EPOCH, holder=life.name).first()
        if kept is not None and life.is_marked:
            return kept.until
        began = _begin_epoch(life.name)
        registry.broker().mark(life)
    except BrokerAway as error:
        logger.warning("The broker is away: %s", error)
        return None
    logger.info("The broker lives a new life: what was sent before %s is sent again", began)
    return began


def _begin_epoch(life: str) -> datetime:
    """Write down that a life begins now, by the database's clock."""
    Lease.objects.update_or_create(name=EPOCH, defaults={"holder": life, "until": Now()})
    return Lease.objects.get(name=EPOCH).until


def lead(holder: str) -> bool:
    """Take or keep the leader's lease; tell whether we lead."""
    until = Now() + timedelta(seconds=settings.RECONCILE_SECONDS * LEADS_FOR_TICKS)
    free = Lease.objects.filter(Q(holder=holder) | Q(until__lt=Now()), name=LEADER)
    if free.update(holder=holder, until=until):
        return True
    if Lease.objects.filter(name=LEADER).exists():
        return False
    try:
        with transaction.atomic():
            Lease.objects.create(name=LEADER, holder=holder, until=until)
    except IntegrityError:  # another one was quicker
        return False
    return True


def resign(holder: str) -> None:
    """Give the lead back: another worker takes it at its next tick."""
    Lease.objects.filter(name=LEADER, holder=holder).update(until=Now() - timedelta(seconds=1))


def loop(stop: threading.Event, *, each: Callable[[], object]) -> None:
    """
    Call `each` every tick until it is time to stop.

    Errors end one call, not the loop: a database that is down is waited for. One that is silent
    ends the process.
    """
    while not stop.is_set():
        try:
            with leases.exit_if_silent("a look for lost work"):
                each()
        except DatabaseError as error:
            logger.warning("The database did not answer: %s", error)
        except (
            Exception
        ):  # the loop must outlive a bug in one look: it is logged, and the next look comes
            logger.exception("A look for lost work failed")
        finally:
            connection.close()
        stop.wait(settings.RECONCILE_SECONDS)


def _waited_long() -> Q:
    """Tell the runs whose last message is older than their wait: it doubles with each message."""
    found = Q(publish_count__gte=DOUBLINGS, published_at__lt=Now() - _wait(DOUBLINGS))
    for count in range(DOUBLINGS):
        found |= Q(publish_count=count, published_at__lt=Now() - _wait(count))
    return found


def _wait(count: int) -> timedelta:
    doubled = settings.REPUBLISH_SECONDS * 2 ** max(0, count - 1)
    return timedelta(seconds=min(settings.REPUBLISH_MAX_SECONDS, doubled))


def _sent_before_the_lease() -> Q:
    """Tell the runs for which no message was sent since their worker took them: that one message is used up."""
    return Q(published_at__lt=F("heartbeat_at"))
