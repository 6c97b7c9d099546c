"""Transcripts as files."""

import re

from hypothesis import given
from hypothesis import strategies as st

from pipeline.api.subtitles import (
    CUE_CHARACTERS,
    CUE_SECONDS,
    LINE_CHARACTERS,
    Cue,
    cut_cues,
    to_srt,
    to_text,
    to_vtt,
)

WORDS = [("We", 0.0, 0.3), ("finished", 0.3, 0.9), ("in", 0.9, 1.1), ("time.", 1.1, 1.6)]
HOUR = 3600.0
words = st.lists(
    st.tuples(st.text(min_size=1, max_size=30), st.floats(0, 2000), st.floats(0, 2000)),
    max_size=60,
)


def clock(text: str) -> float:
    """Return the seconds of a time stamp."""
    hours, minutes, seconds = text.replace(",", ".").split(":")
    return int(hours) * HOUR + int(minutes) * 60 + float(seconds)


class TestCutCues:
    def test_keeps_a_sentence_together(self) -> None:
        assert cut_cues(WORDS) == [Cue("We finished in time.", 0.0, 1.6)]

    def test_begins_anew_after_a_sentence(self) -> None:
        cues = cut_cues([*WORDS, ("Then", 1.7, 1.9), ("we", 1.9, 2.0)])

        assert [cue.text for cue in cues] == ["We finished in time.", "Then we"]
        assert cues[1].start == 1.7

    def test_begins_anew_after_a_pause(self) -> None:
        cues = cut_cues([("So", 0.0, 0.3), ("we", 1.4, 1.5), ("did", 1.5, 1.8)])

        assert [(cue.text, cue.start) for cue in cues] == [("So", 0.0), ("we did", 1.4)]

    def test_can_be_read_in_two_lines(self) -> None:
        cues = cut_cues([("word", index * 0.1, index * 0.1 + 0.1) for index in range(60)])

        assert all(len(cue.text) <= CUE_CHARACTERS for cue in cues)
        assert " ".join(cue.text for cue in cues).split() == ["word"] * 60

    def test_stands_for_six_seconds_at_most(self) -> None:
        cues = cut_cues([("slow", index * 0.9, index * 0.9 + 0.9) for index in range(20)])

        assert all(cue.end - cue.start <= CUE_SECONDS for cue in cues)

    def test_takes_the_segments_where_words_have_no_times(self) -> None:
        segments = [("We finished in time.", 0.0, 1.6), (" ", 1.6, 1.7), ("Then", 2.0, 3.0)]

        cues = cut_cues([], segments=segments)

        assert [cue.text for cue in cues] == ["We finished in time.", "Then"]

    def test_of_silence_is_nothing(self) -> None:
        assert cut_cues([]) == []


class TestSrt:
    def test_numbers_its_cues(self) -> None:
        cues = [Cue("One.", 0.0, 1.25), Cue("Two.", 3661.5, 3662.0)]

        assert to_srt(cues) == (
            "1\n00:00:00,000 --> 00:00:01,250\nOne.\n\n2\n01:01:01,500 --> 01:01:02,000\nTwo.\n"
        )

    def test_of_silence_is_empty(self) -> None:
        assert to_srt([]) == ""

    def test_carries_nothing_over_into_sixty_seconds(self) -> None:
        assert "00:01:00,000" in to_srt([Cue("x", 59.9996, 61.0)])

    def test_breaks_long_lines(self) -> None:
        lines = to_srt([Cue("word " * 16, 0.0, 1.0)]).splitlines()[2:]

        assert len(lines) == 2
        assert all(len(line) <= LINE_CHARACTERS for line in lines)

    def test_has_no_arrow_in_its_text(self) -> None:
        assert to_srt([Cue("a --> b", 0.0, 1.0)]).count("-->") == 1


class TestVtt:
    def test_says_what_it_is(self) -> None:
        assert to_vtt([Cue("One.", 0.0, 1.25)]) == (
            "WEBVTT\n\n00:00:00.000 --> 00:00:01.250\nOne.\n"
        )

    def test_of_silence_has_its_head_alone(self) -> None:
        assert to_vtt([]) == "WEBVTT\n"

    def test_holds_no_markup(self) -> None:
        shown = to_vtt([Cue("<b>a</b> & b --> c", 0.0, 1.0)])

        assert "&lt;b&gt;a&lt;/b&gt; &amp; b --&gt; c" in shown


class TestText:
    def test_is_one_line(self) -> None:
        assert to_text("  We \n finished. ") == "We finished.\n"

    def test_of_silence_is_empty(self) -> None:
        assert to_text("  ") == ""


class TestAnyTranscript:
    @given(words)
    def test_becomes_files_that_players_take(self, spoken: list[tuple[str, float, float]]) -> None:
        cues = cut_cues(spoken)

        for text, separator in ((to_srt(cues), ","), (to_vtt(cues), ".")):
            spans = re.findall(rf"^(\S+{separator}\d\d\d) --> (\S+)$", text, re.MULTILINE)
            starts = [clock(begin) for begin, _ in spans]
            assert len(spans) == len(cues)
            assert starts == sorted(starts)
            assert all(clock(begin) < clock(end) for begin, end in spans)
            assert "\n\n\n" not in text
