"""More of what `make bite` takes out: what mends lost work, and what leaves nothing behind."""

from typing import Final

from tests.bite.mutations import PIPELINE, Mutation

RECOVERY: Final = (
    Mutation(
        "the late writes of rows that the database was away for",
        "accounts/late_writes.py",
        "        except AWAY:\n            self.make_later(write)\n",
        "        except AWAY:\n            pass\n",
        ("tests/unit/accounts/test_late_writes.py",),
    ),
    Mutation(
        "the settling of a key once the database is back",
        "accounts/idempotency.py",
        "            late_writes.make(lambda: row.update(**answer))",
        "            row.update(**answer)",
        ("tests/integration/accounts/test_idempotency.py",),
    ),
    Mutation(
        "the mark of the broker's life, which a flush takes",
        "pipeline/reconciler.py",
        "if kept is not None and life.is_marked:",
        "if kept is not None:",
        (f"{PIPELINE}/test_reconciler.py",),
    ),
    Mutation(
        "the lead: one reconciler at a time",
        "pipeline/reconciler.py",
        "        if not lead(self.holder):\n            return 0\n",
        "",
        (f"{PIPELINE}/test_reconciler.py",),
    ),
    Mutation(
        "the end of a dead leader's lease",
        "pipeline/reconciler.py",
        "Q(holder=holder) | Q(until__lt=Now())",
        "Q(holder=holder)",
        (f"{PIPELINE}/test_reconciler.py",),
    ),
    Mutation(
        "the growing wait between two messages",
        "pipeline/reconciler.py",
        "settings.REPUBLISH_SECONDS * 2 ** max(0, count - 1)",
        "settings.REPUBLISH_SECONDS",
        (f"{PIPELINE}/test_reconciler.py",),
    ),
    Mutation(
        "the end of a run that has lost too many workers",
        "pipeline/leases.py",
        "Q(lost_count__gte=settings.MAX_STAGE_LOSSES) | ",
        "",
        (
            f"{PIPELINE}/test_leases.py",
            f"{PIPELINE}/test_reconciler.py",
        ),
    ),
    Mutation(
        "the lease that a killed child need not sit out",
        "pipeline/worker_life.py",
        "        leases.expire(run_id=run_id, worker=_Life.name)\n",
        "        pass\n",
        (f"{PIPELINE}/test_worker_life.py",),
    ),
    Mutation(
        "the wait before a stage is tried again",
        "pipeline/leases.py",
        "next_run_at=Now() + _delay(held.run)",
        "next_run_at=Now()",
        (f"{PIPELINE}/test_leases.py",),
    ),
    Mutation(
        "the claim that a retry is not due for",
        "pipeline/statements_sql.py",
        'AND (run."next_run_at" IS NULL OR run."next_run_at" <= {now})\n',
        "",
        (f"{PIPELINE}/test_leases.py",),
    ),
    Mutation(
        "a session's results wait for its answers",
        "pipeline/statements_sql.py",
        'AND (run."question_id" IS NOT NULL OR NOT EXISTS (',
        'AND (run."id" > 0 OR NOT EXISTS (',
        (f"{PIPELINE}/test_leases.py",),
    ),
    Mutation(
        "the sync of a recording before its rows",
        "media/keeping.py",
        "    os.fsync(spool.fileno())\n",
        "",
        ("tests/integration/media/test_durability.py",),
    ),
    Mutation(
        "no file is left without its rows",
        "media/services.py",
        "        _discard_unless_noted(key)\n        raise\n",
        "        raise\n",
        ("tests/integration/media/test_durability.py",),
    ),
    Mutation(
        "the sweep of files that are nobody's",
        "media/orphans.py",
        "if name not in known and _is_older(name, before):",
        "if name in known:",
        ("tests/integration/media/test_sweep.py",),
    ),
    Mutation(
        "the sweep leaves what may be on its way",
        "media/orphans.py",
        "name not in known and _is_older(name, before)",
        "name not in known",
        ("tests/integration/media/test_sweep.py",),
    ),
    Mutation(
        "one answer of copies that came at once",
        "media/services.py",
        "    if twin is not None:\n        raise AlreadyReceived(twin)\n",
        "",
        ("tests/integration/media/test_durability.py",),
    ),
    Mutation(
        "the memory that a decoder may take",
        "pipeline/providers/audio_child.py",
        "        resource.RLIMIT_AS: MEMORY_BYTES,\n",
        "",
        ("tests/integration/speech/test_audio_child.py",),
    ),
    Mutation(
        "the end of what decodes for too long",
        "pipeline/providers/audio_child.py",
        "            if seconds > self.limit:",
        "            if seconds < 0:",
        ("tests/integration/speech/test_audio_probe.py",),
    ),
)
