"""`.env.example` and what is really read hold together."""

import re
from pathlib import Path

import pytest

from tests.environment import ROOT, documented_variables

READ = re.compile(r"""\benv_[a-z]+\(\s*"([A-Z][A-Z0-9_]*)\"""")
READERS = [
    *sorted((ROOT / "interview_platform").rglob("*.py")),
    *(
        path
        for app in ("accounts", "sessions", "pipeline", "media", "analytics")
        for path in sorted((ROOT / app).rglob("*.py"))
    ),
]
OF_ONE_COMMAND = {"URL"}  # typed beside `make demo`, never kept


def variables_read_in(path: Path) -> set[str]:
    return set(READ.findall(path.read_text("utf-8")))


class TestEnvExample:
    def test_has_every_variable_that_is_read(self) -> None:
        read = set().union(*map(variables_read_in, READERS)) - OF_ONE_COMMAND

        assert read - set(documented_variables()) == set()

    def test_has_no_variable_that_nobody_reads(self) -> None:
        read = set().union(*map(variables_read_in, READERS))

        assert set(documented_variables()) - read == set()

    def test_names_each_once(self) -> None:
        names = documented_variables()

        assert sorted(names) == sorted(set(names))

    @pytest.mark.parametrize("name", documented_variables())
    def test_says_what_each_is_for(self, name: str) -> None:
        lines = (ROOT / ".env.example").read_text("utf-8").splitlines()
        place = next(number for number, line in enumerate(lines) if line.startswith(f"#{name}="))
        above = lines[place - 1]

        assert above.startswith(("# ", "#ADMIN_EMAIL="))
