import pytest
from django.core.cache import cache
from rest_framework.test import APIClient

from interview_platform.http import throttles
from tests.integration.http import sample_urls


@pytest.fixture(autouse=True)
def _nothing_counted_yet() -> None:
    cache.clear()
    throttles._Rest.until = 0.0
    sample_urls.Count.done.clear()
    sample_urls.Slow.again = None


@pytest.fixture
def api() -> APIClient:
    """A client that sees a 500 as a client does."""
    return APIClient(raise_request_exception=False)
