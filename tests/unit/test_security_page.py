"""The page on security names a proof for each check, and each proof is there."""

import re

import pytest

from tests.environment import ROOT

PAGE = (ROOT / "docs/security.md").read_text("utf-8")
OF_CHECKS, OF_INPUTS = PAGE.split("\n## ")[-2:]
ROW = re.compile(r"^\| (.+) \| (.+) \| (.+) \|$", re.MULTILINE)
CHECKS, INPUTS = (ROW.findall(part)[1:] for part in (OF_CHECKS, OF_INPUTS))  # below the heads
PROOFS = sorted(set(re.findall(r"`(tests/[\w/.]+)(?:::(\w+))?`", OF_CHECKS + OF_INPUTS)))
IS_PROVEN = re.compile(r"`(tests/|make |python )|\bopen\b")


class TestThePage:
    def test_has_all_checks_in_order(self) -> None:
        assert [int(number) for number, _, _ in CHECKS] == list(range(1, 39))

    def test_has_each_kind_of_bad_input(self) -> None:
        assert len(INPUTS) == 34

    def test_names_a_proof_for_each_or_says_that_it_is_open(self) -> None:
        assert [row for row in (*CHECKS, *INPUTS) if not IS_PROVEN.search(row[2])] == []

    @pytest.mark.parametrize(("path", "name"), PROOFS, ids=lambda part: part or "all of it")
    def test_names_only_proofs_that_are_there(self, path: str, name: str) -> None:
        file = ROOT / path

        assert file.is_file()
        if name:
            found = re.search(rf"^ *(class|def) {name}\b", file.read_text("utf-8"), re.MULTILINE)
            assert found is not None
