"""The pipeline app."""

from django.apps import AppConfig


class PipelineConfig(AppConfig):
    """Runs, their results, and the queues' worker processes."""

    name = "pipeline"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Register the checks, what a worker's main process does, and the upkeep of our own rows."""
        from pipeline import checks, upkeep, worker_life  # noqa: F401 - their import registers them

        upkeep.register(
            "forget workers that are gone", every_seconds=3600, do=worker_life.forget_the_dead
        )
