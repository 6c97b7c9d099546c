"""The pipeline app."""

from django.apps import AppConfig


class PipelineConfig(AppConfig):
    """Runs, their results, and the queues' worker processes."""

    name = "pipeline"
    default_auto_field = "django.db.models.BigAutoField"
