from collections.abc import Callable

import pytest
from django.test import Client

from accounts.models import User
from accounts.roles import give_roles
from pipeline.models import PipelineRun
from sessions.models import Question
from tests.factories import make_user
from tests.integration.analytics.reviewing import answer


@pytest.fixture
def run(question: Question) -> PipelineRun:
    """Alice's answer."""
    return answer(question)


@pytest.fixture
def one_of(client: Client) -> Callable[..., User]:
    """Log somebody with these roles in."""

    def log_in(*roles: str) -> User:
        person = make_user(full_name="Rita Reviewer")
        give_roles(person, roles)
        client.force_login(person)
        return person

    return log_in


@pytest.fixture
def reviewer(one_of: Callable[..., User]) -> User:
    """Somebody who reviews, at the desk."""
    return one_of("reviewer")
