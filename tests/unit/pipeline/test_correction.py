"""A transcript put right keeps its seconds."""

from hypothesis import given
from hypothesis import strategies as st

from pipeline.domain.values import Segment, Transcript, Word
from pipeline.scoring.transcript_diff import WordChange, correct

texts = st.lists(
    st.text(alphabet="ab,.'-é", min_size=1, max_size=6), min_size=1, max_size=30
).filter(lambda words: all(word.split() == [word] for word in words))


def heard(*words: str, segments: tuple[Segment, ...] = ()) -> Transcript:
    """A second for each word, and a pause of half a second after it."""
    spoken = tuple(
        Word(word, index * 1.5, index * 1.5 + 1.0, 0.8) for index, word in enumerate(words)
    )
    return Transcript(
        text=" ".join(words),
        language="en",
        duration=1.5 * len(words),
        words=spoken,
        segments=segments,
    )


class TestCorrect:
    def test_leaves_alone_what_is_the_same(self) -> None:
        before = heard("We", "finished", "in", "time.")

        correction = correct(before, "We finished in time.")

        assert correction.transcript == before
        assert (correction.kept, correction.changes) == (4, ())

    def test_gives_a_word_the_time_of_the_one_it_replaces(self) -> None:
        correction = correct(heard("We", "used", "cellar", "daily."), "We used Celery daily.")

        assert correction.transcript.words[2] == Word("Celery", 3.0, 4.0, 1.0)
        assert correction.changes == (WordChange("cellar", "Celery", 3.0, 4.0),)

    def test_shares_the_time_of_one_word_among_two(self) -> None:
        correction = correct(heard("We", "gonna", "win."), "We are going win.")

        times = [(word.text, word.start, word.end) for word in correction.transcript.words[1:3]]
        assert times == [("are", 1.5, 1.875), ("going", 1.875, 2.5)]

    def test_puts_a_new_word_between_its_neighbours(self) -> None:
        correction = correct(heard("We", "finished"), "We almost finished")

        assert correction.transcript.words[1] == Word("almost", 1.0, 1.5, 1.0)
        assert correction.changes == (WordChange("", "almost", 1.0, 1.5),)

    def test_lets_the_times_of_the_others_be_when_a_word_goes(self) -> None:
        correction = correct(heard("We", "um", "finished"), "We finished")

        assert [word.start for word in correction.transcript.words] == [0.0, 3.0]
        assert (correction.kept, correction.removed, correction.added) == (2, 1, 0)

    def test_sees_a_comma(self) -> None:
        correction = correct(heard("Well", "then"), "Well, then")

        assert correction.changes == (WordChange("Well", "Well,", 0.0, 1.0),)

    def test_puts_words_together_that_were_timed_apart(self) -> None:
        before = Transcript(
            text="a well-known fact",
            language="en",
            duration=4.0,
            words=(
                Word("a", 0.0, 0.5, 0.9),
                Word("well", 0.5, 1.0, 0.9),
                Word("-known", 1.0, 1.5, 0.7),
                Word("fact", 2.0, 2.5, 0.9),
            ),
        )

        correction = correct(before, "a well-known fact")

        assert correction.changes == ()
        assert correction.transcript.words[1] == Word("well-known", 0.5, 1.5, 0.7)

    def test_writes_the_segments_anew(self) -> None:
        before = heard(
            *("We", "won.", "Then", "rest."),
            segments=(Segment("We won.", 0.0, 3.0), Segment("Then rest.", 3.0, 6.0)),
        )

        correction = correct(before, "We really won. Then slept.")

        assert [part.text for part in correction.transcript.segments] == [
            "We really won.",
            "Then slept.",
        ]

    def test_takes_a_text_without_times(self) -> None:
        typed = Transcript(text="We finished.", language="en", duration=0.0)

        correction = correct(typed, "We almost finished.")

        assert correction.transcript.words == ()
        assert correction.changes == (WordChange("", "almost", None, None),)

    @given(before=texts, after=texts)
    def test_never_goes_back_in_time_nor_loses_a_word(
        self, before: list[str], after: list[str]
    ) -> None:
        correction = correct(heard(*before), " ".join(after))

        words = correction.transcript.words
        times = [moment for word in words for moment in (word.start, word.end)]
        assert [word.text for word in words] == after
        assert times == sorted(times)
        assert times[-1] <= 1.5 * len(before)
        assert correction.kept + correction.added == len(after)
        assert correction.kept + correction.removed == len(before)
