"""A request with twice as much text takes at most three times as long, whatever field it is in."""

from collections.abc import Iterator
from functools import partial
from typing import Any, Final

import pytest
from django.db import transaction

from interview_platform.http import throttles
from tests.costs.shapes import SHAPES
from tests.costs.timing import find_growth
from tests.factories import make_finished_run, make_question, make_session, make_transcript
from tests.integration.pipeline_http.openapi import document
from tests.integration.security.people import House, Knocker, furnish, knock

pytestmark = pytest.mark.django_db

JSON: Final = "application/json"
CHOSEN: Final = (  # each of another kind: a request costs more than a stage
    *("one word a!!!a", "one long word", "letters and quotes", "newlines", "one-letter words"),
    *("digits and commas", "a repeated sentence", "combining marks", "zero width", "markup"),
    *("opening brackets", "um um um", "different words"),
)
VALUES: Final[dict[str, Any]] = {"integer": 3, "number": 3.0, "boolean": False}


def operations() -> Iterator[tuple[str, str, dict[str, Any]]]:
    """Yield path, method and JSON schema of all that takes a body, from the OpenAPI document."""
    for path, methods in document()["paths"].items():
        for method, operation in methods.items():
            content = operation.get("requestBody", {}).get("content", {})
            if JSON in content:
                yield path, method, content[JSON]["schema"]


def searches() -> Iterator[tuple[str, str]]:
    """Yield path and name of each parameter of a query that is a free text."""
    for path, methods in document()["paths"].items():
        for parameter in methods.get("get", {}).get("parameters", []):
            if parameter["in"] == "query" and parameter["schema"] == {"type": "string"}:
                yield path, parameter["name"]


def filled(schema: dict[str, Any], text: str, *, clipped: bool) -> Any:
    """Return what the schema asks for, its texts being this one, clipped to the length that they may have."""
    if "$ref" in schema:
        schema = document()["components"]["schemas"][schema["$ref"].rpartition("/")[2]]
    if parts := schema.get("allOf") or schema.get("anyOf") or schema.get("oneOf"):
        return filled(parts[0], text, clipped=clipped)
    if "enum" in schema:
        return schema["enum"][0]
    if schema.get("type") == "object":
        return {
            name: filled(below, text, clipped=clipped)
            for name, below in schema.get("properties", {}).items()
        }
    if schema.get("type") == "array":
        return [filled(schema["items"], text, clipped=clipped)] * (3 if clipped else 50)
    if schema.get("type") != "string":
        return VALUES[schema["type"]]
    shown = text[: schema.get("maxLength")] if clipped else text
    return f"{shown[:60]}@example.com" if schema.get("format") == "email" else shown


class Sender:
    """Sends Alice's requests, each as if it were her first."""

    def __init__(self, house: House) -> None:
        self._knocker: Knocker = knock("owner", house)
        self._values = {**house.values, "token": house.share_token}
        question = make_question(session=make_session(owner=house.alice), attempt_count=1)
        make_transcript(run=make_finished_run(question=question))
        self._values["question_uuid"] = str(question.uuid)
        self._values["session_uuid"] = str(question.session.uuid)

    def send(self, method: str, path: str, schema: dict[str, Any], clipped: bool, text: str) -> int:
        """Send a body with this text in it and take back what it changed; return the status of the answer."""
        body = filled(schema, text, clipped=clipped)
        throttles.reset_counters()
        place = path.format(**self._values)
        with transaction.atomic():
            response = getattr(self._knocker.client, method)(place, body, format="json")
            transaction.set_rollback(True)
        assert response.status_code < 500, response.content[:500]
        return int(response.status_code)

    def search(self, path: str, name: str, text: str) -> int:
        """Send a query; return the status of the answer."""
        throttles.reset_counters()
        response = self._knocker.client.get(path.format(**self._values), {name: text})
        assert response.status_code < 500
        return int(response.status_code)


@pytest.fixture
def sender() -> Sender:
    return Sender(furnish())


@pytest.mark.parametrize("clipped", [True, False], ids=["accepted", "too long"])
def test_a_body_costs_no_more_than_linear_time(sender: Sender, clipped: bool) -> None:
    shapes = {name: SHAPES[name] for name in (CHOSEN if clipped else CHOSEN[:4])}
    grown = [
        (method, path, find_growth(partial(sender.send, method, path, schema, clipped), shapes))
        for path, method, schema in operations()
    ]
    assert len(grown) > 15
    assert not [row for row in grown if row[2]]


def test_a_search_costs_no_more_than_linear_time(sender: Sender) -> None:
    shapes = {name: SHAPES[name] for name in CHOSEN}
    grown = [
        (path, name, find_growth(partial(sender.search, path, name), shapes))
        for path, name in searches()
    ]
    assert grown
    assert not [row for row in grown if row[2]]
