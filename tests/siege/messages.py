"""Bodies, headers, ranges and paths that nobody sends by mistake, sent."""

import json
import random
import socket
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

import httpx

from tests.candidate import Candidate
from tests.recordings import sample
from tests.siege.oddities import (
    BODIES,
    HEADERS,
    METHODS,
    PATHS,
    RANGES,
    RAW,
    STRINGS,
    TEN_MEGABYTES,
    VALUES,
)
from tests.siege.tally import Tally, compact


def attack(url: str, *, seed: int, count: int) -> Iterator[Tally]:
    """Yield the tallies."""
    with Candidate(url) as person:
        person.http.timeout = httpx.Timeout(60)
        yield from attack_as(person, seed=seed, count=count)
    yield _raw(url)


def attack_as(person: Candidate, *, seed: int, count: int, every: int = 1) -> Iterator[Tally]:
    """Yield the tallies of what a client of this person's can send; `every` so many-th strange value in each field."""
    person.register()
    person.create_session()
    person.generate_questions()
    doors = _doors(person)
    yield strange_fields(person.http, doors, every=every)
    yield _bodies(person.http, doors)
    yield _random(person.http, doors, seed=seed, count=count)
    yield _forms(person, seed=seed, count=count, every=every)
    yield _headers(person)
    yield _paths(person.http)


def _doors(person: Candidate) -> dict[str, dict[str, Any]]:
    """Return where JSON is taken, with a body that is right."""
    question = person.data("generate_questions")["questions"][0]["id"]
    at = f"{person.session_path}/questions/{question}"
    return {
        "/api/v1/users/login": {"email": "a@example.com", "password": "x"},
        "/api/v1/users/register": {"email": "b@example.com", "password": "x", "full_name": "B"},
        "/api/v1/users/token/refresh": {"refresh_token": "x"},
        "/api/v1/interviews/sessions": {"title": "T", "target_role": "R", "difficulty": "easy"},
        f"{person.session_path}/questions/generate": {
            "num_questions": 2,
            "categories": ["technical"],
            "job_description": "x",
            "skills": ["x"],
            "replace": True,
        },
        f"{at}/answer": {"text": "An answer of some words."},
        f"{at}/evaluate": {"expected_keywords": ["a"]},
        f"{at}/transcribe": {"language": "en"},
    }


def strange_fields(
    http: httpx.Client, doors: dict[str, dict[str, Any]], *, every: int = 1
) -> Tally:
    """Put every so many-th strange value into the fields of bodies that are right otherwise."""
    tally = Tally("JSON: strange values in each field")
    tries = [
        (path, {**body, name: value})
        for path, body in doors.items()
        for name in body
        for value in (*STRINGS, *VALUES)
    ]
    for path, body in tries[::every]:
        _post(tally, http, path, json.dumps(body).encode())
    return tally


def _bodies(http: httpx.Client, doors: dict[str, dict[str, Any]]) -> Tally:
    tally = Tally("JSON: broken, deep and 10 MB bodies")
    for path in doors:
        for body in BODIES:
            _post(tally, http, path, body)
    return tally


def _random(
    http: httpx.Client, doors: dict[str, dict[str, Any]], *, seed: int, count: int
) -> Tally:
    tally = Tally("JSON: mutations by chance")
    dice = random.Random(seed)  # noqa: S311 - the same attack again
    for _ in range(count):
        path = dice.choice(list(doors))
        body = bytearray(json.dumps(doors[path]).encode())
        for _ in range(dice.randint(1, 6)):
            body[dice.randrange(len(body))] = dice.randrange(256)
        _post(tally, http, path, bytes(body))
    return tally


def _forms(person: Candidate, *, seed: int, count: int, every: int) -> Tally:
    tally = Tally("multipart: mutations and oddities")
    dice = random.Random(seed)  # noqa: S311 - the same attack again
    question = person.data("generate_questions")["questions"][1]["id"]
    path = f"{person.session_path}/questions/{question}/audio"
    content = sample("weak_answer.ogg").read_bytes()
    head = b'--b\r\nContent-Disposition: form-data; name="file"; filename="a.ogg"\r\n\r\n'
    whole = head + content + b"\r\n--b--\r\n"
    kinds = ["multipart/form-data; boundary=b"] * 6 + [
        "multipart/form-data",
        "multipart/mixed; boundary=b",
        "multipart/form-data; boundary=" + "x" * 500,
    ]
    for number in range(count // 4):
        body = bytearray(whole)
        for _ in range(dice.randint(1, 8)):
            body[dice.randrange(min(len(body), 400))] = dice.randrange(256)
        if number % 3 == 0:
            del body[dice.randrange(len(body)) :]
        headers = {"Content-Type": dice.choice(kinds)}
        tally.note(f"form {number}", person.http.post(path, content=bytes(body), headers=headers))
    for name in STRINGS[::every]:
        if name.isprintable() and len(name) < 1000:
            odd = {"file": (name or "x", content)}
            tally.note(
                f"file name {compact(name)}",
                person.http.post(path, files=odd, data={"duration": name}),
            )
    return tally


def _headers(person: Candidate) -> Tally:
    tally = Tally("headers, ranges and methods")
    question = person.data("generate_questions")["questions"][1]["id"]
    audio = f"{person.session_path}/questions/{question}/audio"
    for headers in HEADERS:
        raw = [(name.encode(), value.encode()) for name, value in headers.items()]
        for path in ("/api/v1/users/me", "/", "/health/live", audio):
            tally.note(f"{path} {compact(headers)}", person.http.get(path, headers=raw))
        tally.note(
            f"POST {compact(headers)}",
            person.http.post("/api/v1/interviews/sessions", content=b"{}", headers=raw),
        )
    for value in RANGES:
        tally.note(
            f"Range {value[:40]}", person.http.get(audio, headers=[(b"Range", value.encode())])
        )
    for method in METHODS:
        for path in ("/api/v1/users/me", audio, "/docs"):
            tally.note(f"{method} {path}", person.http.request(method, path))
    return tally


def _paths(http: httpx.Client) -> Tally:
    tally = Tally("paths and queries")
    for path in PATHS:
        answer = http.get(path)
        tally.note(path[:60], answer)
        if (
            "root:" in answer.text
            or "INSTALLED_APPS" in answer.text
            or "import " in answer.text[:40]
        ):
            tally.blame(f"{path[:60]} shows a file")
    return tally


def _raw(url: str) -> Tally:
    """Send what is no HTTP: any answer but a success, or a hang-up, is right."""
    tally = Tally("no HTTP at all, and smuggling")
    place = urlsplit(url)
    for message in RAW:
        tally.tried += 1
        with socket.create_connection(
            (place.hostname or "", place.port or 0), timeout=30
        ) as client:
            try:
                client.sendall(message)
                client.shutdown(socket.SHUT_WR)
                answer = client.recv(4096)
            except ConnectionError:
                answer = b""
            except TimeoutError:
                tally.blame(f"{message[:40]!r}: no answer and no end")
                continue
        tally.rejected += not answer or b" 4" in answer[:12] or b" 5" in answer[:12]
        if b" 500 " in answer[:20] or b"Traceback" in answer:
            tally.blame(f"{message[:40]!r}: {answer[:60]!r}")
    return tally


def _post(tally: Tally, http: httpx.Client, path: str, body: bytes) -> None:
    headers = {"Content-Type": "application/json"}
    try:
        answer = http.post(path, content=body, headers=headers)
    except httpx.TransportError as trouble:
        tally.tried += 1
        if len(body) < TEN_MEGABYTES:  # a huge body may be cut off in the middle
            tally.blame(f"{path} {body[:60]!r}: {trouble!r}")
        return
    tally.note(f"{path} {body[:80]!r}", answer)
