"""
Every route for everybody: the table beside this file against what the platform answers.

The routes come from the URL configuration. A new one without a row fails here: add its row, and think about each column.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Final
from uuid import uuid4

import pytest
from django.db import transaction
from django.test import Client

from accounts.tokens import issue_tokens
from interview_platform.http.throttles import reset_counters
from tests.factories import make_session, make_user
from tests.integration.security.people import STAFF, VISITORS, House, furnish, knock, make_staff
from tests.integration.security.routes import METHODS, admin_paths, routes, rows

pytestmark = pytest.mark.django_db

PUBLIC_IN_THE_ADMIN: Final = {"/admin/login/", "/admin/logout/"}
OF_ANY_STAFF: Final = {  # one's own password and codes, and lists of what one may see, which are empty
    "/admin/",
    "/admin/jsi18n/",
    "/admin/password_change/",
    "/admin/password_change/done/",
    "/admin/search/",
    "/admin/second-factor/",
}
OF_A_SESSION: Final = [route for route in routes() if "{session_uuid}" in route.path]
NESTED: Final = [route for route in OF_A_SESSION if route.path.count("_uuid}") > 1]


@pytest.fixture
def house() -> House:
    """What is Alice's."""
    return furnish()


@contextmanager
def undone() -> Iterator[None]:
    """Take back what the block did, and what was counted before it."""
    reset_counters()
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


class TestTheTable:
    def test_has_a_row_for_each_route_and_no_other(self) -> None:
        assert [row.route for row in rows()] == routes()

    def test_has_a_column_for_everybody(self) -> None:
        assert all(tuple(row.expected) == VISITORS for row in rows())

    @pytest.mark.parametrize("who", VISITORS)
    def test_tells_what_everybody_gets(self, house: House, who: str) -> None:
        visitor = knock(who, house)
        got = {}
        for row in rows():
            with undone():
                got[str(row.route)] = visitor.ask(row.route).status_code

        assert got == {str(row.route): row.expected[who] for row in rows()}


class TestAMethodThatIsNotOffered:
    def test_is_refused_with_those_that_are(self, house: House) -> None:
        owner = knock("owner", house)
        for path in sorted({route.path for route in routes()}):
            offered = {route.method for route in routes() if route.path == path}
            for method in {name.upper() for name in METHODS} - offered | {"TRACE"}:
                response = owner.client.generic(method, path.format(**owner.values))

                assert (path, response.status_code) == (path, 405)
                assert set(response.headers["Allow"].split(", ")) >= offered

    def test_is_no_surprise_when_a_client_asks_what_there_is(self, house: House) -> None:
        owner = knock("owner", house)
        paths = sorted({route.path.format(**owner.values) for route in routes()})

        assert [path for path in paths if owner.client.options(path).status_code >= 500] == []


class TestSomebodyElses:
    def test_cannot_be_told_from_what_nobody_has(self, house: House) -> None:
        mallory = knock("other", house)
        for route in OF_A_SESSION:
            theirs, nobodys = mallory.ask(route), mallory.ask(route, session_uuid=str(uuid4()))

            assert (str(route), theirs.status_code) == (str(route), 404)
            assert nobodys.status_code == 404
            assert theirs.json()["error"] == nobodys.json()["error"]

    def test_is_not_found_below_a_session_that_it_is_not_of(self, house: House) -> None:
        second = str(make_session(owner=house.alice).uuid)
        alice = knock("owner", house)
        answers = {str(route): alice.ask(route, session_uuid=second) for route in NESTED}

        assert {name: answer.status_code for name, answer in answers.items()} == dict.fromkeys(
            map(str, NESTED), 404
        )


class TestTheAdmin:
    """Its pages are many and change, so they have rules in place of rows: only staff come in, and each by his role."""

    def test_lets_nobody_in_but_staff(self, house: House) -> None:
        anonymous, person, visitor = Client(), Client(), knock("share", house).client
        person.force_login(make_user())
        inside = [
            (path, response.status_code)
            for path in admin_paths()
            if path not in PUBLIC_IN_THE_ADMIN
            for response in (anonymous.get(path), person.get(path), visitor.get(path))
            if not is_sent_away(response)
        ]

        assert inside == []

    def test_takes_no_bearer_token(self) -> None:
        token = issue_tokens(make_staff("admin")).access
        client = Client(HTTP_AUTHORIZATION=f"Bearer {token}")

        assert is_sent_away(client.get("/admin/accounts/user/"))

    def test_shows_nothing_to_staff_without_a_role(self) -> None:
        newcomer = Client()
        newcomer.force_login(make_user(is_staff=True))
        shown = [
            path
            for path in admin_paths()
            if path not in PUBLIC_IN_THE_ADMIN and newcomer.get(path).status_code == 200
        ]

        assert set(shown) - OF_ANY_STAFF == set()

    @pytest.mark.parametrize("role", STAFF[:2])
    def test_lets_neither_reviewers_nor_operators_touch_people(self, role: str) -> None:
        client = Client()
        client.force_login(make_staff(role))
        page = f"/admin/accounts/user/{make_user().pk}"

        assert client.get(f"{page}/change/").status_code == 200
        for path in (f"{page}/delete/", f"{page}/password/", "/admin/accounts/user/add/"):
            assert client.post(path, {"post": "yes"}).status_code == 403
        assert client.post(f"{page}/change/", {"email": "x@example.com"}).status_code == 403


def is_sent_away(response: Any) -> bool:
    """Tell whether it leads to the log-in, or nowhere."""
    if response.status_code == 302:
        return str(response.headers["Location"]).startswith("/admin/login/")
    return bool(response.status_code == 404)
