"""What a person is told to do about a failure."""

import pytest

from pipeline.api.selectors import LATER, RECORD, TELL, with_remedy


class TestAFailure:
    @pytest.mark.parametrize(
        ("code", "retryable", "remedy"),
        [
            ("audio_missing", False, RECORD),
            ("unsupported_format", False, RECORD),
            ("disk_full", True, LATER),
            ("model_missing", False, TELL),
            ("encoder_failed", False, TELL),
        ],
    )
    def test_says_what_to_do(self, code: str, *, retryable: bool, remedy: str) -> None:
        said = with_remedy("It did not work.", code=code, retryable=retryable)

        assert said == f"It did not work. {remedy}"

    def test_is_left_as_it_is_where_it_says_so_itself(self) -> None:
        said = "It took too long. Please try again."

        assert with_remedy(said, code="time_limit", retryable=True) == said

    def test_adds_nothing_to_the_words_of_staff(self) -> None:
        assert with_remedy("We looked at it.", code="stopped_by_staff", retryable=False) == (
            "We looked at it."
        )

    def test_asks_for_another_recording_where_the_recording_is_at_fault(self) -> None:
        said = with_remedy("The file holds no sound.", code="no_audio", retryable=False)

        assert said.endswith("check your microphone and record the answer again.")
