"""What most tests begin with."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from django.conf import settings as project_settings
from django.test import TransactionTestCase
from hypothesis import settings as searches
from rest_framework.test import APIClient

from accounts.models import User
from accounts.tokens import issue_tokens
from interview_platform.http import throttles
from sessions.models import InterviewSession, Question
from tests.clean_tables import empty_databases
from tests.factories import make_question, make_session, make_user
from tests.private_broker import PrivateBroker

searches.register_profile("untimed", deadline=None)  # tests do not time
searches.load_profile("untimed")
SAMPLES = Path(__file__).parent / "samples"
_measured: list[str] = []


@pytest.fixture
def alice(db: None) -> User:
    """A person who practises."""
    return make_user("alice@example.com")


@pytest.fixture
def mallory(db: None) -> User:
    """Somebody else, who would like to see what is Alice's."""
    return make_user("mallory@example.com")


@pytest.fixture
def client_for() -> Callable[[User], APIClient]:
    """Return the client of a person; like any client, it sees a 500 instead of an exception."""

    def log_in(user: User) -> APIClient:
        client = APIClient(raise_request_exception=False)
        client.credentials(HTTP_AUTHORIZATION=f"Bearer {issue_tokens(user).access}")
        return client

    return log_in


@pytest.fixture
def interview_session(alice: User) -> InterviewSession:
    """An interview of Alice's."""
    return make_session(owner=alice)


@pytest.fixture
def question(interview_session: InterviewSession) -> Question:
    """A question of Alice's interview."""
    return make_question(session=interview_session)


@pytest.fixture
def strong_recording() -> Path:
    """A concrete, fluent answer."""
    return SAMPLES / "strong_answer.mp3"


@pytest.fixture
def weak_recording() -> Path:
    """A vague answer with fillers and pauses."""
    return SAMPLES / "weak_answer.mp3"


@pytest.fixture(scope="session")
def private_broker(tmp_path_factory: pytest.TempPathFactory) -> Iterator[PrivateBroker]:
    """A real broker at the address of the tests' settings, which a test may kill, stop and start."""
    server = PrivateBroker(
        url=project_settings.BROKER_URL, directory=tmp_path_factory.mktemp("broker")
    )
    yield server
    server.stop()


@pytest.fixture
def broker(private_broker: PrivateBroker) -> PrivateBroker:
    """The real broker, running and empty."""
    private_broker.ensure_running()
    private_broker.empty()
    return private_broker


@pytest.fixture(scope="session", autouse=True)
def _tables_are_emptied_quickly() -> Iterator[None]:
    """Put our way in place of Django's, which makes rights and roles anew after each test that commits."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(TransactionTestCase, "_fixture_teardown", empty_databases)
        yield


@pytest.fixture(autouse=True)
def _nothing_was_away() -> None:
    """Forget that an earlier test's counters were away, and what they have counted."""
    throttles.reset_counters()  # people of two tests may have the same number


@pytest.fixture
def note(request: pytest.FixtureRequest) -> Callable[[str], None]:
    """Note what was measured; it stands at the end of the report."""
    name = request.node.nodeid.rpartition("/")[2]
    return lambda measured: _measured.append(f"{name}: {measured}")


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Print what was measured."""
    if _measured:
        terminalreporter.section("measured")
        for line in _measured:
            terminalreporter.write_line(line)
