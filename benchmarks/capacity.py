"""
How many workers for how many answers a day: a model of the platform's queues. Pure: numbers in, numbers out.

Answers come at random (a Poisson process whose rate follows the hour of the day), wait for the first free process of the queue `gpu`,
then go through three short stages of the queue `cpu`, first come, first served: what the platform itself does, minus its failures.
"""

import heapq
import math
import random
from collections import deque
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from statistics import quantiles
from typing import Final

HOUR: Final = 3600.0
DAY_HOURS: Final = (  # share of a day's answers in each hour, by the candidates' clocks: people practise in the evening
    *(0.8, 0.4, 0.2, 0.2, 0.2, 0.4, 1.0, 2.0, 3.0, 4.0, 4.5, 4.5),
    *(4.5, 4.5, 5.0, 5.5, 6.0, 6.5, 7.5, 9.0, 10.0, 9.5, 7.0, 3.8),
)
BUSY_SHARE: Final = 0.8  # of its time that a worker is planned to work in the busiest hour
MOST_SIMULATED: Final = 20_000  # answers of that hour: enough for a steady 95th percentile
PATIENCE: Final = 30.0  # seconds of waiting, 95th percentile, above which another worker is added
P95: Final = 94  # of 99 cuts
SEED: Final = 20_261

Step = tuple[str, float]  # queue, seconds


@dataclass(frozen=True, slots=True)
class Passage:
    """What became of one answer."""

    arrived: float  # seconds
    begun: float  # its first step
    finished: float

    @property
    def delay(self) -> float:
        """Seconds until somebody began with it."""
        return self.begun - self.arrived

    @property
    def total(self) -> float:
        """Seconds until its feedback was there."""
        return self.finished - self.arrived


def simulate(
    arrivals: Sequence[float],
    steps: Sequence[Sequence[Step]],
    *,
    processes: Mapping[str, int],
    hop: float = 0.0,
) -> list[Passage]:
    """Return what becomes of each answer; `hop` is the time that a message takes to a free worker."""
    free = dict(processes)
    waiting: dict[str, deque[tuple[int, int]]] = {queue: deque() for queue in processes}
    begun, finished = [0.0] * len(arrivals), [0.0] * len(arrivals)
    events = [(time + hop, number, 0, False) for number, time in enumerate(arrivals)]
    heapq.heapify(events)

    def begin(time: float, number: int, step: int) -> None:
        queue, seconds = steps[number][step]
        free[queue] -= 1
        if step == 0:
            begun[number] = time
        heapq.heappush(events, (time + seconds, number, step, True))

    while events:
        time, number, step, is_done = heapq.heappop(events)
        queue = steps[number][step][0]
        if not is_done:
            waiting[queue].append((number, step))
        else:
            free[queue] += 1
            if step + 1 < len(steps[number]):
                heapq.heappush(events, (time + hop, number, step + 1, False))
            else:
                finished[number] = time
        if free[queue] and waiting[queue]:
            begin(time, *waiting[queue].popleft())
    return [Passage(*row) for row in zip(arrivals, begun, finished, strict=True)]


def p95(values: Sequence[float]) -> float:
    """Return the 95th percentile."""
    return quantiles(values, n=100, method="inclusive")[P95] if len(values) > 1 else values[0]


def poisson(rate: float, count: int, *, rng: random.Random) -> list[float]:
    """Return the times of `count` arrivals at random, `rate` a second."""
    times, now = [], 0.0
    for _ in range(count):
        now += rng.expovariate(rate)
        times.append(now)
    return times


@dataclass(frozen=True, slots=True)
class Measured:
    """What one answer costs, as `make bench` and `make simulate` measured it (seconds, unless it says else)."""

    transcribe_fixed: float
    transcribe_per_second: float  # of audio
    evaluate: float
    score: float
    feedback: float
    task: float  # that every task takes beside its work: claim, result, messages
    hop: float  # from the end of a stage to the beginning of the next, when somebody is free
    upload: float  # of one core, for the API
    poll: float  # likewise
    commits: float  # of the database
    rows: float  # written
    database_bytes: float
    audio_bytes_per_second: float


@dataclass(frozen=True, slots=True)
class Hardware:
    """What transcribes, and what it costs."""

    name: str
    fixed: float  # seconds an answer
    per_second: float  # seconds a second of audio
    price: float  # US dollars an hour, for one process of it


@dataclass(frozen=True, slots=True)
class Assumed:
    """What no measurement of ours tells."""

    audio_mean: float = 60.0  # seconds an answer: 30 to 95 and beyond, log-normal
    audio_spread: float = 0.4  # of its logarithm
    polls: float = 8.0  # requests for results an answer
    core_price: float = 0.04  # US dollars an hour
    storage_price: float = 0.023  # US dollars a GB and month
    kept_days: float = 90.0  # that a recording is kept


@dataclass(frozen=True, slots=True)
class Plan:
    """What a number of answers a day takes."""

    answers: int  # a day
    hardware: str
    transcribers: int  # processes in the busiest hour
    judges: int  # likewise
    api_cores: float  # busy, likewise
    delay_p95: float  # seconds until somebody begins
    total_p95: float  # seconds until the feedback
    commits: float  # a second, likewise
    rows: float  # likewise
    storage: float  # GB a day
    cost: float  # US dollars a day

    @property
    def cents(self) -> float:
        """US cents an answer."""
        return 100.0 * self.cost / self.answers


def plan(answers: int, *, hardware: Hardware, measured: Measured, assumed: Assumed) -> Plan:
    """Return what so many answers a day take."""
    rng = random.Random(SEED)  # noqa: S311 - no secret
    rate = answers * max(DAY_HOURS) / sum(DAY_HOURS) / HOUR
    hearing = _hearing(hardware, measured, assumed.audio_mean)
    judging = sum(seconds for _, seconds in _judging(measured))
    processes = {"gpu": _enough(rate * hearing), "cpu": _enough(rate * judging)}
    count = min(MOST_SIMULATED, max(200, round(rate * HOUR)))
    passages = _busiest(rate, count, processes, hardware, measured, assumed, rng)
    while p95([passage.delay for passage in passages]) > PATIENCE:
        processes["gpu"] += max(1, processes["gpu"] // 50)
        passages = _busiest(rate, count, processes, hardware, measured, assumed, rng)
    api = measured.upload + assumed.polls * measured.poll
    storage = (
        answers * (assumed.audio_mean * measured.audio_bytes_per_second + measured.database_bytes)
    ) / 1e9
    return Plan(
        answers=answers,
        hardware=hardware.name,
        transcribers=processes["gpu"],
        judges=processes["cpu"],
        api_cores=rate * api,
        delay_p95=p95([passage.delay for passage in passages]),
        total_p95=p95([passage.total for passage in passages]),
        commits=rate * measured.commits,
        rows=rate * measured.rows,
        storage=storage,
        cost=_hours(answers, hearing) * hardware.price
        + (_hours(answers, judging) + _hours(answers, api)) * assumed.core_price
        + storage * assumed.kept_days * assumed.storage_price / 30.0,
    )


def _busiest(  # noqa: PLR0913, PLR0917 - all that a simulated hour depends on
    rate: float,
    count: int,
    processes: Mapping[str, int],
    hardware: Hardware,
    measured: Measured,
    assumed: Assumed,
    rng: random.Random,
) -> list[Passage]:
    """Return the answers of the busiest hour, or as many of them as it takes to know."""
    middle = math.log(assumed.audio_mean) - assumed.audio_spread**2 / 2
    steps = [
        [
            ("gpu", _hearing(hardware, measured, rng.lognormvariate(middle, assumed.audio_spread))),
            *_judging(measured),
        ]
        for _ in range(count)
    ]
    return simulate(poisson(rate, count, rng=rng), steps, processes=processes, hop=measured.hop)


def _hearing(hardware: Hardware, measured: Measured, audio: float) -> float:
    return hardware.fixed + hardware.per_second * audio + measured.task


def _judging(measured: Measured) -> list[Step]:
    stages = (measured.evaluate, measured.score, measured.feedback)
    return [("cpu", seconds + measured.task) for seconds in stages]


def _enough(load: float) -> int:
    return max(1, math.ceil(load / BUSY_SHARE))


def _hours(answers: int, seconds: float) -> float:
    """Return the process hours of a day, when their number follows the hour; one is always there."""
    shares = [hour / sum(DAY_HOURS) for hour in DAY_HOURS]
    return float(sum(_enough(answers * share * seconds / HOUR) for share in shares))
