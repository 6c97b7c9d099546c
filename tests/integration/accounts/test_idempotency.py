from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import OperationalError
from django.utils import timezone

from accounts.idempotency import DIED_AFTER, Idempotent, forget_old_answers
from accounts.models import IdempotentAnswer
from tests.integration.accounts.people import Person
from tests.integration.http import sample_urls

pytestmark = pytest.mark.urls("tests.integration.http.sample_urls")

PATH = "/api/v1/count"


@pytest.fixture(autouse=True)
def _nothing_done_yet() -> None:
    sample_urls.Count.done.clear()
    sample_urls.Slow.again = None


def count(person: Person, key: str = "key-1", body: Any = None, path: str = PATH) -> Any:
    return person.api.post(path, body or {}, format="json", HTTP_IDEMPOTENCY_KEY=key)


def upload(person: Person, content: bytes, name: str = "a.wav") -> Any:
    body = {"file": SimpleUploadedFile(name, content), "duration": "3"}
    return person.api.post(PATH, body, format="multipart", HTTP_IDEMPOTENCY_KEY="key-1")


class LostRow:
    """A row whose database is down."""

    def update(self, **_: Any) -> None:
        raise OperationalError("the database system is starting up")

    delete = update


class TestIdempotencyKey:
    def test_gives_the_first_answer_again(self, alice: Person) -> None:
        first = count(alice, body={"a": 1, "b": [2]})
        again = count(alice, body={"b": [2], "a": 1})

        assert (first.status_code, again.status_code) == (201, 201)
        assert again.json()["data"] == first.json()["data"] == {"count": 1}
        assert again.json()["meta"]["warnings"] == first.json()["meta"]["warnings"]
        assert again.headers["Location"] == "/somewhere"
        assert again.headers["Idempotency-Replayed"] == "true"
        assert "Idempotency-Replayed" not in first.headers
        assert len(sample_urls.Count.done) == 1

    def test_changes_nothing_without_it(self, alice: Person) -> None:
        for _ in range(2):
            alice.api.post(PATH, {}, format="json")

        assert len(sample_urls.Count.done) == 2
        assert IdempotentAnswer.objects.count() == 0

    def test_is_of_one_person(self, alice: Person, mallory: Person) -> None:
        count(alice)

        assert count(mallory).json()["data"] == {"count": 2}

    @pytest.mark.parametrize(
        ("body", "path"), [({"a": 2}, PATH), ({}, PATH), ({"a": 1}, f"{PATH}?x=1")]
    )
    def test_is_refused_for_another_request(
        self, alice: Person, body: dict[str, Any], path: str
    ) -> None:
        count(alice, body={"a": 1})

        other = count(alice, body=body, path=path)

        assert other.status_code == 422
        assert other.json()["error"]["details"][0]["field"] == "Idempotency-Key"
        assert len(sample_urls.Count.done) == 1

    def test_looks_into_files_and_leaves_them_readable(self, alice: Person) -> None:
        first, again = upload(alice, b"abc" * 100_000), upload(alice, b"abc" * 100_000, "b.wav")
        other = upload(alice, b"abd" * 100_000)

        assert [first.status_code, again.status_code, other.status_code] == [201, 201, 422]
        assert len(sample_urls.Count.done) == 1

    @pytest.mark.parametrize("key", ["", "a b", "x" * 256, "é", "a\tb"])
    def test_is_visible_ascii(self, alice: Person, key: str) -> None:
        response = count(alice, key=key)

        assert response.status_code == 422
        assert response.json()["error"]["details"][0]["field"] == "Idempotency-Key"

    def test_takes_the_longest_and_oddest_key(self, alice: Person) -> None:
        key = "".join(map(chr, range(0x21, 0x7F))) * 2 + "~" * 67

        assert len(key) == 255
        assert count(alice, key=key).status_code == 201

    def test_keeps_a_refusal(self, alice: Person) -> None:
        first, again = (count(alice, body={"fail": "conflict"}) for _ in range(2))

        assert (first.status_code, again.status_code) == (409, 409)
        assert again.json()["error"]["message"] == "Session is already complete"
        assert again.headers["Idempotency-Replayed"] == "true"
        assert len(sample_urls.Count.done) == 1

    @pytest.mark.parametrize(("fail", "status"), [("surprise", 500), ("database", 503)])
    def test_keeps_no_failure_of_the_server(self, alice: Person, fail: str, status: int) -> None:
        first, again = (count(alice, body={"fail": fail}) for _ in range(2))

        assert (first.status_code, again.status_code) == (status, 201)

    @pytest.mark.parametrize("fail", ["", "surprise", "database"])
    def test_whose_row_could_not_be_written_is_taken_over_later(
        self, alice: Person, monkeypatch: pytest.MonkeyPatch, fail: str
    ) -> None:
        body = {"fail": fail} if fail else {}
        with monkeypatch.context() as patched:
            patched.setattr(Idempotent, "_own_row", lambda _: LostRow())
            first = count(alice, body=body)
        meanwhile = count(alice, body=body)
        IdempotentAnswer.objects.update(created_at=timezone.now() - DIED_AFTER)
        again = count(alice, body=body)

        assert first.status_code == {"": 201, "surprise": 500, "database": 503}[fail]
        assert (meanwhile.status_code, again.status_code) == (409, 201)

    def test_is_busy_while_the_first_is_being_answered(self, alice: Person) -> None:
        sample_urls.Slow.again = lambda: count(alice, path="/api/v1/slow")

        outer = count(alice, path="/api/v1/slow")

        assert outer.json()["data"]["inner"] == 409
        assert outer.json()["data"]["data"]["error"]["code"] == 409
        assert count(alice, path="/api/v1/slow").json()["data"] == outer.json()["data"]

    def test_is_taken_over_from_a_request_that_died(self, alice: Person) -> None:
        count(alice)
        IdempotentAnswer.objects.update(status=None, body=None)

        soon = count(alice)
        with time_machine.travel(datetime.now(UTC) + timedelta(minutes=3), tick=False):
            later = count(alice)
            again = count(alice)

        assert (soon.status_code, soon.headers["Retry-After"]) == (409, "1")
        assert later.status_code == 201
        assert again.json()["data"] == later.json()["data"] == {"count": 2}

    def test_is_free_again_after_a_day(self, alice: Person) -> None:
        count(alice)
        now = datetime.now(UTC)
        IdempotentAnswer.objects.update(created_at=now - timedelta(hours=23, minutes=59))
        assert count(alice).headers["Idempotency-Replayed"] == "true"

        IdempotentAnswer.objects.update(created_at=now - timedelta(hours=24, minutes=1))
        assert count(alice, body={"other": 1}).json()["data"] == {"count": 2}
        assert IdempotentAnswer.objects.count() == 1

    def test_is_forgotten_after_a_day_by_the_upkeep(self, alice: Person) -> None:
        count(alice)
        young = forget_old_answers()
        old = datetime.now(UTC) - timedelta(hours=24, minutes=1)
        IdempotentAnswer.objects.update(created_at=old)

        assert (young, forget_old_answers()) == (0, 1)

    def test_waits_for_the_token(self, alice: Person) -> None:
        alice.api.credentials()

        assert count(alice).status_code == 401
        assert IdempotentAnswer.objects.count() == 0
