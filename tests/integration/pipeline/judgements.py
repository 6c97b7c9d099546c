"""What a judge says of an answer, without asking one."""

from pipeline.domain.values import Evaluation


def judgement(*, overall: float = 67.0, version: str = "2.0.0") -> Evaluation:
    """Return what a judge says of an answer."""
    return Evaluation(
        relevance=overall,
        grammar=70.0,
        fluency=60.0,
        keywords=50.0,
        overall=overall,
        scorable=True,
        reasons=(),
        metrics={"words": 4, "pauses": (1, 2)},
        explanations=(),
        intervals={"relevance": (60.0, 70.0)},
        observations={},
        summary="A clear answer.",
        suggestions=("Name the result.",),
        scorer_version=version,
    )
