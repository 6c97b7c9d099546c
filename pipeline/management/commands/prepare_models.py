"""`manage.py prepare_models`: have the recogniser's weights ready before the workers start."""

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from pipeline.providers.whisper_weights import WeightsUnavailable, ensure_model


class Command(BaseCommand):
    """Puts the weights in place, checks them, and says where they are."""

    help = "Put the speech model in place and check it (WHISPER_MODEL)."

    def handle(self, *args: Any, **options: Any) -> None:
        """Print one line, or stop with the sentence that says what is wrong."""
        try:
            directory = ensure_model(settings.WHISPER_MODEL)
        except WeightsUnavailable as trouble:
            raise CommandError(trouble.message) from trouble
        self.stdout.write(f"Speech model {settings.WHISPER_MODEL} is ready in {directory}")
