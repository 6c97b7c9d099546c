"""One stack for all experiments: it takes longer to start than most of them to carry out."""

import os
from collections.abc import Iterator

import pytest
from pytest_django.plugin import DjangoDbBlocker

from tests.chaos.stack import ChaosStack, chaos_stack
from tests.reliability.laboratory import Laboratory, close_rows, open_rows

STAGE_SECONDS = 0.2


@pytest.fixture(scope="session")
def running_stack() -> Iterator[ChaosStack]:
    """A stack whose every part can be hurt."""
    database = "postgres" if os.environ.get("TEST_DATABASE") == "postgres" else "sqlite"
    with chaos_stack(database=database, stage_seconds=STAGE_SECONDS, stand_in_judge=True) as stack:
        open_rows(stack)
        yield stack
        close_rows()


@pytest.fixture
def laboratory(
    running_stack: ChaosStack, django_db_blocker: DjangoDbBlocker
) -> Iterator[Laboratory]:
    """The stack at rest; after the experiment it comes to rest again."""
    with django_db_blocker.unblock():
        made = Laboratory(running_stack)
        made.settle()
        yield made
        made.settle()
