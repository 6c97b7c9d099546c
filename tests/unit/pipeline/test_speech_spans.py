from itertools import pairwise

from pipeline.domain.values import Span
from pipeline.providers.speech.vad import (
    LONGEST_WINDOW,
    SAMPLE_RATE,
    SHORTEST_WINDOW,
    Chunk,
    as_spans,
    seconds_of_speech,
    windows_for_recogniser,
)


def spoken(*seconds: tuple[float, float]) -> list[Chunk]:
    return [
        Chunk(start=int(start * SAMPLE_RATE), end=int(end * SAMPLE_RATE)) for start, end in seconds
    ]


def windows(*seconds: tuple[float, float], length: float) -> list[list[tuple[float, float]]]:
    found = windows_for_recogniser(spoken(*seconds), length=int(length * SAMPLE_RATE))
    return [
        [(part["start"] / SAMPLE_RATE, part["end"] / SAMPLE_RATE) for part in window]
        for window in found
    ]


class TestWindowsForRecogniser:
    def test_keep_a_short_answer_in_one_piece_with_margins(self) -> None:
        assert windows((1, 3), (3.5, 6), length=10) == [[(0.6, 6.4)]]

    def test_cut_out_long_silences(self) -> None:
        assert windows((1, 3), (8, 9), length=20) == [[(0.6, 3.4), (7.6, 9.4)]]

    def test_keep_a_short_silence_at_the_end(self) -> None:
        assert windows((0, 3), length=4.5) == [[(0, 4.5)]]

    def test_part_a_long_answer_at_its_longest_silence(self) -> None:
        parts = windows((0, 10), (10.2, 15), (16, 24), (24.3, 40), length=40)

        assert parts == [[(0, 15.5)], [(15.6, 40)]]

    def test_share_a_long_answer_without_leaving_a_crumb(self) -> None:
        every_second = [(float(second), second + 0.8) for second in range(30)]

        parts = windows(*every_second, length=30)

        assert all(part[-1][1] - part[0][0] >= SHORTEST_WINDOW for part in parts)

    def test_are_no_more_than_needed_wherever_the_longest_silence_is(self) -> None:
        parts = windows((0, 8.5), (9.4, 20), (20.1, 27), (27.1, 36), (36.4, 54), length=54)

        assert [part[-1][1] - part[0][0] for part in parts] == [27.05, 26.95]

    def test_never_overlap_and_never_exceed_what_is_taken_in_at_one_go(self) -> None:
        every_second = [(float(second), second + 0.8) for second in range(300)]

        parts = windows(*every_second, length=300)

        assert all(part[-1][1] - part[0][0] <= LONGEST_WINDOW + 1 for part in parts)
        assert all(before[-1][1] <= after[0][0] for before, after in pairwise(parts))

    def test_leave_speech_without_any_silence_to_the_recogniser(self) -> None:
        assert windows((0, 90), length=90) == [[(0, 90)]]

    def test_are_none_where_nobody_speaks(self) -> None:
        assert windows(length=10) == []


class TestSpans:
    def test_are_in_seconds(self) -> None:
        assert as_spans(spoken((0.5, 1.25))) == (Span(start=0.5, end=1.25),)

    def test_add_up_between_two_times(self) -> None:
        assert seconds_of_speech(spoken((0, 2), (3, 5)), start=1, end=4) == 2.0
