"""`manage.py prepare_models`: have all models ready before the workers start."""

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from pipeline.domain.ports import StageError
from pipeline.providers.nlp.bigrams import open_table, table_folder
from pipeline.providers.speech.whisper_weights import ensure_model


class Command(BaseCommand):
    """Puts the recognizer's weights and the table of word pairs in place, and checks them."""

    help = "Put the speech model (WHISPER_MODEL) and the table of word pairs in place."

    def handle(self, *args: Any, **options: Any) -> None:
        """Print a line for each, or stop with the sentence that says what is wrong."""
        try:
            directory = ensure_model(settings.WHISPER_MODEL)
            self.stdout.write(f"Speech model {settings.WHISPER_MODEL} is ready in {directory}")
            open_table()
            self.stdout.write(f"Word pairs are ready in {table_folder()}")
        except StageError as error:
            raise CommandError(error.message) from error
