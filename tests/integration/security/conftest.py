import pytest
from django.core.cache import cache

from interview_platform.http import throttles


@pytest.fixture(autouse=True)
def _nothing_counted_yet() -> None:
    cache.clear()
    throttles._Rest.until = 0.0
