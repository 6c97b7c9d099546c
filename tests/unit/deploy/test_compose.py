"""The compose files are sound, and agree with the code. There is no Docker engine here: nothing of this has been started."""

import re
from typing import Any

import pytest
import yaml
from django.conf import settings

from interview_platform.stack import parts
from tests.environment import documented_variables
from tests.unit.deploy.manifests import DEPLOY

COMPOSE: dict[str, Any] = yaml.safe_load((DEPLOY / "compose.yaml").read_text("utf-8"))
WITH_GPU: dict[str, Any] = yaml.safe_load((DEPLOY / "compose.gpu.yaml").read_text("utf-8"))
SERVICES: dict[str, dict[str, Any]] = COMPOSE["services"]
OURS = sorted(set(SERVICES) - {"postgres", "valkey"})
ASKED = re.compile(r"\$\{([A-Z_]+)")


def seconds(text: str) -> int:
    return int(text.removesuffix("s"))


class TestCompose:
    def test_has_a_worker_for_each_queue(self) -> None:
        queues = {
            service["command"][-1]
            for name, service in SERVICES.items()
            if name.startswith("worker")
        }

        assert queues == set(settings.QUEUES)

    @pytest.mark.parametrize("name", OURS)
    def test_gives_only_what_the_settings_read(self, name: str) -> None:
        assert set(SERVICES[name]["environment"]) - set(documented_variables()) == set()

    @pytest.mark.parametrize("name", OURS)
    def test_lets_our_parts_write_nothing_but_recordings(self, name: str) -> None:
        service = SERVICES[name]

        assert service["read_only"] is True
        assert service["cap_drop"] == ["ALL"]
        assert service["user"] == "10001:10001"
        assert service["volumes"] == ["uploads:/data/uploads"]

    def test_asks_for_nothing_that_its_example_lacks(self) -> None:
        text = (DEPLOY / "compose.yaml").read_text("utf-8")
        example = (DEPLOY / "compose.env.example").read_text("utf-8")

        assert set(ASKED.findall(text)) == set(re.findall(r"^([A-Z_]+)=", example, re.MULTILINE))

    def test_starts_nothing_before_the_tables_are_there(self) -> None:
        for name in set(OURS) - {"migrate"}:
            waits = SERVICES[name]["depends_on"]
            assert waits["migrate"] == {"condition": "service_completed_successfully"}
            assert waits.keys() <= SERVICES.keys()

    @pytest.mark.parametrize("name", sorted(set(SERVICES) - {"migrate"}))
    def test_lets_each_part_end_in_peace(self, name: str) -> None:
        soft = float(COMPOSE["x-environment"]["SOFT_SHUTDOWN_SECONDS"])
        needed = {"api": parts.API_GRACE, "postgres": 30, "valkey": 10}.get(name, soft + 20)

        assert seconds(SERVICES[name]["stop_grace_period"]) >= needed

    def test_mounts_only_volumes_that_it_makes(self) -> None:
        made = COMPOSE["volumes"].keys() | WITH_GPU["volumes"].keys()
        for service in (*SERVICES.values(), *WITH_GPU["services"].values()):
            assert {mount.partition(":")[0] for mount in service.get("volumes", ())} <= made

    def test_keeps_database_and_broker_to_itself(self) -> None:
        assert [name for name, service in SERVICES.items() if "ports" in service] == ["api"]

    def test_with_a_gpu_changes_only_services_that_there_are(self) -> None:
        assert WITH_GPU["services"].keys() <= SERVICES.keys()
