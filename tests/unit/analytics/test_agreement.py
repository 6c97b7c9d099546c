"""Agreement of staff and machine, against numbers reckoned by hand."""

from math import sqrt
from xml.etree import ElementTree as ET

import pytest

from analytics.agreement import Pair, measure_agreement, ranks, spearman
from analytics.chart_images import draw_agreement
from analytics.palette import DARK, LIGHT, Palette


def pairs(*scores: tuple[float, float]) -> list[Pair]:
    return [Pair("relevance", "en", staff, machine) for staff, machine in scores]


class TestAgreement:
    def test_is_the_mean_difference_with_its_limits(self) -> None:
        # Differences 10, 0, -4, 6: mean 3; squares around it 49 + 9 + 49 + 9 = 116, over 3.
        found = measure_agreement(pairs((70, 60), (50, 50), (40, 44), (86, 80)))

        assert found is not None
        assert found.n == 4
        assert found.bias == 3.0
        assert found.upper == pytest.approx(3 + 1.96 * sqrt(116 / 3))
        assert found.lower == pytest.approx(3 - 1.96 * sqrt(116 / 3))

    def test_is_perfect_where_both_say_the_same(self) -> None:
        found = measure_agreement(pairs((10, 10), (50, 50), (90, 90)))

        assert found is not None
        assert (found.bias, found.lower, found.upper) == (0, 0, 0)
        assert found.rho == pytest.approx(1.0)

    def test_is_not_told_of_fewer_than_three(self) -> None:
        assert measure_agreement(pairs((70, 60), (50, 50))) is None
        assert measure_agreement([]) is None

    def test_has_no_correlation_where_one_side_says_always_the_same(self) -> None:
        found = measure_agreement(pairs((70, 60), (70, 50), (70, 40)))

        assert found is not None
        assert found.rho is None
        assert found.bias == 20.0


class TestRanks:
    def test_are_shared_by_equal_scores(self) -> None:
        assert ranks([20, 10, 20, 30, 20]) == [3.0, 1.0, 3.0, 5.0, 3.0]

    def test_take_equals_wherever_they_stand(self) -> None:
        assert ranks([5, 1, 5]) == [2.5, 1.0, 2.5]


class TestSpearman:
    def test_is_six_sums_without_ties(self) -> None:
        # Ranks 1 2 3 4 5 against 2 1 4 3 5: d² sums to 4; 1 - 6 · 4 / (5 · 24) = 0.8.
        assert spearman([10, 20, 30, 40, 50], [25, 15, 45, 35, 55]) == pytest.approx(0.8)

    def test_is_pearsons_of_the_ranks_with_ties(self) -> None:
        # Ranks 1 2.5 2.5 4 against 1 2 3 4: products 2.25 + 0 + 0 + 2.25 = 4.5; squares 4.5 and 5.
        assert spearman([1, 2, 2, 3], [10, 20, 30, 40]) == pytest.approx(4.5 / sqrt(4.5 * 5))

    def test_asks_for_the_order_only(self) -> None:
        assert spearman([1, 2, 3, 4], [1, 10, 100, 1000]) == pytest.approx(1.0)
        assert spearman([1, 2, 3], [3, 2, 1]) == pytest.approx(-1.0)


class TestThePlot:
    @pytest.mark.parametrize("palette", [LIGHT, DARK])
    def test_says_in_words_what_it_shows(self, palette: Palette) -> None:
        svg = draw_agreement(
            pairs((70, 60), (50, 50), (40, 44), (86, 80)),
            title="Relevance",
            palette=palette,
        )

        root = ET.fromstring(svg)  # noqa: S314 - our own
        told = root.find("{http://www.w3.org/2000/svg}desc")
        assert told is not None
        assert told.text == (
            "4 scores. Reviewers gave 3.0 points more than the machine on average; "
            "95 % of the differences lie between -9.2 and 15.2."
        )
        assert b"<script" not in svg

    def test_is_drawn_the_same_each_time(self) -> None:
        scores = pairs((70, 60), (50, 50), (40, 44))

        first, second = (draw_agreement(scores, title="Fluency", palette=LIGHT) for _ in range(2))

        assert first == second

    def test_says_when_there_are_too_few(self) -> None:
        assert b"Too few scores" in draw_agreement(pairs((1, 2)), title="Fluency", palette=LIGHT)
