"""What goes wrong again and again."""

import pytest

from analytics.mistakes import is_mistake, recurring_mistakes
from pipeline.scoring.thresholds import FLUENCY_SHARES
from tests.unit.analytics.practice import numbered, slip


class TestIsMistake:
    @pytest.mark.parametrize(
        ("metric", "rule", "points", "wrong"),
        [
            ("grammar", "agreement", -3.0, True),
            ("grammar", "errors_heard", 95.0, False),
            ("keywords", "keyword_missing", 0.0, True),
            ("keywords", "keyword_word", 20.0, False),
            ("relevance", "point_missing", 0.0, True),
            ("relevance", "farthest_sentence", 0.0, True),
        ],
    )
    def test_tells_what_went_wrong_from_what_went_well(
        self, metric: str, rule: str, points: float, wrong: bool
    ) -> None:
        assert is_mistake(metric=metric, rule=rule, points=points) is wrong

    @pytest.mark.parametrize(("part", "share"), FLUENCY_SHARES.items())
    def test_asks_three_quarters_of_each_part_of_fluency(self, part: str, share: float) -> None:
        assert not is_mistake(metric="fluency", rule=part, points=75 * share)
        assert is_mistake(metric="fluency", rule=part, points=75 * share - 0.1)


class TestRecurringMistakes:
    def test_need_more_than_one_session(self) -> None:
        rows = [slip(question_id=numbered(1)), slip(question_id=numbered(2))]

        assert recurring_mistakes(rows) == ()

    def test_count_answers_and_sessions_and_show_the_latest(self) -> None:
        rows = [
            slip(session_id=numbered(1), question_id=numbered(1), quote="he go"),
            slip(session_id=numbered(1), question_id=numbered(1), quote="they was"),
            slip(session_id=numbered(2), question_id=numbered(2), quote="it are"),
            slip(session_id=numbered(3), question_id=numbered(3), quote=""),
        ]

        (mistake,) = recurring_mistakes(rows)

        assert (mistake.answers, mistake.sessions) == (3, 3)
        assert mistake.example.quote == "it are"

    def test_are_the_most_frequent_first(self) -> None:
        rows = [slip("article", session_id=numbered(one)) for one in (1, 2)]
        rows += [
            slip("agreement", session_id=numbered(one), question_id=numbered(one))
            for one in (1, 2, 3)
        ]

        assert [row.rule for row in recurring_mistakes(rows)] == ["agreement", "article"]
