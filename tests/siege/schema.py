"""Every operation of the OpenAPI document, asked with what it allows and forbids, by schemathesis and under all of its checks but one, which is ours."""

from collections.abc import Collection, Iterator, Sequence
from typing import Any, Final
from urllib.parse import urlsplit

import requests
import schemathesis
from django.conf import settings
from schemathesis.config import SchemathesisConfig
from schemathesis.core.failures import Failure
from schemathesis.core.result import Ok
from schemathesis.engine import events, from_schema
from schemathesis.schemas import APIOperation
from schemathesis.specs.openapi.checks import positive_data_acceptance

from interview_platform.operations.docs import document_of
from tests.candidate import Candidate
from tests.siege.tally import REFUSALS, Tally

PHASES: Final = ("examples", "coverage", "fuzzing", "stateful")
SECONDS: Final = 60
GARBAGE: Final = "eyJhbGciOiJub25lIn0.eyJzdWIiOiIxIn0."  # a token that nobody signed
ENDS_SOMETHING: Final = {  # the account, the token or the interview: to each its own person
    "delete_user",
    "logout",
    "put_me",
    "patch_me",
    "delete_session",
    "complete_session",
}
# Rows of a 422 about what no schema can say: what exists, what fits together, what a word means.
OF_MEANING: Final = {
    ("Idempotency-Key", "key_reused"),
    ("attempts", "invalid"),  # of a comparison: two of them, and a question
    ("attempts", "pair"),
    ("current_password", "wrong_password"),
    ("email", "invalid"),  # Django's idea of an address is narrower than the format's
    ("email", "unique"),
    ("password", "password_entirely_numeric"),
    ("password", "password_too_common"),
    ("password", "password_too_similar"),
    ("question", "invalid"),
    ("refresh_token", "invalid"),  # not the person's
    ("sessions", "invalid"),
    ("sessions", "pair"),
    ("timezone", "unknown"),  # there are six hundred
    ("token", "invalid_link"),
}
BLANK: Final = "blank"  # white space alone, of which regular expressions have another idea
# `object_level_authorization` wants to be told who owns what: the table of `who_may_what` asks that of every route.
OFF: Final = ("positive_data_acceptance", "object_level_authorization")
Operation = APIOperation[Any, Any, Any, Any]
DOCUMENT: Final = document_of(settings.ROOT_URLCONF)
OPERATIONS: Final[dict[str, Operation]] = {
    found.ok().definition.raw["operationId"]: found.ok()
    for found in schemathesis.openapi.from_dict(DOCUMENT).get_all_operations()
    if isinstance(found, Ok)
}


@schemathesis.check
def valid_data_acceptance(context: Any, response: Any, case: Any) -> bool | None:
    """Want what the schema allows to be accepted, or refused for its meaning alone."""
    try:
        positive_data_acceptance(context, response, case)
    except Failure:
        if response.status_code != requests.codes.unprocessable or not _is_of_meaning(response):
            raise
    return None


def attack(
    url: str, *, examples: int, only: str = "", phases: Collection[str] = PHASES
) -> Iterator[Tally]:
    """Yield the tally of each phase, and of tokens that are none; `examples` are of each operation."""
    with _People(url) as people:
        shared = people.join()
        persons = {name: people.join() if name in ENDS_SOMETHING else shared for name in OPERATIONS}
        places = [
            {**_place(name, person), "enabled": only in name} for name, person in persons.items()
        ]
        config = _config(url, places, phases=phases, examples=examples)
        yield from _run(schemathesis.openapi.from_dict(DOCUMENT, config=config))
    yield _without_token(url)


def prepare(person: Candidate) -> None:
    """Have an account, an interview and its questions."""
    person.register()
    person.create_session()
    person.generate_questions()


class _People:
    """Those who ask."""

    def __init__(self, url: str) -> None:
        self._url = url
        self._all: list[Candidate] = []

    def __enter__(self) -> "_People":
        return self

    def __exit__(self, *_: object) -> None:
        for person in self._all:
            person.http.close()

    def join(self) -> Candidate:
        person = Candidate(self._url)
        self._all.append(person)
        prepare(person)
        return person


def _config(
    url: str, places: Sequence[dict[str, Any]], *, phases: Collection[str], examples: int
) -> SchemathesisConfig:
    """Return what schemathesis is told: who asks what, and about what."""
    return SchemathesisConfig.from_dict(
        {
            "base-url": url,
            "seed": 1,
            "request-timeout": SECONDS,
            "suppress-health-check": ["all"],
            "continue-on-failure": True,
            "generation": {
                "max-examples": examples,
                "database": "none",
                "deterministic": True,
                "allow-x00": False,  # `messages` does that: no schema says that text has none
            },
            "phases": {name: {"enabled": name in phases} for name in PHASES},
            "checks": {name: {"enabled": False} for name in OFF},
            "operations": places,
        }
    )


def _place(name: str, person: Candidate) -> dict[str, Any]:
    """Return how an operation is asked: with the person's token, about what is his."""
    path = OPERATIONS[name].path
    known = {
        "user_uuid": person.data("register")["id"],
        "session_uuid": person.data("create_session")["id"],
        "question_uuid": person.data("generate_questions")["questions"][0]["id"],
        "chart_type": "score_trend",
    }
    return {
        "include-operation-id": name,
        "headers": {"Authorization": person.http.headers["Authorization"], "Prefer": "wait=0"},
        "parameters": {f"path.{key}": known[key] for key in known if f"{{{key}}}" in path},
    }


def _run(schema: Any) -> Iterator[Tally]:
    tally = Tally("OpenAPI")
    for event in from_schema(schema).execute():
        match event:
            case events.PhaseStarted():
                tally = Tally(f"OpenAPI, {event.phase.name.value.lower()}")
            case events.ScenarioFinished():
                _count(tally, event.recorder)
            case events.NonFatalError() if event.related_to_operation:
                tally.blame(f"{event.label}: {event.value!r}")
            case events.FatalError():
                raise event.exception
            case events.PhaseFinished() if tally.tried:
                yield tally


def _count(tally: Tally, recorder: Any) -> None:
    for exchange in recorder.interactions.values():
        tally.tried += 1
        tally.rejected += (
            exchange.response is not None and exchange.response.status_code in REFUSALS
        )
    for case, results in recorder.checks.items():
        found = [result.failure_info.failure for result in results if result.failure_info]
        if found:
            exchange = recorder.interactions[case]
            sent = f"{exchange.request.method} {urlsplit(exchange.request.uri).path}"
            said = exchange.response.text.partition('"details":')[2] if exchange.response else ""
            why = said or found[0].message.replace("\n", " ")
            tally.blame(f"{sent}: {found[0].title}: {why}")


def _is_of_meaning(response: Any) -> bool:
    rows = response.json()["error"]["details"]
    return bool(rows) and all(
        row["code"] == BLANK or (row["field"], row["code"]) in OF_MEANING for row in rows
    )


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
