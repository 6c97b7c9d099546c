"""What the loading of models leaves behind."""

import ctypes
from collections.abc import Iterator

import pytest

from pipeline.providers import loading


@pytest.fixture(autouse=True)
def no_earlier_answer() -> Iterator[None]:
    loading._trim.cache_clear()
    yield
    loading._trim.cache_clear()


def test_free_memory_is_given_back_to_the_system(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[int] = []

    class Library:
        malloc_trim = staticmethod(asked.append)

    monkeypatch.setattr(ctypes, "CDLL", lambda name: Library)
    loading.give_back()
    assert asked == [0]


def test_a_system_that_cannot_take_memory_back_is_left_alone(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def refuse(name: object) -> None:
        raise OSError("no such library")

    monkeypatch.setattr(ctypes, "CDLL", lambda name: object())
    loading.give_back()
    loading._trim.cache_clear()
    monkeypatch.setattr(ctypes, "CDLL", refuse)
    loading.give_back()
