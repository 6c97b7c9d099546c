import pytest

from accounts.languages import ISO_639_1
from sessions.languages import KNOWN_LANGUAGES, is_known, known_or_auto


class TestKnownLanguages:
    def test_are_those_that_every_multilingual_model_knows(self) -> None:
        from faster_whisper.tokenizer import _LANGUAGE_CODES

        assert set(KNOWN_LANGUAGES) == set(_LANGUAGE_CODES) - {"yue"}

    def test_are_sorted_codes_once_each(self) -> None:
        assert list(KNOWN_LANGUAGES) == sorted(set(KNOWN_LANGUAGES))
        assert set(KNOWN_LANGUAGES) - set(ISO_639_1) == {"haw", "jw"}

    @pytest.mark.parametrize("language", ["en", "de", "auto"])
    def test_can_be_asked_for(self, language: str) -> None:
        assert is_known(language)
        assert known_or_auto(language) == language

    @pytest.mark.parametrize("language", ["", "xx", "EN", "english", "rm"])
    def test_are_no_others(self, language: str) -> None:
        assert not is_known(language)
        assert known_or_auto(language) == "auto"
