"""Whether a container's worker lives, by the row that it writes."""

import socket

import pytest
from django.db import connection

from interview_platform.stack import alive
from pipeline.runs.worker_signals import report_alive


@pytest.fixture(autouse=True)
def _only_where_a_probe_can_look() -> None:
    if connection.vendor != "postgresql":
        pytest.skip("a probe asks PostgreSQL alone")


def address_of_the_database() -> str:
    parameters = connection.get_connection_params()
    return (
        f"postgresql://{parameters['user']}@{parameters['host']}:{parameters['port']}"
        f"/{parameters['dbname']}"
    )


@pytest.mark.django_db(transaction=True)
class TestAgainstWorker:
    def test_finds_the_one_of_this_machine(self) -> None:
        report_alive("gpu-8000@elsewhere", queues=["gpu"], concurrency=1)
        address = address_of_the_database()
        assert "not shown yet" in alive.against_worker(address, host=socket.gethostname())

        report_alive(f"gpu-8000@{socket.gethostname()}", queues=["gpu"], concurrency=1)

        assert alive.against_worker(address, host=socket.gethostname()) == ""

    def test_misses_one_that_went_silent(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(alive, "SILENT_SECONDS", -1)
        report_alive("gpu-8000@here", queues=["gpu"], concurrency=1)

        assert "was not seen for" in alive.against_worker(address_of_the_database(), host="here")
