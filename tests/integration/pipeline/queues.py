"""What lies in the broker's queues."""

import base64
import json
from typing import Any

from django.conf import settings

from tests.private_broker import PrivateBroker


def messages(broker: PrivateBroker) -> list[tuple[str, int]]:
    """Return (task, run id) of every message, queue by queue, oldest first."""
    found = []
    with broker.client() as client:
        for queue in settings.QUEUES:
            for raw in reversed(client.lrange(f"{settings.BROKER_KEY_PREFIX}{queue}", 0, -1)):
                message = json.loads(raw)
                found.append((_short(message["headers"]["task"]), _arguments(message)["run_id"]))
    return found


def raw_messages(broker: PrivateBroker) -> str:
    """Return everything that lies in the queues, bodies decoded, for looking at what travels."""
    with broker.client() as client:
        queues = [
            client.lrange(f"{settings.BROKER_KEY_PREFIX}{queue}", 0, -1)
            for queue in settings.QUEUES
        ]
    bodies = [json.loads(raw) for queue in queues for raw in queue]
    return "\n".join(
        f"{body['headers']} {base64.b64decode(body['body']).decode()}" for body in bodies
    )


def _short(task: str) -> str:
    return task.rpartition(".")[2]


def _arguments(message: dict[str, Any]) -> dict[str, Any]:
    _, keywords, _ = json.loads(base64.b64decode(message["body"]))
    return dict(keywords)
