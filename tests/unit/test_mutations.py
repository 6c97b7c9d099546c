"""The mutations can be applied: a refactoring that moves a safeguard is noticed at once."""

import pytest

from tests.bite.costs import COSTS
from tests.bite.mutations import MUTATIONS, Mutation
from tests.bite.recovery import RECOVERY
from tests.bite.security import GUARDS
from tests.environment import ROOT

ALL = (*MUTATIONS, *RECOVERY, *GUARDS, *COSTS)


@pytest.mark.parametrize("mutation", ALL, ids=lambda mutation: mutation.name)
def test_a_mutation_has_its_safeguard_and_its_tests(mutation: Mutation) -> None:
    code = (ROOT / mutation.file).read_text("utf-8")

    assert code.count(mutation.before) == 1
    assert all((ROOT / test.split("::")[0]).exists() for test in mutation.tests)
