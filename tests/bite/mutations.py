"""What is taken out of the product, one at a time, and the tests that must notice."""

from dataclasses import dataclass
from typing import Final

PIPELINE: Final = "tests/integration/pipeline"


@dataclass(frozen=True, slots=True)
class Mutation:
    """One mechanism, and the product without it."""

    name: str
    file: str
    before: str  # stands in the file exactly once
    after: str
    tests: tuple[str, ...]
    postgres: bool = False  # where SQLite, with its one writer, has no need of the mechanism


MUTATIONS: Final = (
    Mutation(
        "the loss of the lease when another worker has claimed the run",
        "pipeline/runs/leases.py",
        "if session is None or not moved:",
        "if session is None:",
        (f"{PIPELINE}/test_leases.py",),
    ),
    Mutation(
        "the token of the lease",
        "pipeline/runs/leases.py",
        "pk=held.run.pk, stage=held.stage, state=State.RUNNING, lease_token=held.token",
        "pk=held.run.pk, stage=held.stage, state=State.RUNNING",
        (f"{PIPELINE}/test_leases.py",),
    ),
    Mutation(
        "the reconciler: runs that nobody works on",
        "pipeline/runs/recovery.py",
        "PipelineRun.objects.filter(waiting | abandoned)",
        "PipelineRun.objects.none().filter(waiting | abandoned)",
        (f"{PIPELINE}/test_reconciler.py",),
    ),
    Mutation(
        "the forced demuxer",
        "pipeline/providers/audio/decoder_child.py",
        " format=DEMUXERS[audio_format],",
        "",
        ("tests/integration/speech/test_audio_probe.py",),
    ),
    Mutation(
        "the publish after the commit",
        "pipeline/runs/services.py",
        "    transaction.on_commit(send, robust=True)\n",
        "    send()\n",
        (f"{PIPELINE}/test_services.py",),
    ),
    Mutation(
        "the session's row lock",
        "pipeline/runs/leases.py",
        "InterviewSession.objects.select_for_update(no_key=True).filter(pk__in=run)",
        "InterviewSession.objects.filter(pk__in=run)",
        (f"{PIPELINE}/test_at_once.py",),
        postgres=True,
    ),
    Mutation(
        "the broker's life: what was sent before a flush",
        "pipeline/runs/recovery.py",
        " | Q(published_at__lt=epoch)",
        "",
        (f"{PIPELINE}/test_reconciler.py",),
    ),
    Mutation(
        "the heartbeat",
        "pipeline/runs/leases.py",
        "            return renew(self._held)\n",
        "            return True\n",
        (f"{PIPELINE}/test_tasks.py",),
    ),
    Mutation(
        "the release at a stop",
        "pipeline/runs/stage_task.py",
        "        _release(held)\n        raise\n",
        "        raise\n",
        (f"{PIPELINE}/test_tasks.py",),
    ),
    Mutation(
        "the cap on tries",
        "pipeline/runs/leases.py",
        "if held.run.attempts >= settings.MAX_STAGE_ATTEMPTS:",
        "if held.run.attempts < 0:",
        (f"{PIPELINE}/test_leases.py",),
    ),
    Mutation(
        "the cap on lost workers",
        "pipeline/runs/leases.py",
        "        lost_count__lt=settings.MAX_STAGE_LOSSES,\n",
        "",
        (f"{PIPELINE}/test_leases.py",),
    ),
    Mutation(
        "the supersession of earlier recordings",
        "pipeline/runs/services.py",
        "    unfinished = runs.filter(state__in=PipelineRun.UNFINISHED)\n    numbers",
        "    unfinished = runs.none()\n    numbers",
        (f"{PIPELINE}/test_services.py",),
    ),
    Mutation(
        "the check that the recording is the one that was uploaded",
        "pipeline/providers/storage.py",
        "    if found != wanted:",
        "    if not wanted:",
        ("tests/integration/speech/test_audio_store.py",),
    ),
    Mutation(
        "the answer that an Idempotency-Key had before",
        "accounts/idempotency.py",
        "        raise Replay(_first_answer(first))\n",
        "        return first\n",
        ("tests/integration/accounts/test_idempotency.py",),
    ),
    Mutation(
        "the owner",
        "sessions/selectors.py",
        "InterviewSession.objects.filter(owner=owner)",
        "InterviewSession.objects.filter(owner__isnull=False)",
        ("tests/integration/sessions/test_sessions.py",),
    ),
    Mutation(
        "the error for a connection that was closed",
        "interview_platform/broker_transport.py",
        "if self.connection is None or self.connection.client is None:",
        "if self is None:",
        (f"{PIPELINE}/test_broker.py",),
    ),
    Mutation(
        "the refusal of messages that make no sense",
        "interview_platform/broker_messages.py",
        "except (TypeError, ValueError, KeyError) as trouble:",
        "except ZeroDivisionError as trouble:",
        (f"{PIPELINE}/test_broker.py",),
    ),
    Mutation(
        "the wait of forks for an SQLite database",
        "pipeline/runs/worker_signals.py",
        "        _forks.acquire()\n",
        "        pass\n",
        (f"{PIPELINE}/test_worker_signals.py",),
    ),
)
