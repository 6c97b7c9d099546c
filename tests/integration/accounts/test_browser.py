"""The refresh token of a page: in a cookie that scripts cannot read and other sites cannot use."""

from typing import Any

import pytest
from rest_framework.test import APIClient

from accounts.browser import COOKIE, PATH
from interview_platform.http.throttles import reset_counters
from tests.integration.accounts.people import PASSWORD, Person, status_with

pytestmark = pytest.mark.django_db

OWN = {"Sec-Fetch-Site": "same-origin"}
DOORS = ("register", "login", "refresh", "logout")
BODY = {"email": "jane@example.com", "password": PASSWORD, "full_name": "Jane Doe"}


def post(page: APIClient, door: str, body: dict[str, str] | None = None, **headers: str) -> Any:
    named = {name.replace("_", "-"): value for name, value in headers.items()} or OWN
    return page.post(f"{PATH}/{door}", body or {}, format="json", headers=named)


@pytest.fixture
def page(api: APIClient) -> APIClient:
    """A page of this site in which somebody has just registered."""
    assert post(api, "register", BODY).status_code == 201
    return api


class TestRegisterAndLogIn:
    def test_give_the_access_token_alone_to_the_script(self, api: APIClient) -> None:
        registered = post(api, "register", BODY)
        logged_in = post(api, "login", BODY)

        for response in (registered, logged_in):
            data = response.json()["data"]
            assert list(data) == ["id", "email", "full_name", "token"]
            assert status_with(data["token"]) == 200

    def test_put_the_refresh_token_where_no_script_can_read_it(self, page: APIClient) -> None:
        cookie = page.cookies[COOKIE]

        assert cookie.value not in (None, "")
        assert cookie["httponly"]
        assert cookie["samesite"] == "Strict"
        assert cookie["path"] == PATH
        assert cookie["max-age"] == 14 * 86_400

    def test_keep_the_cookie_to_https_where_the_site_is(
        self, api: APIClient, settings: Any
    ) -> None:
        settings.SESSION_COOKIE_SECURE = True

        post(api, "register", BODY)

        assert api.cookies[COOKIE]["secure"]

    def test_count_wrong_passwords_as_the_other_log_in_does(self, page: APIClient) -> None:
        reset_counters()
        wrong = {**BODY, "password": "not-this-one"}

        found = [post(page, "login", wrong).status_code for _ in range(11)]

        assert found == [401] * 10 + [429]

    def test_set_no_cookie_when_they_refuse(self, api: APIClient) -> None:
        assert post(api, "login", BODY).status_code == 401

        assert COOKIE not in api.cookies


class TestRefresh:
    def test_trades_the_cookie_for_the_next_one(self, page: APIClient) -> None:
        first = page.cookies[COOKIE].value

        response = post(page, "refresh")

        assert response.status_code == 200
        assert list(response.json()["data"]) == ["token"]
        assert status_with(response.json()["data"]["token"]) == 200
        assert page.cookies[COOKIE].value != first
        assert post(page, "refresh").status_code == 200

    def test_revokes_the_log_in_when_a_cookie_is_used_twice(self, page: APIClient) -> None:
        first = page.cookies[COOKIE].value
        post(page, "refresh")
        second = page.cookies[COOKIE].value

        page.cookies[COOKIE] = first
        assert post(page, "refresh").status_code == 401
        page.cookies[COOKIE] = second
        assert post(page, "refresh").status_code == 401

    @pytest.mark.parametrize("cookie", ["", "x", "a.b.c"])
    def test_is_a_401_without_a_token_in_the_cookie(self, api: APIClient, cookie: str) -> None:
        api.cookies[COOKIE] = cookie

        response = post(api, "refresh")

        assert response.status_code == 401
        assert response.json()["error"]["message"] == "Token expired or invalid"

    def test_takes_no_token_from_the_body(self, api: APIClient, alice: Person) -> None:
        body = {"refresh_token": alice.refresh_token}

        assert post(api, "refresh", body).status_code == 401


class TestLogout:
    def test_revokes_the_log_in_and_forgets_the_cookie(self, page: APIClient) -> None:
        held = page.cookies[COOKIE].value

        response = post(page, "logout")

        assert (response.status_code, response.json()["data"]) == (200, None)
        assert page.cookies[COOKIE].value == ""
        page.cookies[COOKIE] = held
        assert post(page, "refresh").status_code == 401

    def test_leaves_other_log_ins_alone(self, page: APIClient) -> None:
        elsewhere = APIClient()
        post(elsewhere, "login", BODY)

        post(page, "logout")

        assert post(elsewhere, "refresh").status_code == 200

    def test_changes_nothing_without_a_cookie(self, api: APIClient) -> None:
        assert post(api, "logout").status_code == 200


class TestAnotherSite:
    @pytest.mark.parametrize("door", DOORS)
    @pytest.mark.parametrize(
        "headers",
        [
            {"Sec_Fetch_Site": "cross-site"},
            {"Sec_Fetch_Site": "same-site"},
            {"Sec_Fetch_Site": "none"},
            {"Sec_Fetch_Site": "cross-site", "Origin": "http://testserver"},
            {"Origin": "https://evil.example"},
            {"Origin": "null"},
            {"Origin": "http://testserver.evil.example"},
            {"Accept": "application/json"},  # says nothing of where it comes from
        ],
    )
    def test_is_refused_at_every_door(
        self, page: APIClient, door: str, headers: dict[str, str]
    ) -> None:
        held = page.cookies[COOKIE].value

        response = post(page, door, BODY, **headers)

        assert response.status_code == 403
        assert response.json()["error"]["details"][0]["code"] == "cross_site"
        assert page.cookies[COOKIE].value == held

    def test_may_be_one_that_the_operator_trusts(self, page: APIClient, settings: Any) -> None:
        settings.CSRF_TRUSTED_ORIGINS = ["https://practice.example"]

        assert post(page, "refresh", Origin="https://practice.example").status_code == 200

    def test_is_told_apart_from_this_one_by_an_old_browser_too(self, page: APIClient) -> None:
        assert post(page, "refresh", Origin="http://testserver").status_code == 200

    def test_cannot_send_a_form(self, api: APIClient) -> None:
        response = api.post(f"{PATH}/login", BODY, headers=OWN)

        assert response.status_code == 415
