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
        from pipeline import quotas
        from pipeline.llm import client
        from pipeline.questions import jobs
        from pipeline.runs import periodic, reevaluation, worker_signals

        periodic.register(
            "forget old answers to an Idempotency-Key", every_seconds=3600, do=forget_old_answers
        )
        periodic.register(
            "delete stale workers", every_seconds=3600, do=worker_signals.delete_stale_workers
        )
        periodic.register(
            "serve questions that no model wrote in time",
            every_seconds=jobs.OVERDUE_EVERY,
            do=jobs.settle_overdue,
            is_mending=True,
        )
        periodic.register("send letters again", every_seconds=20, do=letters.tend, is_mending=True)
        reevaluation.register()
        periodic.register("forget old question jobs", every_seconds=3600, do=jobs.forget_old)
        periodic.register("forget old budgets", every_seconds=3600, do=client.forget_old_days)
        periodic.register("forget old hours", every_seconds=3600, do=quotas.forget_old_hours)
