"""
Every write, with every field of every table in its body: what an endpoint does not declare, changes nothing.

Each request is sent three times from the same state: twice as it should be, which shows what differs by itself (keys,
times, what is drawn by lot), and once with everything else that any table has. The rows afterwards must be the same.
"""

import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, Final

import pytest
from django.apps import apps
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import models, transaction
from rest_framework.test import APIClient

from interview_platform.http.throttles import reset_counters
from interview_platform.operations.docs import document_of
from tests.factories import PASSWORD, make_user
from tests.integration.security.people import BODIES, House, furnish, knock
from tests.integration.security.routes import Route, routes
from tests.recordings import sample

pytestmark = pytest.mark.django_db

OURS: Final = ("accounts", "interview_sessions", "media", "pipeline", "analytics", "auth")
EVIL_TEXT: Final = "evil-4b1d"
EVIL_NUMBER: Final = 424_242
EVIL_UUID: Final = "0bad0bad-0bad-4bad-8bad-0bad0bad0bad"
EVIL_MOMENT: Final = "1999-09-09T09:09:09Z"
EVIL: "Final[dict[type[models.Field[Any, Any]], Any]]" = {
    models.BooleanField: True,
    models.IntegerField: EVIL_NUMBER,
    models.FloatField: float(EVIL_NUMBER),
    models.UUIDField: EVIL_UUID,
    models.DateField: EVIL_MOMENT,
    models.JSONField: {"evil": EVIL_TEXT},
    models.Field: EVIL_TEXT,
}
NEW_PERSON: Final = {"email": "new@example.com", "password": PASSWORD, "full_name": "New"}
KNOWN_PERSON: Final = {"email": "alice@example.com", "password": PASSWORD}
WHOLE: Final = {
    **BODIES,
    "POST /api/v1/users/register": NEW_PERSON,
    "POST /api/v1/users/browser/register": NEW_PERSON,
    "POST /api/v1/users/login": KNOWN_PERSON,
    "POST /api/v1/users/browser/login": KNOWN_PERSON,
}
WRITES: Final = [route for route in routes() if route.method in {"POST", "PUT", "PATCH"}]
RECORDING: Final = "/questions/{question_uuid}/audio"
FORM_FIELDS: Final = 40  # a form with more is refused

Rows = dict[str, list[dict[str, Any]]]


def tables() -> list[type[models.Model]]:
    return [model for model in apps.get_models() if model._meta.app_label in OURS]


def everything(victim: int) -> dict[str, Any]:
    """Return a value for the name of every field there is; keys of other rows are those of somebody else."""
    body: dict[str, Any] = {"pk": EVIL_NUMBER, "user": victim, "user_id": victim}
    for table in tables():
        for field in table._meta.concrete_fields:
            value = victim if field.is_relation else evil_value(field)
            body |= {field.name: value, field.attname: value}
    return body


def evil_value(field: "models.Field[Any, Any]") -> Any:
    return next(value for kind, value in EVIL.items() if isinstance(field, kind))


def rows() -> Rows:
    return {
        table._meta.label: list(table._base_manager.order_by("pk").values()) for table in tables()
    }


def differences(one: Rows, other: Rows) -> set[str]:
    """Return the columns in which the two differ; a table's name alone where one has more rows."""
    found = {label for label in one if len(one[label]) != len(other[label])}
    for label in set(one) - found:
        for before, after in zip(one[label], other[label], strict=True):
            found |= {f"{label}.{name}" for name in before if before[name] != after[name]}
    return found


def declared(route: Route) -> set[str]:
    """Return the fields that the OpenAPI document names in the body of this operation."""
    document = document_of(settings.ROOT_URLCONF)
    operation = document["paths"][route.path][route.method.lower()]
    content = operation.get("requestBody", {}).get("content", {})
    names: set[str] = set()
    for kind in content.values():
        schema = kind["schema"]
        while "$ref" in schema:
            schema = document["components"]["schemas"][schema["$ref"].rpartition("/")[2]]
        names |= set(schema.get("properties", {}))
    return names


@contextmanager
def undone() -> Iterator[None]:
    reset_counters()
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


def send(client: APIClient, route: Route, path: str, more: dict[str, Any]) -> int:
    body = {**more, **WHOLE.get(str(route), {})}
    send_it: Callable[..., Any] = getattr(client, route.method.lower())
    headers = {"HTTP_SEC_FETCH_SITE": "same-origin"}
    if not route.path.endswith(RECORDING):
        return int(send_it(path, body, format="json", **headers).status_code)
    flat = {name: body[name] for name in list(body)[-FORM_FIELDS:]}
    form = {name: value for name, value in flat.items() if not isinstance(value, dict)}
    form["file"] = SimpleUploadedFile("a.ogg", sample("weak_answer.ogg").read_bytes())
    return int(send_it(path, form, format="multipart", **headers).status_code)


@pytest.fixture
def house() -> House:
    return furnish()


class TestEveryWrite:
    @pytest.mark.parametrize("route", WRITES, ids=str)
    def test_changes_what_it_declares_and_nothing_else(self, house: House, route: Route) -> None:
        visitor = knock("share" if "{token}" in route.path else "owner", house)
        path = route.filled(visitor.values)
        victim = make_user("mallory@example.com").pk
        unasked = {
            name: value for name, value in everything(victim).items() if name not in declared(route)
        }
        states, statuses = [], []
        for more in ({}, {}, unasked):
            with undone():
                statuses.append(send(visitor.client, route, path, more))
                states.append(rows())

        usual, again, attacked = states
        assert statuses[0] == statuses[2] < 500
        assert differences(usual, attacked) - differences(usual, again) == set()
        written = repr(attacked)
        for trace in (EVIL_TEXT, str(EVIL_NUMBER), repr(uuid.UUID(EVIL_UUID)), "1999, 9, 9"):
            assert trace not in written

    def test_is_tried_with_the_rights_that_a_person_would_like(self) -> None:
        names = everything(victim=7)

        assert names["is_staff"] is names["is_superuser"] is True
        assert {"token_version", "email_verified_at", "owner_id", "overall", "state"} <= set(names)
