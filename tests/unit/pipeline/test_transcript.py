"""Scripts: words with their place and seconds."""

from pipeline.domain.values import Transcript, Word
from pipeline.scoring.transcript import plain_word, read_script
from tests.answers import script, spoken


class TestReadScript:
    def test_quotes_the_literal_text_with_its_seconds(self) -> None:
        answer = read_script(spoken("Well, I wrote  C++ code.", pace=60, latency=1.0))

        passage = answer.passage(1, 3)

        assert passage.text == "I wrote  C++"
        assert (passage.start, passage.end) == (2.0, 5.0)

    def test_finds_the_seconds_where_text_and_words_differ(self) -> None:
        transcript = Transcript(
            text="So we tested it twice.",
            language="en",
            duration=3,
            words=(
                Word("we", 1.0, 1.2, 0.9),
                Word("tested", 1.2, 1.6, 0.9),
                Word("twice.", 2.0, 2.4, 0.9),
            ),
        )

        words = read_script(transcript).words

        assert [word.start for word in words] == [None, 1.0, 1.2, None, 2.0]

    def test_takes_the_words_when_there_is_no_text(self) -> None:
        transcript = Transcript(
            text="", language="en", duration=1, words=(Word("Hello.", 0, 1, 0.9),)
        )

        assert read_script(transcript).text == "Hello."

    def test_cuts_a_run_without_full_stops(self) -> None:
        assert len(script("word " * 70).sentences) == 3

    def test_is_empty_for_silence(self) -> None:
        assert read_script(Transcript(text=" ", language="en", duration=9)).words == ()


class TestPlainWord:
    def test_keeps_the_signs_that_belong_to_a_name(self) -> None:
        said = ["C++,", "(C#)", "Node.js.", ".NET", "\u201cquoted\u201d", "don\u2019t", "..."]

        assert [plain_word(word) for word in said] == [
            "c++",
            "c#",
            "node.js",
            ".net",
            "quoted",
            "don't",
            "",
        ]
