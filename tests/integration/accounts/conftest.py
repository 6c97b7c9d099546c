import pytest
from rest_framework.test import APIClient

from tests.integration.accounts.people import Person, register


@pytest.fixture
def api() -> APIClient:
    """A client that sees a 500 as a client does, and nobody."""
    return APIClient(raise_request_exception=False)


@pytest.fixture
def alice(db: None) -> Person:
    return register("alice@example.com")


@pytest.fixture
def mallory(db: None) -> Person:
    return register("mallory@example.com")
