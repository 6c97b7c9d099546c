"""Fillers that the recogniser wrote and nobody said."""

from types import SimpleNamespace

from pipeline.providers.speech.vad import LEAST_PROBABILITY, LEAST_ROOM, drop_doubtful

Heard = tuple[str, float, float, float]  # text, start, end, probability


def text_kept(*segments: list[Heard]) -> str:
    """Return the text that is left of segments."""
    rows = [
        SimpleNamespace(
            text="".join(word[0] for word in words),
            words=[
                SimpleNamespace(word=text, start=start, end=end, probability=probability)
                for text, start, end, probability in words
            ],
        )
        for words in segments
    ]
    return "".join(row.text for row in drop_doubtful(rows))


class TestDropDoubtful:
    def test_keeps_a_filler_that_takes_its_time(self) -> None:
        heard: list[Heard] = [
            (" So,", 0.0, 0.3, 0.9),
            (" um,", 0.4, 0.6, 0.1),
            (" I", 0.9, 1.0, 0.9),
        ]

        assert text_kept(heard) == " So, um, I"

    def test_drops_one_that_the_sound_all_but_excludes(self) -> None:
        probability = LEAST_PROBABILITY / 2

        assert text_kept([(" Um,", 0.0, 0.4, probability), (" I", 0.9, 1.0, 0.9)]) == " I"

    def test_drops_one_without_any_time(self) -> None:
        assert text_kept([(" Um,", 0.4, 0.4, 0.9), (" I", 0.9, 1.0, 0.9)]) == " I"

    def test_drops_one_without_room_before_the_next_word(self) -> None:
        """ "didn't get the the same" was heard as "didn't get, uh, the same"."""
        start = 1.0 + LEAST_ROOM - 0.03

        assert (
            text_kept(
                [(" get,", 0.7, 1.0, 0.9), (" uh,", 1.0, 1.1, 0.97), (" the", start, 1.3, 0.9)]
            )
            == " get, the"
        )

    def test_looks_for_room_beyond_the_end_of_a_segment(self) -> None:
        assert text_kept([(" uh.", 1.0, 1.1, 0.97)], [(" The", 1.1, 1.3, 0.9)]) == " The"
        assert text_kept([(" uh.", 1.0, 1.1, 0.97)], [(" The", 1.4, 1.6, 0.9)]) == " uh. The"

    def test_leaves_short_words_that_are_no_fillers(self) -> None:
        assert text_kept([(" a", 1.0, 1.05, 0.9), (" man", 1.05, 1.4, 0.9)]) == " a man"

    def test_keeps_a_filler_with_which_everything_ends(self) -> None:
        assert text_kept([(" so", 1.0, 1.2, 0.9), (" um", 1.4, 1.6, 0.9)]) == " so um"
