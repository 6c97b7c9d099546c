"""What KEDA looks at is what lies in the broker and the database."""

import re

import pytest
from django.conf import settings

from celery_app import app
from pipeline.models import PipelineRun
from pipeline.progress.estimates import QUEUE_OF
from tests.private_broker import PrivateBroker
from tests.unit.deploy.manifests import Manifest, of_kind

SCALED = {manifest["metadata"]["name"]: manifest for manifest in of_kind("ScaledObject")}


def triggers(queue: str, kind: str) -> list[Manifest]:
    found = SCALED[f"worker-{queue}"]["spec"]["triggers"]
    return [trigger["metadata"] for trigger in found if trigger["type"] == kind]


class TestScaledObjects:
    def test_are_there_for_each_queue(self) -> None:
        assert SCALED.keys() == {f"worker-{queue}" for queue in settings.QUEUES}

    @pytest.mark.parametrize("name", sorted(SCALED))
    def test_scale_a_deployment_of_their_name(self, name: str) -> None:
        deployments = {manifest["metadata"]["name"] for manifest in of_kind("Deployment")}

        assert SCALED[name]["spec"]["scaleTargetRef"]["name"] == name
        assert name in deployments

    @pytest.mark.parametrize("queue", settings.QUEUES)
    def test_count_the_list_that_a_message_is_put_into(
        self, queue: str, broker: PrivateBroker
    ) -> None:
        (metadata,) = triggers(queue, "redis")

        app.send_task("nobody.hears.this", queue=queue)

        with broker.client() as client:
            assert client.llen(metadata["listName"]) == 1

    @pytest.mark.parametrize("queue", sorted(set(QUEUE_OF.values())))
    def test_count_the_runs_that_wait_for_the_queue_or_are_in_its_work(self, queue: str) -> None:
        (metadata,) = triggers(queue, "postgresql")
        stages = re.search(r"stage IN \(([^)]*)\)", metadata["query"])
        states = re.search(r"state IN \(([^)]*)\)", metadata["query"])

        assert stages is not None
        assert states is not None
        assert f"FROM {PipelineRun._meta.db_table} " in metadata["query"]
        assert set(re.findall(r"'(\w+)'", stages[1])) == {
            stage for stage, served in QUEUE_OF.items() if served == queue
        }
        assert set(re.findall(r"'(\w+)'", states[1])) == set(PipelineRun.UNFINISHED)

    def test_are_let_in_by_what_is_there(self) -> None:
        known = {manifest["metadata"]["name"] for manifest in of_kind("TriggerAuthentication")}
        used = {
            trigger["authenticationRef"]["name"]
            for scaled in SCALED.values()
            for trigger in scaled["spec"]["triggers"]
        }

        assert used == known
