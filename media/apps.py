"""The media app."""

from django.apps import AppConfig

SWEEP_SECONDS = 3600


class MediaConfig(AppConfig):
    """Uploaded recordings."""

    name = "media"
    verbose_name = "Recordings"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Have the storage swept."""
        from media.services import sweep_orphans
        from pipeline import upkeep

        upkeep.register(
            "sweep the storage of recordings", every_seconds=SWEEP_SECONDS, do=sweep_orphans
        )
