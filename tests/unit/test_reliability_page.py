"""The page on reliability names tests that are there; `make bite` finds what it takes out."""

import re

from tests.bite.mutations import MUTATIONS
from tests.bite.recovery import RECOVERY
from tests.bite.security import GUARDS
from tests.environment import ROOT

ROW = re.compile(r"^\| (F\d+) \|.*\| ([^|]+) \|$", re.MULTILINE)
TEST = re.compile(r"`(tests/[^`:]+)::(\w+)`")


def test_every_failure_has_a_test_that_exists() -> None:
    rows = dict(ROW.findall((ROOT / "docs/reliability.md").read_text("utf-8")))

    assert list(rows) == [f"F{number}" for number in range(1, 33)]
    for row, cell in rows.items():
        named = TEST.findall(cell)
        assert named, row
        for file, name in named:
            text = (ROOT / file).read_text("utf-8")
            assert re.search(rf"^(class|def) {name}\b", text, re.MULTILINE), f"{row}: {name}"


def test_every_mutation_finds_what_it_takes_out() -> None:
    for mutation in (*MUTATIONS, *RECOVERY, *GUARDS):
        text = (ROOT / mutation.file).read_text("utf-8")

        assert text.count(mutation.before) == 1, mutation.name
        assert all((ROOT / test.partition("::")[0]).is_file() for test in mutation.tests)
