import pytest
from rest_framework.test import APIClient

from tests.integration.http import sample_urls


@pytest.fixture(autouse=True)
def _nothing_counted_yet() -> None:
    sample_urls.Count.done.clear()
    sample_urls.Slow.again = None


@pytest.fixture
def api() -> APIClient:
    """A client that sees a 500 as a client does."""
    return APIClient(raise_request_exception=False)
