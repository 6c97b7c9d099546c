"""The pipeline app."""

from django.apps import AppConfig


class PipelineConfig(AppConfig):
    """Runs, their results, and the queues' worker processes."""

    name = "pipeline"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Register the checks, what a worker's main process does, and the upkeep of rows: `accounts` lies below us."""
        from accounts import letters
        from accounts.idempotency import forget_old_answers
        from pipeline import (  # noqa: F401 - the import of some registers them
            budgets,
            checks,
            preloading,
            question_jobs,
            quotas,
            re_evaluations,
            upkeep,
            worker_signals,
        )

        upkeep.register(
            "forget old answers to an Idempotency-Key", every_seconds=3600, do=forget_old_answers
        )
        upkeep.register(
            "delete stale workers", every_seconds=3600, do=worker_signals.delete_stale_workers
        )
        upkeep.register(
            "serve questions that no model wrote in time",
            every_seconds=question_jobs.OVERDUE_EVERY,
            do=question_jobs.settle_overdue,
            is_mending=True,
        )
        upkeep.register("send letters again", every_seconds=20, do=letters.tend, is_mending=True)
        re_evaluations.register()
        upkeep.register("forget old question jobs", every_seconds=3600, do=question_jobs.forget_old)
        upkeep.register("forget old budgets", every_seconds=3600, do=budgets.forget_old_days)
        upkeep.register("forget old hours", every_seconds=3600, do=quotas.forget_old_hours)
