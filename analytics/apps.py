"""The analytics app; it owns no table but what staff say of answers."""

from django.apps import AppConfig

TEND_SECONDS = 20
FORGET_SECONDS = 3600


class AnalyticsConfig(AppConfig):
    """Reads what the other apps keep."""

    name = "analytics"

    def ready(self) -> None:
        """Have exports looked after."""
        from analytics import exports
        from pipeline.runs import periodic

        periodic.register(
            "send exports again", every_seconds=TEND_SECONDS, do=exports.tend, is_mending=True
        )
        periodic.register("forget old exports", every_seconds=FORGET_SECONDS, do=exports.forget_old)
