"""Every operation of the OpenAPI document, asked with what it allows and forbids, under all checks that fit."""

from collections.abc import Iterator
from typing import Any, Final

import requests
from hypothesis import HealthCheck, Phase, Verbosity, given, settings
from hypothesis.errors import Unsatisfiable
from schemathesis.checks import not_a_server_error
from schemathesis.core.failures import FailureGroup
from schemathesis.generation import GenerationMode
from schemathesis.specs.openapi import checks

from tests.candidate import Candidate
from tests.journeys.test_schema import ENDS_SOMETHING, OPERATIONS, ids_of, prepare
from tests.siege.tally import Tally

# Left out: `positive_data_acceptance` and `negative_data_rejection` want a document that knows which e-mail address is taken,
# which session is complete and which text is too long for its meaning; `use_after_free` and `ensure_resource_availability`
# belong to stateful runs; `missing_required_header`: none is required.
CHECKS: Final = (
    not_a_server_error,
    checks.status_code_conformance,
    checks.content_type_conformance,
    checks.response_headers_conformance,
    checks.response_schema_conformance,
    checks.ignored_auth,
    checks.unsupported_method,
    checks.allow_header_conformance,
)
SECONDS: Final = 60
GARBAGE: Final = "eyJhbGciOiJub25lIn0.eyJzdWIiOiIxIn0."  # a token that nobody signed


def attack(url: str, *, examples: int, only: str = "") -> Iterator[Tally]:
    """Yield the tally of what the schema allows, of what it forbids, and of tokens that are none."""
    for mode in GenerationMode:
        tally = Tally(f"OpenAPI, {mode.value} examples")
        with Candidate(url) as shared:
            prepare(shared)
            for name in OPERATIONS:
                if only in name:
                    _ask(tally, url, name, shared, mode=mode, examples=examples)
        yield tally
    yield _without_token(url)


def _ask(
    tally: Tally, url: str, name: str, shared: Candidate, *, mode: GenerationMode, examples: int
) -> None:
    if name not in ENDS_SOMETHING:
        _explore(tally, url, name, shared, mode=mode, examples=examples)
        return
    with Candidate(url) as own:
        prepare(own)
        _explore(tally, url, name, own, mode=mode, examples=examples)


def _explore(
    tally: Tally, url: str, name: str, person: Candidate, *, mode: GenerationMode, examples: int
) -> None:
    operation = OPERATIONS[name]
    known = ids_of(person)
    ids = {key: known[key] for key in known if f"{{{key}}}" in operation.path}
    headers = {"Authorization": person.http.headers["Authorization"], "Prefer": "wait=0"}
    bounded = settings(
        max_examples=examples,
        deadline=None,
        database=None,
        phases=(Phase.generate,),
        verbosity=Verbosity.quiet,
        suppress_health_check=list(HealthCheck),
    )
    with requests.Session() as session:

        @bounded
        @given(case=operation.as_strategy(mode, path_parameters=ids or None))
        def ask(case: Any) -> None:
            response = case.call(base_url=url, session=session, headers=headers, timeout=SECONDS)
            tally.tried += 1
            tally.rejected += 400 <= response.status_code < 500
            case.validate_response(response, checks=CHECKS, headers=headers)

        try:
            ask()
        except Unsatisfiable:  # there is no wrong way to ask
            return
        except (FailureGroup, requests.RequestException) as found:
            tally.blame(f"{name}: {found}".replace("\n", " "))


def _without_token(url: str) -> Tally:
    """Ask every operation that wants a token with none, and with one that nobody signed."""
    tally = Tally("OpenAPI, without a token")
    with requests.Session() as session:
        for name, operation in OPERATIONS.items():
            if operation.definition.raw.get("security") == []:
                continue
            path = operation.path.replace("{chart_type}", "score_trend")
            for part in ("session_uuid", "question_uuid", "user_uuid", "export_uuid", "share_uuid"):
                path = path.replace(f"{{{part}}}", "00000000-0000-4000-8000-000000000000")
            for token in ("", f"Bearer {GARBAGE}", "Basic YTpi"):
                headers = {"Authorization": token} if token else {}
                answer = session.request(
                    operation.method, url + path, headers=headers, timeout=SECONDS
                )
                tally.tried += 1
                tally.rejected += answer.status_code == 401
                if answer.status_code != 401:
                    tally.blame(f"{name} with {token[:10]!r}: {answer.status_code}")
    return tally
