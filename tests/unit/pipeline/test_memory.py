"""What the loading of models leaves behind."""

import ctypes
from collections.abc import Iterator

import pytest

from pipeline.providers import memory


@pytest.fixture(autouse=True)
def no_earlier_answer() -> Iterator[None]:
    memory._trim.cache_clear()
    yield
    memory._trim.cache_clear()


def test_free_memory_is_given_back_to_the_system(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[int] = []

    class Library:
        malloc_trim = staticmethod(asked.append)

    monkeypatch.setattr(ctypes, "CDLL", lambda name: Library)
    memory.give_back()
    assert asked == [0]


def test_a_system_that_cannot_take_memory_back_is_left_alone(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def refuse(name: object) -> None:
        raise OSError("no such library")

    monkeypatch.setattr(ctypes, "CDLL", lambda name: object())
    memory.give_back()
    memory._trim.cache_clear()
    monkeypatch.setattr(ctypes, "CDLL", refuse)
    memory.give_back()
