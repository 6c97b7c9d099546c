"""Every operation of `/openapi.json`, asked with whatever its schema allows and forbids: no 5xx, no answer that it does not describe."""

from collections.abc import Iterator
from typing import Any

import pytest
import requests
import schemathesis
from django.conf import settings as project_settings
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis.errors import Unsatisfiable
from schemathesis.checks import not_a_server_error
from schemathesis.core.result import Ok
from schemathesis.generation import GenerationMode
from schemathesis.schemas import APIOperation
from schemathesis.specs.openapi import checks

from interview_platform.operations.docs import document_of
from tests.candidate import Candidate
from tests.recordings import sample
from tests.running_stack import RunningStack

pytestmark = pytest.mark.journey

EXAMPLES = 12  # of each kind for each operation
REQUEST_SECONDS = 45
CHECKS = [
    not_a_server_error,
    checks.status_code_conformance,
    checks.content_type_conformance,
    checks.response_headers_conformance,
    checks.response_schema_conformance,
]
ENDS_SOMETHING = {  # the account, the token or the interview: to each its own person
    "delete_user",
    "logout",
    "put_me",
    "patch_me",
    "delete_session",
    "complete_session",
}
SCHEMA = schemathesis.openapi.from_dict(document_of(project_settings.ROOT_URLCONF))
Operation = APIOperation[Any, Any, Any, Any]
OPERATIONS: dict[str, Operation] = {
    found.ok().definition.raw["operationId"]: found.ok()
    for found in SCHEMA.get_all_operations()
    if isinstance(found, Ok)
}
BOUNDED = settings(
    max_examples=EXAMPLES,
    deadline=None,
    derandomize=True,  # a finding is found again
    database=None,
    phases=(Phase.generate,),
    suppress_health_check=list(HealthCheck),
)


@pytest.fixture(scope="module")
def shared_person(stack: RunningStack) -> Iterator[Candidate]:
    """Somebody with questions, one of them answered."""
    with Candidate(stack.url) as person:
        prepare(person)
        question = person.data("generate_questions")["questions"][0]["id"]
        person.upload(question, sample("weak_answer.ogg"))
        yield person


@pytest.fixture
def person(
    request: pytest.FixtureRequest, stack: RunningStack, operation: str
) -> Iterator[Candidate]:
    """Who asks."""
    if operation not in ENDS_SOMETHING:
        yield request.getfixturevalue("shared_person")
        return
    with Candidate(stack.url) as own:
        prepare(own)
        yield own


def prepare(person: Candidate) -> None:
    person.register()
    person.create_session()
    person.generate_questions()


def ids_of(person: Candidate) -> dict[str, str]:
    """Return what stands in the paths."""
    return {
        "user_uuid": person.data("register")["id"],
        "session_uuid": person.data("create_session")["id"],
        "question_uuid": person.data("generate_questions")["questions"][0]["id"],
        "chart_type": "score_trend",
    }


class TestSchema:
    @pytest.mark.parametrize("mode", GenerationMode)
    @pytest.mark.parametrize("operation", OPERATIONS)
    def test_describes_every_answer(
        self, stack: RunningStack, person: Candidate, operation: str, mode: GenerationMode
    ) -> None:
        asked = OPERATIONS[operation]
        known = ids_of(person)
        ids = {name: known[name] for name in known if f"{{{name}}}" in asked.path}
        headers = {"Authorization": person.http.headers["Authorization"], "Prefer": "wait=0"}

        with requests.Session() as session:

            @BOUNDED
            @given(case=asked.as_strategy(mode, path_parameters=ids or None))
            def ask(case: Any) -> None:
                response = case.call(
                    base_url=stack.url, session=session, headers=headers, timeout=REQUEST_SECONDS
                )
                case.validate_response(response, checks=CHECKS)

            try:
                ask()
            except Unsatisfiable:
                assert mode == GenerationMode.NEGATIVE  # there is no wrong way to ask
