"""Curves and rounding."""

import pytest

from pipeline.scoring.curves import as_score, band, interpolate, one_decimal
from pipeline.scoring.thresholds import LETTERS, RATINGS


class TestInterpolate:
    @pytest.mark.parametrize(
        ("measure", "expected"), [(-5, 10), (0, 10), (5, 20), (10, 30), (99, 30)]
    )
    def test_follows_the_line_and_stays_flat_beyond(self, measure: float, expected: float) -> None:
        assert interpolate(measure, ((0, 10), (10, 30))) == expected


class TestOneDecimal:
    def test_refuses_what_is_no_number(self) -> None:
        with pytest.raises(ValueError, match="cannot be a score"):
            one_decimal(float("nan"))

    def test_has_no_negative_zero(self) -> None:
        assert str(one_decimal(-0.01)) == "0.0"

    def test_keeps_a_score_in_range(self) -> None:
        assert (as_score(140.0), as_score(-3.0), as_score(66.66)) == (100.0, 0.0, 66.7)


class TestBand:
    @pytest.mark.parametrize(
        ("total", "letter"),
        [
            (100, "A+"),
            (90, "A+"),
            (89.9, "A"),
            (80, "A-"),
            (75, "B+"),
            (65, "B-"),
            (50, "C-"),
            (40, "D"),
            (39.9, "F"),
            (0, "F"),
        ],
    )
    def test_gives_the_letter_from_its_lower_edge_on(self, total: float, letter: str) -> None:
        assert band(total, LETTERS) == letter

    @pytest.mark.parametrize(
        ("total", "rating"),
        [
            (85, "Excellent"),
            (84.9, "Good"),
            (55, "Satisfactory"),
            (40, "Needs Improvement"),
            (39.9, "Below Expectations"),
        ],
    )
    def test_gives_the_rating_from_its_lower_edge_on(self, total: float, rating: str) -> None:
        assert band(total, RATINGS) == rating
