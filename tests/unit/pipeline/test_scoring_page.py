"""`docs/scoring.md` says what the code does."""

from pathlib import Path

import pytest

from pipeline.domain.values import METRICS
from pipeline.scoring import thresholds
from pipeline.scoring.feedback.session import measure_readiness
from pipeline.scoring.fluency.delivery import Delivery, fluency_parts
from pipeline.scoring.session_score import score_session
from tests.answers import judged

PAGE = Path(__file__).resolve().parents[3] / "docs" / "scoring.md"
CURVES = [name for name in vars(thresholds) if name.endswith("_CURVE")]
PRINTED = [
    name
    for name, value in vars(thresholds).items()
    if name.isupper() and isinstance(value, int | float)
]


def session_lines() -> list[str]:
    """Return the example's rows as the page prints them."""
    answers = [
        judged(scores=(82.0, 75.0, 80.0, 77.0)),
        judged(position=2, scores=(64.5, 81.0, 58.3, 40.0)),
    ]
    card = score_session(answers=answers, asked=3, weights=thresholds.DEFAULT_WEIGHTS)
    readiness = measure_readiness(card, completed_sessions=3)
    raw = " | ".join(f"{card.breakdown[name].raw:g}" for name in METRICS)
    weighted = " | ".join(f"{card.breakdown[name].weighted:g}" for name in METRICS)
    return [
        f"| raw | {raw} |",
        f"| weighted | {weighted} |",
        "",
        f"Total {card.total_score:g}, letter {card.letter_grade}. Readiness: performance {readiness.performance:g}, "
        f"coverage {readiness.coverage:g}, practice {readiness.practice:g}, together {readiness.score}: "
        f"{readiness.level}.",
    ]


def fluency_lines() -> list[str]:
    """Return the fluency example's rows as the page prints them."""
    parts = fluency_parts(Delivery(130.0, 4.0, 0.8, 3.0, 1.0, hears_fillers=True))
    total = sum(part.points for part in parts)
    rows = [
        f"| {part.name} | {part.score:.1f} | {part.share:g} | {part.points:.1f} |" for part in parts
    ]
    return [
        "| part | score | share | points |",
        "|---|---|---|---|",
        *rows,
        f"| together | | | {total:.1f} |",
    ]


class TestScoringPage:
    @pytest.mark.parametrize("name", CURVES)
    def test_prints_every_curve(self, name: str) -> None:
        curve = " ".join(f"{measure:g}:{score:g}" for measure, score in getattr(thresholds, name))

        assert f"`{name}` {curve} |" in PAGE.read_text(encoding="utf-8").replace("` | ", "` ")

    @pytest.mark.parametrize("name", sorted(PRINTED))
    def test_prints_every_number(self, name: str) -> None:
        assert f"`{name}` = {getattr(thresholds, name):g}" in PAGE.read_text(encoding="utf-8")

    @pytest.mark.parametrize("name", ["LETTERS", "RATINGS", "READINESS_LEVELS"])
    def test_prints_every_band(self, name: str) -> None:
        bands = ", ".join(f"{start:g} {label}" for start, label in getattr(thresholds, name))

        assert f"| {bands} |" in PAGE.read_text(encoding="utf-8")

    @pytest.mark.parametrize("line", [*session_lines(), *fluency_lines()])
    def test_has_the_example_right(self, line: str) -> None:
        assert line in PAGE.read_text(encoding="utf-8")
