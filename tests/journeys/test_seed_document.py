"""The document that the platform was ordered from, held against what the platform answers."""

import json
from typing import Any

import httpx
import pytest

from tests.candidate import Candidate
from tests.environment import ROOT
from tests.running_stack import RunningStack
from tests.shapes import misfits

pytestmark = pytest.mark.journey

SEED: dict[str, Any] = json.loads((ROOT / "tests" / "seed_contract.json").read_text("utf-8"))
ENDPOINTS = [(row["method"], row["path"]) for row in SEED["endpoints"]]
NOBODY = "00000000-0000-4000-8000-000000000000"
NOBODYS = {"id": NOBODY, "s_id": NOBODY, "q_id": NOBODY, "type": "score_trend"}
NEVER_EMPTY = (
    ("generate_questions", "questions"),
    ("evaluate", "suggestions"),
    ("scores", "question_scores"),
    ("feedback", "suggestions"),
    ("feedback", "resources"),
    ("feedback", "next_steps"),
)


@pytest.fixture(scope="module")
def document(stack: RunningStack) -> dict[str, Any]:
    """The OpenAPI document of the running platform."""
    found: dict[str, Any] = httpx.get(f"{stack.url}/openapi.json").json()
    return found


def without_names(path: str) -> str:
    """Return the path with its parameters nameless."""
    return "/".join("{}" if part.startswith("{") else part for part in path.split("/"))


class TestEndpoints:
    @pytest.mark.parametrize(("method", "path"), ENDPOINTS)
    def test_are_documented(self, document: dict[str, Any], method: str, path: str) -> None:
        offered = {without_names(known): methods for known, methods in document["paths"].items()}

        assert method.lower() in offered[without_names(path)]

    @pytest.mark.parametrize(("method", "path"), ENDPOINTS)
    def test_are_there(self, stack: RunningStack, method: str, path: str) -> None:
        """An anonymous request is asked who it is, or what it wants: it is not sent away."""
        url = stack.url + path.format_map(NOBODYS)
        response = httpx.request(method, url)

        assert response.status_code in {401, 422}
        assert not list(misfits(response.json(), SEED["failure"]))


class TestAnswers:
    @pytest.mark.parametrize("step", SEED["answers"])
    def test_have_every_field_with_its_type(self, waiting: Candidate, step: str) -> None:
        body = waiting.answers[step].json()

        assert not list(misfits(body, SEED["success"]))
        assert not list(misfits(body["data"], SEED["answers"][step], at=step))

    @pytest.mark.parametrize(("step", "field"), NEVER_EMPTY)
    def test_have_rows_where_the_document_shows_some(
        self, waiting: Candidate, step: str, field: str
    ) -> None:
        assert waiting.data(step)[field]
