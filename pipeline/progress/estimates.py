"""How a result stands, and when it will be there: plain values, and arithmetic over what was measured."""

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final, Generic, Literal, TypeVar

Status = Literal["queued", "processing", "completed", "failed"]

STAGES: Final = ("transcribe", "evaluate", "score", "feedback")
SESSION_STAGES: Final = ("score", "feedback")  # what a session's own run goes through
QUEUE_OF: Final = {"transcribe": "gpu", "evaluate": "cpu", "score": "cpu", "feedback": "cpu"}
OVERTIME: Final = 0.05  # of a stage's usual time: what is left of one that takes longer than usual
NEARLY: Final = 0.99  # the most that is said of work that is not finished
BEGUN_SHARE: Final = 0.5  # of the work that others have begun is still to be done, on average
SOON: Final = (1, 10)  # seconds: the least and the most that a client is asked to stay away

Row = TypeVar("Row")


@dataclass(frozen=True, slots=True)
class Failure:
    """Why there is no result, which stage it was, and whether trying again can help."""

    code: str
    message: str
    retryable: bool
    stage: str


@dataclass(frozen=True, slots=True)
class Warn:
    """Something a client should know about a result that is there."""

    code: str
    message: str


@dataclass(frozen=True, slots=True)
class Progress:
    """How far the work on a result has come."""

    status: Status
    stage: str
    progress: float  # 0..1
    queue_position: int  # waiting runs before this one; 0 when it is being worked on
    eta_seconds: float | None  # None while nobody is there to do the work

    @property
    def retry_after(self) -> int:
        """Return the seconds after which looking again is worth it."""
        least, most = SOON
        return most if self.eta_seconds is None else min(max(least, round(self.eta_seconds)), most)


@dataclass(frozen=True, slots=True)
class Outcome(Generic[Row]):
    """How a result stands: it is there, it is under way, or it failed. One of the three."""

    row: Row | None = None
    progress: Progress | None = None
    failure: Failure | None = None
    attempt: int | None = None  # the recording's number
    warnings: tuple[Warn, ...] = ()

    @property
    def is_settled(self) -> bool:
        """Tell whether waiting any longer changes nothing."""
        return self.progress is None


@dataclass(frozen=True, slots=True)
class Paces:
    """How long the stages take, and how many processes there are to work on each queue."""

    transcribe: float  # seconds of work for one second of audio
    others: Mapping[str, float]  # seconds of work, by stage
    processes: Mapping[str, int]  # by queue

    def seconds(self, stage: str, *, audio: float) -> float:
        """Return the usual time of a stage."""
        return self.transcribe * audio if stage == "transcribe" else self.others[stage]


@dataclass(frozen=True, slots=True)
class Place:
    """What is before a run on its queue."""

    waiting: int = 0  # runs
    waiting_audio: float = 0.0  # seconds of recording in them
    begun: int = 0  # runs that are being worked on
    begun_audio: float = 0.0  # seconds of recording in them


@dataclass(frozen=True, slots=True)
class Work:
    """What a forecast must know of a run."""

    stage: str
    is_running: bool
    audio: float = 0.0  # seconds of recording
    elapsed: float = 0.0  # seconds since the present stage was begun
    due_in: float = 0.0  # seconds until it is tried again
    stages: Sequence[str] = STAGES  # all that it goes through
    place: Place = field(default=Place())


@dataclass(frozen=True, slots=True)
class Forecast:
    """How far a run has come on its way to one result."""

    is_running: bool
    stage: str
    queue_position: int
    eta_seconds: float | None
    seconds_left: float  # of work
    seconds_whole: float  # of work


def forecast(work: Work, *, goal: str, paces: Paces) -> Forecast:
    """Return how far the run has come on its way through `goal`, which is its present stage or a later one."""
    ahead = work.stages[work.stages.index(work.stage) : work.stages.index(goal) + 1]
    usual = {stage: paces.seconds(stage, audio=work.audio) for stage in ahead}
    left = sum(usual.values())
    if work.is_running:
        left -= min(work.elapsed, usual[work.stage] * (1 - OVERTIME))
    has_hands = all(paces.processes.get(QUEUE_OF[stage], 0) for stage in ahead)
    return Forecast(
        is_running=work.is_running,
        stage=work.stage,
        queue_position=0 if work.is_running else work.place.waiting,
        eta_seconds=work.due_in + _wait(work, paces) + left if has_hands else None,
        seconds_left=left,
        seconds_whole=seconds_through(goal, audio=work.audio, stages=work.stages, paces=paces),
    )


def combine(forecasts: Iterable[Forecast], *, seconds_done: float = 0.0) -> Progress:
    """
    Return how far several runs, one at least, have come together; the last one to finish decides when.

    `seconds_done` is the work in those that are there already.
    """
    each = list(forecasts)
    slowest = max(each, key=lambda one: math.inf if one.eta_seconds is None else one.eta_seconds)
    running = any(one.is_running for one in each)
    whole = seconds_done + sum(one.seconds_whole for one in each)
    left = sum(one.seconds_left for one in each)
    share = 1 - left / whole if whole else 0.0
    return Progress(
        status="processing" if running else "queued",
        stage=min((one.stage for one in each), key=STAGES.index),
        progress=math.floor(100 * min(max(share, 0.0), NEARLY)) / 100,
        queue_position=slowest.queue_position,
        eta_seconds=None if slowest.eta_seconds is None else round(slowest.eta_seconds, 1),
    )


def seconds_through(goal: str, *, audio: float, stages: Sequence[str], paces: Paces) -> float:
    """Return the usual time of all stages through `goal`."""
    way = stages[: stages.index(goal) + 1]
    return sum(paces.seconds(stage, audio=audio) for stage in way)


def _wait(work: Work, paces: Paces) -> float:
    """Return the seconds until a process takes the run: those before it, shared among all processes."""
    if work.is_running:
        return 0.0
    place = work.place
    processes = max(1, paces.processes.get(QUEUE_OF[work.stage], 0))
    if place.begun + place.waiting < processes:
        return 0.0
    waiting = _all(place.waiting, place.waiting_audio, work.stage, paces)
    begun = BEGUN_SHARE * _all(place.begun, place.begun_audio, work.stage, paces)
    return (waiting + begun) / processes


def _all(runs: int, audio: float, stage: str, paces: Paces) -> float:
    """Return the seconds of work in so many runs; on the cpu queue they are taken to be at the same stage."""
    return paces.transcribe * audio if stage == "transcribe" else runs * paces.others[stage]
