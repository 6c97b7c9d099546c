"""A process counts a small part of a rate in advance, and nobody gets more than the rate."""

import time

import pytest
from django.core.cache import cache

from interview_platform.http import throttles
from interview_platform.http.allowances import Allowances, part_of


@pytest.fixture
def allowances() -> Allowances:
    return Allowances()


class TestAPart:
    @pytest.mark.parametrize(
        ("limit", "part"), [(1, 1), (60, 1), (199, 1), (1200, 12), (10**6, 16)]
    )
    def test_is_a_hundredth_of_the_rate_and_never_large(self, limit: int, part: int) -> None:
        assert part_of(limit) == part


class TestAllowances:
    def test_are_used_up(self, allowances: Allowances) -> None:
        allowances.keep("alice", number=2, until=time.time() + 60)

        assert [allowances.use("alice") for _ in range(3)] == [True, True, False]

    def test_are_nobody_elses(self, allowances: Allowances) -> None:
        allowances.keep("alice", number=2, until=time.time() + 60)

        assert not allowances.use("mallory")

    def test_end_with_their_window(self, allowances: Allowances) -> None:
        allowances.keep("alice", number=2, until=time.time() - 1)

        assert not allowances.use("alice")

    def test_of_requests_at_the_same_time_add_up(self, allowances: Allowances) -> None:
        until = time.time() + 60
        allowances.keep("alice", number=1, until=until)
        allowances.keep("alice", number=1, until=until)

        assert [allowances.use("alice") for _ in range(3)] == [True, True, False]

    def test_of_an_earlier_window_do_not_live_on_in_the_next(self, allowances: Allowances) -> None:
        allowances.keep("alice", number=5, until=time.time() + 10)
        allowances.keep("alice", number=1, until=time.time() + 60)

        assert [allowances.use("alice") for _ in range(2)] == [True, False]

    def test_are_kept_of_so_many_people_and_no_more(
        self, allowances: Allowances, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr("interview_platform.http.allowances.SUBJECTS", 2)
        for name in ("alice", "bob", "carol"):
            allowances.keep(name, number=1, until=time.time() + 60)

        assert [allowances.use(name) for name in ("alice", "bob", "carol")] == [False, True, True]


class TestARate:
    @pytest.mark.parametrize("limit", [1, 150, 1000])
    def test_is_never_exceeded_by_two_processes(
        self, limit: int, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        cache.clear()
        rate = f"{limit}/h"
        monkeypatch.setattr(throttles, "rate_of", lambda _scope: throttles.parse_rate(rate))
        passed = 0
        for number, process in enumerate([Allowances(), Allowances()] * (limit + 20)):
            monkeypatch.setattr(throttles, "allowances", process)
            counter = throttles.Counter(scope="user", subject=f"of {limit}")
            seconds = counter.seconds_to_wait_in_parts()
            passed += not seconds
            assert bool(seconds) == (number >= limit)

        assert passed == limit
