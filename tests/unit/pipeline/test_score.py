"""The session's score card."""

from pipeline.domain.values import ScoreCard
from pipeline.scoring.session_score import score_session
from pipeline.scoring.thresholds import DEFAULT_WEIGHTS
from tests.answers import judged


def card(*answers: object, asked: int = 3) -> ScoreCard:
    return score_session(answers=answers, asked=asked, weights=DEFAULT_WEIGHTS)  # type: ignore[arg-type]  # test shorthand


class TestScoreSession:
    def test_is_the_sum_of_the_weighted_shares(self) -> None:
        result = card(
            judged(scores=(82, 75, 80, 77)), judged(position=2, scores=(60.1, 70.3, 51.7, 33.3))
        )

        assert result.total_score == round(
            sum(share.weighted for share in result.breakdown.values()), 1
        )
        assert result.breakdown["relevance"].raw == 71.0  # half of 142.1 to one decimal
        assert result.letter_grade == "B-"

    def test_counts_a_zero(self) -> None:
        result = card(judged(scores=(0, 0, 0, 0)), judged(position=2, scores=(100, 100, 100, 100)))

        assert result.total_score == 50.0

    def test_leaves_out_what_could_not_be_graded(self) -> None:
        result = card(judged(), judged(position=2, scores=(0, None, None, 0), scorable=False))

        assert result.breakdown["relevance"].raw == 80.0
        assert (result.answered, result.asked) == (2, 3)

    def test_has_no_total_without_a_graded_answer(self) -> None:
        result = card(judged(scorable=False))

        assert (result.total_score, result.letter_grade) == (None, None)
        assert all(share.weighted == 0 for share in result.breakdown.values())

    def test_shares_the_weight_of_a_metric_nobody_judged(self) -> None:
        result = card(judged(scores=(80, 80, 80, None)))

        assert result.weights == {
            "relevance": 0.4375,
            "grammar": 0.25,
            "fluency": 0.3125,
            "keywords": 0.0,
        }
        assert result.total_score == 80.0

    def test_means_the_overall_scores_of_a_category(self) -> None:
        result = card(
            judged(overall=60),
            judged(position=2, overall=70),
            judged(position=3, category="technical", overall=10),
        )

        assert result.category_scores == {"behavioral": 65.0, "technical": 10.0}

    def test_lists_the_answers_by_position(self) -> None:
        result = card(judged(position=2), judged(position=1))

        assert [row.position for row in result.question_scores] == [1, 2]

    def test_survives_a_session_without_answers(self) -> None:
        assert card(asked=0).total_score is None
