from collections.abc import Iterator

import pytest
from django.conf import settings
from rest_framework.test import APIClient

from interview_platform.operations import health, metrics
from tests.factories import make_heartbeat
from tests.private_broker import PrivateBroker


@pytest.fixture(autouse=True)
def _nothing_asked_yet() -> None:
    """Let no test get the answer to an earlier one's question."""
    health._questions.cache_clear()
    health._Last.missing = ""
    metrics._sources.cache_clear()


@pytest.fixture
def api() -> APIClient:
    """Whoever looks: a probe, a scraper, a reader."""
    return APIClient(raise_request_exception=False)


@pytest.fixture
def whole_platform(transactional_db: None, broker: PrivateBroker) -> Iterator[PrivateBroker]:
    """Everything that readiness asks for; the broker, which a test may hurt."""
    for queue in settings.QUEUES:
        make_heartbeat(queues=[queue])
    yield broker
    broker.resume()
