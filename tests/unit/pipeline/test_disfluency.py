"""Fillers and repetitions."""

from pipeline.scoring.transcript import count_fillers, find_fillers, find_repeats


class TestFindFillers:
    def test_counts_a_phrase_once(self) -> None:
        fillers = find_fillers(["um", "we", "you", "know", "shipped", "it", "uh", "um"])

        assert count_fillers(fillers) == {"um": 2, "uh": 1, "you know": 1}

    def test_leaves_you_know_as_a_sentence_alone(self) -> None:
        assert find_fillers(["do", "you", "know", "how", "it", "works"]) == {}

    def test_takes_like_only_beside_another_filler(self) -> None:
        assert find_fillers(["i", "like", "tests"]) == {}
        assert find_fillers(["it", "was", "um", "like", "slow"]) == {2: "um", 3: "like"}


class TestFindRepeats:
    def test_finds_words_and_phrases_that_begin_again(self) -> None:
        assert find_repeats(["i", "was", "i", "was", "in", "the", "the", "team"]) == [
            (0, 1),
            (5, 5),
        ]

    def test_looks_across_fillers(self) -> None:
        assert find_repeats(["the", "um", "the", "plan"], ignored=[1]) == [(0, 0)]

    def test_allows_what_is_doubled_on_purpose(self) -> None:
        assert find_repeats(["very", "very", "good", "that", "that", "had", "had"]) == []
