"""Words that changed."""

from hypothesis import given
from hypothesis import strategies as st

from analytics.comparison import diff_words
from analytics.values import WordChange
from pipeline.scoring.transcript_diff import MOST_WORDS

words = st.lists(st.sampled_from(["we", "cut", "the", "cost", "Um,", "team."]), max_size=30)


class TestDiffWords:
    def test_takes_case_and_punctuation_for_no_change(self) -> None:
        changed = diff_words("We finished, in time.", "we finished in TIME")

        assert (changed.kept, changed.added, changed.removed) == (4, 0, 0)
        assert changed.sentence == "You said the same words."

    def test_names_what_gave_way_to_what(self) -> None:
        changed = diff_words(
            "I led the team and um we finished late", "I led the team and we finished in one night"
        )

        assert changed.changes == (
            WordChange(before="um", after=""),
            WordChange(before="late", after="in one night"),
        )
        assert changed.sentence == "7 of 10 words stayed. New: \u201cin one night\u201d."

    def test_lets_no_lonely_word_cut_a_change_in_two(self) -> None:
        changed = diff_words(
            "It was the worst year of all", "Nobody knows the answer to this question"
        )

        assert len(changed.changes) == 1

    def test_cuts_long_phrases(self) -> None:
        changed = diff_words("", " ".join(f"word{number}" for number in range(30)))

        assert "word13 \u2026\u201d" in changed.sentence
        assert "word14" not in changed.sentence

    def test_says_when_nothing_was_said(self) -> None:
        assert diff_words("We finished.", "").sentence == "Nothing was said this time."

    def test_counts_the_words_beyond_those_that_it_compares(self) -> None:
        changed = diff_words("new " + "word " * MOST_WORDS, "word " * (2 * MOST_WORDS))

        assert (changed.kept, changed.removed) == (MOST_WORDS - 1, 2)
        assert changed.added == MOST_WORDS + 1

    def test_finds_no_change_in_a_text_of_any_length(self) -> None:
        text = "word " * (2 * MOST_WORDS)

        assert diff_words(text, text).changes == ()

    @given(words, words)
    def test_accounts_for_every_word(self, before: list[str], after: list[str]) -> None:
        changed = diff_words(" ".join(before), " ".join(after))

        gone = [word for change in changed.changes for word in change.before.split()]
        come = [word for change in changed.changes for word in change.after.split()]
        assert (len(gone), len(come)) == (changed.removed, changed.added)
        assert changed.kept + changed.removed == len(before)
        assert changed.kept + changed.added == len(after)

    @given(words)
    def test_finds_nothing_between_a_text_and_itself(self, text: list[str]) -> None:
        assert diff_words(" ".join(text), " ".join(text)).changes == ()
