from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from pipeline.providers.nlp import bigrams


class TestPrepareModels:
    def test_says_where_each_model_is(self, tmp_path: Path, settings: Any) -> None:
        settings.MODELS_DIR = tmp_path
        (tmp_path / "model.bin").touch()
        settings.WHISPER_MODEL = str(tmp_path)
        output = StringIO()

        call_command("prepare_models", stdout=output)

        speech, pairs = output.getvalue().splitlines()
        assert speech == f"Speech model {tmp_path} is ready in {tmp_path}"
        assert pairs == f"Word pairs are ready in {bigrams.table_folder()}"
        assert (bigrams.table_folder() / "words.npy").is_file()

    def test_stops_with_a_sentence_when_there_is_none(self, settings: Any) -> None:
        settings.WHISPER_MODEL = "/no/such/model"

        with pytest.raises(CommandError, match="does not exist"):
            call_command("prepare_models")
