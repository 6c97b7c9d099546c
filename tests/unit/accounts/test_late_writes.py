"""Writes that the database was away for."""

from functools import partial

import pytest
from django.db import OperationalError

from accounts.late_writes import LateWrites
from tests.waiting import wait_until


class Database:
    """Refuses so many writes, then takes them."""

    def __init__(self, refusals: int) -> None:
        self.refusals = refusals
        self.tries = 0
        self.written: list[str] = []

    def write(self, what: str = "a") -> None:
        self.tries += 1
        if self.tries <= self.refusals:
            raise OperationalError("the database system is starting up")
        self.written.append(what)


class TestALateWrite:
    def test_is_made_at_once_where_it_can_be(self) -> None:
        database = Database(refusals=0)

        LateWrites().make(database.write)

        assert database.written == ["a"]

    def test_is_made_once_the_database_is_back(self) -> None:
        database = Database(refusals=3)
        writes = LateWrites(pause=0)

        for what in "abc":
            writes.make(partial(database.write, what))

        wait_until(lambda: len(database.written) == 3)
        assert sorted(database.written) == ["a", "b", "c"]

    def test_is_made_by_a_new_thread_after_the_first_was_done(self) -> None:
        first, second = Database(refusals=1), Database(refusals=1)
        writes = LateWrites(pause=0)

        writes.make(first.write)
        wait_until(lambda: first.written == ["a"])
        writes.make(second.write)

        wait_until(lambda: second.written == ["a"])
        assert second.tries == 2

    def test_is_given_up_in_the_end_and_said_so(self, caplog: pytest.LogCaptureFixture) -> None:
        database = Database(refusals=9)

        LateWrites(pause=0, tries=3).make(database.write)

        wait_until(lambda: "gave up 1 late writes" in caplog.text)
        assert (database.tries, database.written) == (4, [])

    def test_is_nothing_that_the_database_refuses_for_good(self) -> None:
        with pytest.raises(ValueError, match="nonsense"):
            LateWrites().make(lambda: int("nonsense"))
