"""How far a number of runs have come, each and together."""

from collections.abc import Iterable, Sequence

from pipeline.models import PipelineRun, Stage
from pipeline.progress import STAGES, Progress, combine, forecast, seconds_through
from pipeline.selectors_queue import current_paces, measure_works, stages_of

ORDER = (*STAGES, Stage.DONE)


class Board:
    """What is known of the unfinished among some runs. One query at most when it is made, and every five seconds two more."""

    def __init__(self, runs: Iterable[PipelineRun]) -> None:
        unfinished = [run for run in runs if run.state in PipelineRun.UNFINISHED]
        works = measure_works(unfinished) if unfinished else []
        self._works = {run.pk: work for run, work in zip(unfinished, works, strict=True)}

    def progress(self, runs: Sequence[PipelineRun], *, goal: Stage) -> Progress | None:
        """Return how far these runs are together on their way through `goal`; None when none of them is under way."""
        under_way = [run for run in runs if is_under_way(run, goal)]
        if not under_way:
            return None
        paces = current_paces()
        done = sum(
            seconds_through(
                goal, audio=run.audio_duration or 0.0, stages=stages_of(run), paces=paces
            )
            for run in runs
            if has_passed(run, goal)
        )
        each = (forecast(self._works[run.pk], goal=goal, paces=paces) for run in under_way)
        return combine(each, seconds_done=done)


def has_passed(run: PipelineRun, stage: Stage) -> bool:
    """Tell whether the stage's work is done, for the input that the run has now."""
    return ORDER.index(run.stage) > ORDER.index(stage)


def is_under_way(run: PipelineRun, goal: Stage) -> bool:
    """Tell whether the run is going to bring what comes out of `goal`."""
    return run.state in PipelineRun.UNFINISHED and not has_passed(run, goal)
