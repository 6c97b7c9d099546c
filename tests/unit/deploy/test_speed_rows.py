"""A row of the table of speeds says whether its goal is reached."""

import pytest

from benchmarks.rows import Speed


@pytest.mark.parametrize(
    ("row", "ratio", "is_met"),
    [
        (Speed("uploads", 60.0, "/s", 0.6, ">=", "bare", 100.0), 0.6, True),
        (Speed("uploads", 50.0, "/s", 0.6, ">=", "bare", 100.0), 0.5, False),
        (Speed("stage", 10.0, "s", 1.4, ">=", "default", 15.0, turned=True), 1.5, True),
        (Speed("judge", 300.0, "ms", 400, "<="), None, True),
        (Speed("judge", 500.0, "ms", 400, "<="), None, False),
    ],
)
def test_a_goal_is_about_the_ratio_where_there_is_one(
    row: Speed, ratio: float | None, is_met: bool
) -> None:
    assert row.ratio == ratio
    assert row.is_met is is_met


def test_a_row_has_a_cell_for_each_head_and_says_what_is_missed() -> None:
    line = Speed("judge", 500.0, "ms", 400, "<=").line()

    assert line == "| judge | 500 ms | - |  |  | <= 400 ms | missed |"
