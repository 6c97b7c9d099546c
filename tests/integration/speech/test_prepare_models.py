from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command


class TestPrepareModels:
    def test_says_in_one_line_where_the_model_is(self, tmp_path: Path, settings: Any) -> None:
        (tmp_path / "model.bin").touch()
        settings.WHISPER_MODEL = str(tmp_path)
        output = StringIO()

        call_command("prepare_models", stdout=output)

        assert output.getvalue() == f"Speech model {tmp_path} is ready in {tmp_path}\n"

    def test_stops_with_a_sentence_when_there_is_none(self, settings: Any) -> None:
        settings.WHISPER_MODEL = "/no/such/model"

        with pytest.raises(CommandError, match="does not exist"):
            call_command("prepare_models")
