"""Calls of several threads made into one."""

import threading
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any

import numpy as np
import pytest

from pipeline.providers.shared_calls import Batcher, SharedCalls
from tests.waiting import wait_until


class Counting:
    """A call that notes what it was asked together, and waits where it is told to."""

    def __init__(self) -> None:
        self.calls: list[list[Any]] = []
        self.begun = threading.Event()
        self.go = threading.Event()

    def __call__(self, items: list[Any]) -> list[Any]:
        self.calls.append(items)
        self.begun.set()
        assert self.go.wait(30)
        return [10 * item for item in items]


@pytest.fixture
def threads() -> Iterator[ThreadPoolExecutor]:
    with ThreadPoolExecutor(8) as pool:
        yield pool


def ask_meanwhile(
    batcher: Batcher, call: Counting, threads: ThreadPoolExecutor, *asks: tuple[str, int]
) -> list[Future[Any]]:
    """Ask for one, and for the others while its call is being made."""
    asked = [threads.submit(batcher.ask, "kind", 1, answer_all=call)]
    assert call.begun.wait(30)
    for number, (kind, item) in enumerate(asks, start=1):
        asked.append(threads.submit(batcher.ask, kind, item, answer_all=call))
        wait_until(lambda number=number: len(batcher._waiting) == number)  # type: ignore[misc]
    call.go.set()
    return asked


class TestACall:
    def test_is_made_at_once_for_who_comes_first_and_then_for_all_who_came_meanwhile(
        self, threads: ThreadPoolExecutor
    ) -> None:
        call, batcher = Counting(), Batcher(most=8)

        asked = ask_meanwhile(batcher, call, threads, ("kind", 2), ("kind", 3), ("kind", 4))

        assert [future.result(30) for future in asked] == [10, 20, 30, 40]
        assert call.calls[0] == [1]
        assert sorted(call.calls[1]) == [2, 3, 4]
        assert batcher.largest == 3

    def test_is_never_larger_than_it_may_be(self, threads: ThreadPoolExecutor) -> None:
        call, batcher = Counting(), Batcher(most=2)

        asked = ask_meanwhile(batcher, call, threads, ("kind", 2), ("kind", 3), ("kind", 4))

        assert [future.result(30) for future in asked] == [10, 20, 30, 40]
        assert sorted(map(len, call.calls)) == [1, 1, 2]

    def test_holds_asks_of_one_kind_only(self, threads: ThreadPoolExecutor) -> None:
        call, batcher = Counting(), Batcher(most=8)

        asked = ask_meanwhile(batcher, call, threads, ("other", 2), ("kind", 3), ("other", 4))

        assert [future.result(30) for future in asked] == [10, 20, 30, 40]
        assert sorted(map(sorted, call.calls)) == [[1], [2, 4], [3]]

    def test_that_fails_fails_for_each_that_was_part_of_it_and_for_nobody_else(
        self, threads: ThreadPoolExecutor
    ) -> None:
        class Failing(Counting):
            def __call__(self, items: list[Any]) -> list[Any]:
                answers = super().__call__(items)
                if len(items) > 1:
                    raise RuntimeError("CUDA failed with error out of memory")
                return answers

        call, batcher = Failing(), Batcher(most=8)

        asked = ask_meanwhile(batcher, call, threads, ("kind", 2), ("kind", 3))

        assert asked[0].result(30) == 10
        for future in asked[1:]:
            with pytest.raises(RuntimeError, match="out of memory"):
                future.result(30)
        assert batcher.ask("kind", 5, answer_all=call) == 50


class TestAThread:
    def test_that_is_to_be_alone_joins_no_call(self) -> None:
        class Model:
            def generate(self, features: Any, prompts: Any, **_: Any) -> list[str]:
                return [f"{len(prompts)} of {features.shape[0]}"]

        calls = SharedCalls(Model(), most=4)
        with calls.batcher._turn:  # somebody's call is being made
            calls.keep_alone(alone=True)
            assert calls.generate(np.zeros((1, 2, 2), np.float32), [[1]]) == ["1 of 1"]
