"""The builders build what the database takes, and a broker that can be hurt comes back."""

import inspect
from collections.abc import Callable
from typing import Any

import pytest
from django.db.models import Model

from tests import factories
from tests.private_broker import PrivateBroker

BUILDERS = [
    function
    for name, function in inspect.getmembers(factories, inspect.isfunction)
    if name.startswith("make_")
]


class TestFactories:
    @pytest.mark.django_db
    @pytest.mark.parametrize("build", BUILDERS)
    def test_are_valid_by_default_and_twice(self, build: Callable[[], Any]) -> None:
        first, second = build(), build()

        assert isinstance(first, Model)
        assert first.pk != second.pk


class TestPrivateBroker:
    def test_comes_back_after_a_crash(self, broker: PrivateBroker) -> None:
        broker.kill()
        broker.ensure_running()

        with broker.client() as client:
            assert client.ping()
