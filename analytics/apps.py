"""The analytics app; it owns no table."""

from django.apps import AppConfig


class AnalyticsConfig(AppConfig):
    """Reads what the other apps keep."""

    name = "analytics"
