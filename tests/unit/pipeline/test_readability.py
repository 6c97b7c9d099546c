from pipeline.scoring.observations import measure_readability
from tests.answers import ANSWER

PLAIN = "I had a plan. We met on each day. The team did the work. It was good. " * 3
LEARNED = (
    "Notwithstanding considerable organisational complexity, interdepartmental communication necessitated "
    "extraordinarily comprehensive documentation, facilitating subsequent implementation responsibilities. "
) * 3


class TestMeasureReadability:
    def test_tells_plain_words_from_learned_ones(self) -> None:
        plain, learned = measure_readability(PLAIN), measure_readability(LEARNED)

        assert plain is not None
        assert learned is not None
        assert plain["reading_ease"] > 80
        assert learned["reading_ease"] < 30
        assert plain["school_grade"] < 4
        assert learned["school_grade"] > 12

    def test_says_nothing_of_a_few_words(self) -> None:
        assert measure_readability("We met. It went well.") is None

    def test_is_the_same_each_time(self) -> None:
        assert measure_readability(ANSWER) == measure_readability(ANSWER)
