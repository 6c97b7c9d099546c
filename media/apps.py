"""The media app."""

from django.apps import AppConfig

SWEEP_SECONDS = 3600
RETENTION_SECONDS = 600


class MediaConfig(AppConfig):
    """Uploaded recordings."""

    name = "media"
    verbose_name = "Recordings"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Have the storage swept."""
        from accounts import erasure
        from media import retention
        from media.services import sweep_orphans
        from pipeline.runs import periodic

        periodic.register(
            "sweep the storage of recordings", every_seconds=SWEEP_SECONDS, do=sweep_orphans
        )
        hourly = {
            "mark erasures in the storage": erasure.mark_erasures,
            "scrub the staff's log": erasure.scrub_staff_log,
        }
        for name, job in hourly.items():
            periodic.register(name, every_seconds=SWEEP_SECONDS, do=job)
        often = {
            "delete old recordings": retention.delete_old_audio,
            "delete old sessions": retention.delete_old_sessions,
        }
        for name, job in often.items():
            periodic.register(name, every_seconds=RETENTION_SECONDS, do=job)
