"""Every operation of `/openapi.json`, asked with whatever its schema allows and forbids: no 5xx, no answer that it does not describe."""

import pytest

from tests.running_stack import RunningStack
from tests.siege.schema import OPERATIONS, attack

pytestmark = pytest.mark.journey

EXAMPLES = 8  # of each operation; `make attack` takes two hundred, and every boundary


class TestSchema:
    def test_describes_every_answer(self, stack: RunningStack) -> None:
        tallies = list(attack(stack.url, examples=EXAMPLES, phases=("examples", "fuzzing")))

        assert [trouble for tally in tallies for trouble in tally.wrong] == []
        assert sum(tally.tried for tally in tallies) > 5 * len(OPERATIONS)
