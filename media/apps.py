"""The media app."""

from django.apps import AppConfig


class MediaConfig(AppConfig):
    """Uploaded recordings."""

    name = "media"
    verbose_name = "Recordings"
    default_auto_field = "django.db.models.BigAutoField"
