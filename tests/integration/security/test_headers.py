"""What a browser is told with each answer, whom it may come from, and by which name."""

import importlib
from collections.abc import Iterator
from typing import Any

import pytest
from django.test import Client
from django.urls import clear_url_caches
from rest_framework.test import APIClient

from interview_platform import urls
from tests.factories import PASSWORD, make_user
from tests.integration.security.people import House, furnish, knock
from tests.integration.security.routes import routes

pytestmark = pytest.mark.django_db

ELSEWHERE = "https://app.example.org"
ME = "/api/v1/users/me"
WEB_PAGES = {"/", "/docs", "/redoc"}


@pytest.fixture
def house() -> House:
    return furnish()


@pytest.fixture
def moved_admin(settings: Any) -> Iterator[None]:
    """The platform with another path of the admin."""
    settings.ADMIN_PATH = "desk-7"
    read_urls_anew()
    yield
    settings.ADMIN_PATH = "admin"
    read_urls_anew()


def read_urls_anew() -> None:
    importlib.reload(urls)
    clear_url_caches()


class TestEachAnswer:
    def test_tells_browsers_to_do_nothing_more_with_it(self, house: House) -> None:
        owner = knock("owner", house)
        for route in routes():
            headers = owner.ask(route).headers

            assert headers["X-Content-Type-Options"] == "nosniff", route
            assert headers["X-Frame-Options"] == "DENY", route
            assert headers["Referrer-Policy"] in {"same-origin", "no-referrer"}, route
            assert headers["Cross-Origin-Opener-Policy"] == "same-origin", route
            assert headers["Cross-Origin-Resource-Policy"] == "same-origin", route
            assert "camera=()" in headers["Permissions-Policy"], route
            policy = headers["Content-Security-Policy"]
            assert "default-src 'none'" in policy or route.path in WEB_PAGES, route
            assert "unsafe-eval" not in policy, route
            assert "*" not in policy, route

    @pytest.mark.parametrize("path", ["/nope", "/api/v1/nope", "/metrics/x", "/docs"])
    def test_does_so_when_it_is_an_error_of_djangos_own(self, path: str) -> None:
        headers = Client().post(path).headers

        assert "default-src 'none'" in headers["Content-Security-Policy"]
        assert headers["X-Content-Type-Options"] == "nosniff"
        assert headers["X-Frame-Options"] == "DENY"

    def test_lets_no_cache_keep_what_a_token_got(self, house: House) -> None:
        owner = knock("owner", house)
        for route in routes():
            if route.path.startswith("/api/v1/"):
                kept = owner.ask(route).headers["Cache-Control"]

                assert "private" in kept, route
                assert "public" not in kept, route

    def test_lets_the_page_have_the_microphone_and_nobody_else(self) -> None:
        assert "microphone=(self)" in Client().get("/").headers["Permissions-Policy"]
        assert "microphone=()" in Client().get(ME).headers["Permissions-Policy"]


class TestTheAdminsPages:
    def test_have_a_policy_of_their_own_and_may_not_be_framed(self) -> None:
        headers = Client().get("/admin/login/").headers

        assert "script-src 'self'" in headers["Content-Security-Policy"]
        assert "frame-ancestors 'none'" in headers["Content-Security-Policy"]
        assert headers["X-Frame-Options"] == "DENY"

    def test_take_no_form_without_its_token(self) -> None:
        staff = Client(enforce_csrf_checks=True)
        staff.force_login(make_user(is_staff=True, is_superuser=True))

        answer = staff.post("/admin/accounts/user/add/", {"email": "x@example.com"})

        assert answer.status_code == 403

    @pytest.mark.usefixtures("moved_admin")
    def test_move_with_their_path(self) -> None:
        gone, page = Client().get("/admin/login/"), Client().get("/").content

        assert Client().get("/desk-7/login/").status_code == 200
        assert Client().get("/desk-7/nope/").headers["Content-Type"].startswith("text/html")
        assert (gone.status_code, gone.headers["Content-Type"]) == (404, "application/json")
        assert b'href="/desk-7/"' in page


class TestTls:
    @pytest.fixture(autouse=True)
    def _https(self, settings: Any) -> None:
        settings.SECURE_SSL_REDIRECT = settings.HTTPS = True
        settings.SESSION_COOKIE_SECURE = settings.CSRF_COOKIE_SECURE = True
        settings.SECURE_HSTS_SECONDS = 31_536_000
        settings.SECURE_HSTS_INCLUDE_SUBDOMAINS = settings.SECURE_HSTS_PRELOAD = True

    def test_is_where_plain_requests_are_sent(self) -> None:
        answer = Client().get(ME)

        assert (answer.status_code, answer.headers["Location"]) == (
            301,
            f"https://testserver{ME}",
        )
        assert Client().get("/health/live").status_code == 200  # probes come from inside

    def test_is_kept_to_for_a_year(self) -> None:
        for path in (ME, "/", "/nope"):
            header = Client().get(path, secure=True).headers["Strict-Transport-Security"]

            assert header == "max-age=31536000; includeSubDomains; preload"

    def test_is_what_cookies_wait_for(self) -> None:
        make_user("alice@example.com", is_staff=True)
        api = APIClient(HTTP_SEC_FETCH_SITE="same-origin")
        body = {"email": "alice@example.com", "password": PASSWORD}
        api.post("/api/v1/users/browser/login", body, format="json", secure=True)
        form = {"username": "alice@example.com", "password": PASSWORD}
        staff = Client()
        staff.post("/admin/login/", form, secure=True)
        staff.get("/admin/password_change/", secure=True)

        cookies = {**api.cookies, **staff.cookies}
        assert set(cookies) >= {"interview_refresh", "sessionid", "csrftoken"}
        assert all(cookie["secure"] for cookie in cookies.values())
        assert all(
            cookies[name]["httponly"] and cookies[name]["samesite"] in {"Strict", "Lax"}
            for name in ("interview_refresh", "sessionid")
        )

    def test_is_believed_from_a_proxy_only_where_there_is_one(self, settings: Any) -> None:
        claims = {"X-Forwarded-Proto": "https"}

        assert Client().get(ME, headers=claims).status_code == 301
        settings.SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
        assert Client().get(ME, headers=claims).status_code == 401


class TestAHost:
    @pytest.mark.parametrize("host", ["evil.example.org", "localhost.evil.example.org", "a b"])
    @pytest.mark.parametrize("path", [ME, "/", "/admin/login/", "/health/live"])
    def test_that_is_not_ours_is_refused(self, settings: Any, host: str, path: str) -> None:
        settings.ALLOWED_HOSTS = ["localhost"]

        assert Client().get(path, headers={"Host": host}).status_code == 400

    def test_that_is_not_ours_is_told_of_in_one_line(
        self, settings: Any, caplog: pytest.LogCaptureFixture
    ) -> None:
        settings.ALLOWED_HOSTS = ["localhost"]

        answer = Client().get(ME, headers={"Host": "evil.example.org"})

        assert answer.json()["success"] is False
        [line] = caplog.text.splitlines()
        assert "Invalid HTTP_HOST header: 'evil.example.org'." in line

    def test_that_a_proxy_would_like_is_not_believed(self, settings: Any) -> None:
        settings.ALLOWED_HOSTS = ["localhost"]
        answer = Client().get(
            ME, headers={"Host": "evil.example.org", "X-Forwarded-Host": "localhost"}
        )

        assert answer.status_code == 400


class TestAPageOfAnotherOrigin:
    @pytest.fixture(autouse=True)
    def _list(self, settings: Any) -> None:
        settings.CORS_ALLOWED_ORIGINS = [ELSEWHERE]

    def test_is_let_in_when_it_is_on_the_list(self) -> None:
        asked = {"Origin": ELSEWHERE, "Access-Control-Request-Method": "PUT"}
        before, then = (
            Client().options(ME, headers=asked),
            Client().get(ME, headers={"Origin": ELSEWHERE}),
        )

        assert before.status_code == 200
        assert "PUT" in before.headers["Access-Control-Allow-Methods"]
        assert "authorization" in before.headers["Access-Control-Allow-Headers"]
        for answer in (before, then):
            assert answer.headers["Access-Control-Allow-Origin"] == ELSEWHERE
            assert "Access-Control-Allow-Credentials" not in answer.headers
            assert "origin" in answer.headers["Vary"].lower()

    @pytest.mark.parametrize("origin", ["https://evil.example.org", "null", f"{ELSEWHERE}.evil"])
    def test_is_not_let_in_otherwise(self, origin: str) -> None:
        asked = {"Origin": origin, "Access-Control-Request-Method": "GET"}

        for answer in (
            Client().options(ME, headers=asked),
            Client().get(ME, headers={"Origin": origin}),
        ):
            assert "Access-Control-Allow-Origin" not in answer.headers

    @pytest.mark.parametrize("path", ["/admin/login/", "/", "/metrics"])
    def test_gets_nothing_but_the_api(self, path: str) -> None:
        answer = Client().get(path, headers={"Origin": ELSEWHERE})

        assert "Access-Control-Allow-Origin" not in answer.headers

    def test_is_nobody_by_default(self, settings: Any) -> None:
        settings.CORS_ALLOWED_ORIGINS = []
        answer = Client().get(ME, headers={"Origin": ELSEWHERE})

        assert "Access-Control-Allow-Origin" not in answer.headers
