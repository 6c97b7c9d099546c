"""The accounts app."""

from django.apps import AppConfig


class AccountsConfig(AppConfig):
    """People who practise, and staff."""

    name = "accounts"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Register the checks."""
        from accounts import checks  # noqa: F401 - its import registers them
