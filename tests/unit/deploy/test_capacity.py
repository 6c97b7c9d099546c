"""The model of the queues, held to what is known of queues."""

import json
import math
import random
from dataclasses import fields, replace

import pytest

from benchmarks.capacity import DAY_HOURS, Assumed, Hardware, Measured, p95, plan, poisson, simulate
from tests.environment import ROOT

MEASURED = Measured(
    transcribe_fixed=0.0,
    transcribe_per_second=0.1,
    evaluate=0.3,
    score=0.0,
    feedback=0.0,
    task=0.0,
    hop=0.0,
    upload=0.05,
    poll=0.005,
    commits=20,
    rows=25,
    database_bytes=10_000,
    audio_bytes_per_second=4_000,
)
CORE = Hardware("core", fixed=0.0, per_second=0.1, price=0.04)


def erlang_c(servers: int, load: float) -> float:
    """The share of arrivals that wait at all, where arrivals and services are at random."""
    terms = [load**n / math.factorial(n) for n in range(servers)]
    last = load**servers / math.factorial(servers) * servers / (servers - load)
    return last / (sum(terms) + last)


class TestSimulate:
    def test_lets_nobody_wait_while_somebody_is_free(self) -> None:
        (first, second) = simulate(
            [0.0, 1.0], [[("gpu", 5.0), ("cpu", 1.0)]] * 2, processes={"gpu": 2, "cpu": 2}
        )

        assert (first.delay, second.delay) == (0.0, 0.0)
        assert (first.finished, second.finished) == (6.0, 7.0)

    def test_serves_in_the_order_of_arrival(self) -> None:
        passages = simulate([0.0, 1.0, 2.0], [[("gpu", 5.0)]] * 3, processes={"gpu": 1})

        assert [passage.begun for passage in passages] == [0.0, 5.0, 10.0]

    def test_adds_the_way_of_a_message_to_each_step(self) -> None:
        (passage,) = simulate(
            [0.0], [[("gpu", 1.0), ("cpu", 1.0)]], processes={"gpu": 1, "cpu": 1}, hop=0.5
        )

        assert (passage.begun, passage.finished) == (0.5, 3.0)

    @pytest.mark.parametrize(("servers", "load"), [(1, 0.7), (4, 3.2)])
    def test_waits_as_long_as_theory_says(self, servers: int, load: float) -> None:
        rng = random.Random(3)  # noqa: S311 - no secret
        count = 60_000
        steps = [[("gpu", rng.expovariate(1.0))] for _ in range(count)]

        passages = simulate(poisson(load, count, rng=rng), steps, processes={"gpu": servers})

        expected = erlang_c(servers, load) / (servers - load)
        assert sum(passage.delay for passage in passages) / count == pytest.approx(
            expected, rel=0.15
        )


class TestPlan:
    def test_takes_the_more_workers_the_more_answers(self) -> None:
        plans = [
            plan(answers, hardware=CORE, measured=MEASURED, assumed=Assumed())
            for answers in (1_000, 100_000)
        ]

        assert plans[0].transcribers == 1
        assert plans[1].transcribers >= 17  # busy all of the evening's hour
        assert plans[1].cost > plans[0].cost
        assert plans[1].cents < plans[0].cents  # an idle worker costs as much as a busy one

    def test_keeps_the_wait_below_what_people_bear(self) -> None:
        for answers in (1_000, 30_000):
            made = plan(answers, hardware=CORE, measured=MEASURED, assumed=Assumed())

            assert made.delay_p95 <= 30.0

    def test_counts_what_is_written_in_the_busiest_hour(self) -> None:
        made = plan(24_000, hardware=CORE, measured=MEASURED, assumed=Assumed())

        rate = 24_000 * max(DAY_HOURS) / sum(DAY_HOURS) / 3600
        assert made.commits == pytest.approx(20 * rate)
        assert made.storage == pytest.approx(24_000 * (60 * 4_000 + 10_000) / 1e9)

    def test_asks_for_more_where_a_stage_takes_longer(self) -> None:
        slow = replace(MEASURED, evaluate=3.0)

        made = plan(100_000, hardware=CORE, measured=slow, assumed=Assumed())

        assert (
            made.judges > plan(100_000, hardware=CORE, measured=MEASURED, assumed=Assumed()).judges
        )


def test_a_95th_percentile_is_that_of_all_values() -> None:
    assert p95([float(number) for number in range(101)]) == 95.0
    assert p95([3.0]) == 3.0


def test_what_was_measured_has_every_number_that_the_model_wants() -> None:
    kept = json.loads((ROOT / "benchmarks" / "measured.json").read_text("utf-8"))

    assert kept.keys() == {field.name for field in fields(Measured)}
