"""Models that are loaded once, whatever interrupts those who wait for them."""

import threading
from collections.abc import Callable
from unittest.mock import Mock

import pytest
from celery.exceptions import SoftTimeLimitExceeded

from pipeline.domain.ports import PermanentError, TransientError
from pipeline.providers.loading import Lazy
from tests.waiting import wait_until


class TestALazyModel:
    def test_is_loaded_at_its_first_use_and_once(self) -> None:
        load = Mock(return_value="model")
        model = Lazy(load)

        assert load.call_count == 0
        assert [model.get(), model.get()] == ["model", "model"]
        assert load.call_count == 1

    def test_is_loaded_again_where_it_could_not_be(self) -> None:
        model = Lazy(Mock(side_effect=[PermanentError("gone", "It is not there."), "model"]))

        with pytest.raises(PermanentError):
            model.get()
        assert model.get() == "model"

    def test_is_kept_when_a_time_limit_ends_the_wait_for_it(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        begun, go_on = threading.Event(), threading.Event()

        def load() -> str:
            begun.set()
            assert go_on.wait(30)
            return "model"

        loads = Mock(side_effect=load)
        model = Lazy(loads)
        with monkeypatch.context() as limit:
            limit.setattr("concurrent.futures.Future.result", interrupt_after(begun))
            with pytest.raises(TransientError) as raised:
                model.get()
        go_on.set()

        assert raised.value.code == "still_loading"
        assert model.get() == "model"
        assert loads.call_count == 1


def interrupt_after(begun: threading.Event) -> Callable[..., object]:
    """Stand in for a wait that Celery's soft time limit interrupts."""

    def wait(*_: object) -> object:
        wait_until(begun.is_set)
        raise SoftTimeLimitExceeded

    return wait
