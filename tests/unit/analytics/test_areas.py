"""Strong and weak areas, and delivery."""

from typing import Any

import pytest

from analytics.areas import delivery_trends, known_areas, skill_areas, strongest, weakest
from analytics.values import Area, Delivery
from tests.unit.analytics.practice import answer


def area(name: str, score: float) -> Area:
    return Area("skill", name, score, 5)


class TestSkillAreas:
    def test_know_a_skill_whatever_its_case(self) -> None:
        areas = skill_areas(
            [
                answer(1, skills=("Python", "SQL"), overall=60.0),
                answer(2, skills=("python",), overall=80.0),
            ]
        )

        assert areas == (Area("skill", "Python", 70.0, 2), Area("skill", "SQL", 60.0, 1))


class TestKnownAreas:
    def test_are_metrics_after_one_answer_and_nothing_else(self) -> None:
        areas = known_areas([answer(1, category="technical", skills=("SQL",), overall=26.7)])

        assert [one.name for one in areas] == ["relevance", "grammar", "fluency", "keywords"]
        assert {one.answers for one in areas} == {1}

    def test_are_categories_with_two_answers_and_metrics_best_first(self) -> None:
        areas = known_areas(
            [
                answer(1, category="technical", skills=("SQL",), overall=90.0),
                answer(2, category="behavioral", overall=10.0),
                answer(3, category="technical", overall=95.0),
            ]
        )

        assert [(one.kind, one.name, one.score) for one in areas] == [
            ("category", "technical", 92.5),
            ("metric", "relevance", 80.0),
            ("metric", "grammar", 70.0),
            ("metric", "fluency", 60.0),
            ("metric", "keywords", 50.0),
        ]

    def test_are_none_without_answers(self) -> None:
        assert known_areas([]) == []


class TestStrongestAndWeakest:
    def test_are_cut_at_the_thresholds_of_the_feedback(self) -> None:
        areas = [area("a", 70.0), area("b", 69.9), area("c", 60.0), area("d", 59.9)]

        assert [one.name for one in strongest(areas)] == ["a"]
        assert [one.name for one in weakest(areas)] == ["d"]

    def test_name_the_lowest_where_nothing_is_weak(self) -> None:
        assert weakest([area("a", 95.0), area("b", 79.9)]) == (area("b", 79.9),)
        assert weakest([area("a", 95.0), area("b", 80.0)]) == ()

    def test_are_three_at_most_the_worst_first(self) -> None:
        areas = [area(name, score) for name, score in zip("abcd", (40.0, 30, 20, 10), strict=True)]

        assert [one.name for one in weakest(areas)] == ["d", "c", "b"]


class TestDeliveryTrends:
    @pytest.mark.parametrize(
        ("measure", "values", "verdict"),
        [
            ("fillers", (6.0, 2.0), "better"),
            ("fillers", (2.0, 6.0), "worse"),
            ("fillers", (2.0, 2.5), "steady"),
            ("fillers", (2.0,), "unknown"),
            ("fillers", (None, None), "unknown"),
            ("pace", (100.0, 150.0), "better"),
            ("pace", (150.0, 188.0), "steady"),  # both are comfortable
            ("pace", (150.0, 230.0), "worse"),
            ("longest_pause", (4.0, 2.0), "better"),
        ],
    )
    def test_compare_the_newer_sessions_with_the_older(
        self, measure: str, values: tuple[Any, ...], verdict: str
    ) -> None:
        names = {"fillers": "Fillers", "pace": "Pace", "longest_pause": "Longest pause"}
        answers = [
            answer(session, delivery=Delivery(**{measure: value}))
            for session, value in enumerate(values, start=1)
        ]

        trends = {trend.measure: trend for trend in delivery_trends(answers)}

        assert trends[names[measure]].verdict == verdict

    def test_take_the_answers_of_a_session_together(self) -> None:
        answers = [
            answer(1, 1, delivery=Delivery(fillers=2.0)),
            answer(1, 2, delivery=Delivery(fillers=4.0)),
            answer(2, 3, delivery=Delivery(fillers=9.0)),
        ]

        fillers = delivery_trends(answers)[1]

        assert (fillers.earlier, fillers.recent, fillers.mean) == (3.0, 9.0, 6.0)
