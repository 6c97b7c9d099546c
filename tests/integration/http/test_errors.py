"""Every error comes in the envelope, whoever makes it."""

import json
import logging
from datetime import UTC, datetime
from typing import Any

import pytest
from rest_framework.test import APIClient

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.urls("tests.integration.http.sample_urls"),
]


def error_of(response: Any) -> dict[str, Any]:
    """Check the envelope; return its error."""
    body = json.loads(response.content)
    assert response.headers["Content-Type"] == "application/json"
    assert list(body) == ["success", "data", "error", "meta"]
    assert body["success"] is False
    assert body["data"] is None
    assert body["error"]["code"] == response.status_code
    assert body["meta"]["request_id"] == response.headers["X-Request-ID"]
    assert body["meta"]["timestamp"].endswith("Z")
    age = datetime.now(UTC) - datetime.fromisoformat(body["meta"]["timestamp"])
    assert abs(age.total_seconds()) < 60
    return dict(body["error"])


class TestErrors:
    @pytest.mark.parametrize("path", ["/", "/nope", "/api/v1/nope", "/api/v1/users/not-a-uuid"])
    def test_answer_unknown_paths(self, api: APIClient, path: str) -> None:
        response = api.get(path)

        assert response.status_code == 404
        assert error_of(response) == {"code": 404, "message": "Not found", "details": []}

    @pytest.mark.parametrize(
        ("kind", "status", "message"),
        [
            ("surprise", 500, "Internal server error"),
            ("database", 503, "The service is temporarily unavailable"),
            ("conflict", 409, "Session is already complete"),
            ("invalid", 422, "Validation error"),
            ("missing", 404, "Not found"),
            ("forbidden", 403, "You may not do this"),
            ("django-invalid", 422, "Validation error"),
            ("too-big", 413, "The request is too large"),
        ],
    )
    def test_translate_what_a_view_raises(
        self, api: APIClient, kind: str, status: int, message: str
    ) -> None:
        response = api.get(f"/api/v1/raise/{kind}")

        assert response.status_code == status
        assert error_of(response)["message"] == message

    def test_name_the_kind_of_a_refusal_that_a_client_may_branch_on(self, api: APIClient) -> None:
        response = api.get("/api/v1/raise/conflict")

        rows = [(row["field"], row["code"]) for row in error_of(response)["details"]]
        assert rows == [("body", "conflict")]

    def test_say_nothing_about_a_surprise_but_log_it_under_the_request_id(
        self, api: APIClient, caplog: pytest.LogCaptureFixture
    ) -> None:
        with caplog.at_level(logging.ERROR, "django.request"):
            response = api.get("/api/v1/raise/surprise", HTTP_X_REQUEST_ID="trace-me")

        assert b"xyzzy" not in response.content
        assert "the secret is xyzzy" in caplog.text
        assert error_of(response)["details"] == []
        assert response.headers["X-Request-ID"] == "trace-me"

    def test_say_nothing_about_an_absent_database_but_when_to_come_again(
        self, api: APIClient
    ) -> None:
        response = api.get("/api/v1/raise/database")

        assert b"10.0.0.1" not in response.content
        assert int(response.headers["Retry-After"]) >= 1

    def test_name_the_methods_that_are_offered(self, api: APIClient) -> None:
        response = api.delete("/api/v1/users/login")

        assert response.status_code == 405
        assert error_of(response)["message"] == "Method not allowed"
        assert response.headers["Allow"] == "POST, OPTIONS"

    def test_challenge_whoever_brings_no_token(self, api: APIClient) -> None:
        response = api.get("/api/v1/users/me")

        assert response.status_code == 401
        assert error_of(response)["message"] == "Token expired or invalid"
        assert response.headers["WWW-Authenticate"] == "Bearer"

    def test_refuse_a_host_that_is_not_ours(self, api: APIClient) -> None:
        response = api.get("/api/v1/echo", HTTP_HOST="evil.example")

        assert response.status_code == 400
        assert b"evil" not in response.content
        error_of(response)

    def test_replace_html_of_plain_views(self, api: APIClient) -> None:
        gone, away = api.get("/plain/gone"), api.get("/plain/database")

        assert (gone.status_code, error_of(gone)["message"]) == (410, "Gone")
        assert (away.status_code, away.headers["Retry-After"]) == (503, "2")
        error_of(away)

    def test_refuse_a_type_that_the_client_does_not_accept(self, api: APIClient) -> None:
        response = api.get("/api/v1/echo", HTTP_ACCEPT="application/pdf")

        assert response.status_code == 406
        error_of(response)

    def test_keep_a_row_for_each_field(self, api: APIClient) -> None:
        response = api.get("/api/v1/raise/invalid")
        theirs = api.get("/api/v1/raise/django-invalid")

        assert error_of(response)["details"] == [
            {"field": "file", "message": "The file is empty.", "code": "empty_file"}
        ]
        assert error_of(theirs)["details"][0]["field"] == "title"


class TestBodies:
    @pytest.mark.parametrize(
        "body",
        [
            b"{",
            b"[]",
            b'"text"',
            b"7",
            b"null",
            b'{"a": NaN}',
            b'{"a": -Infinity}',
            b'{"a": 1e999}',
            b'{"a": "\xff"}',
            b"\xff\xfe{\x00}\x00",
            b'{"a": ' + b"9" * 5_000 + b"}",
        ],
    )
    def test_that_are_no_json_object_are_a_400(self, api: APIClient, body: bytes) -> None:
        response = api.post("/api/v1/echo", body, content_type="application/json")

        assert response.status_code == 400
        assert error_of(response)["message"] == "Malformed request body"

    @pytest.mark.parametrize(
        "body",
        [
            b'{"a":' + b"[" * 100_000,
            b'{"a":' + b"[" * 11 + b"]" * 11 + b"}",
            b'{"a": [' + b"1," * 200_000 + b"1]}",
            b'{"a": ' + b'""' * 200_000 + b"}",
            b"]" * 200_000,
        ],
        ids=("deep and open", "deep", "long", "texts without commas", "closing brackets"),
    )
    def test_that_are_deep_or_long_are_a_400_before_anything_is_built(
        self, api: APIClient, body: bytes, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(json, "loads", None)

        response = api.post("/api/v1/echo", body, content_type="application/json")

        monkeypatch.undo()
        assert response.status_code == 400
        assert error_of(response)["details"][0]["code"] == "too_complex"

    @pytest.mark.parametrize("text", [",[{" * 5_000, '\\"' * 5_000, "\\\\", "[" * 20], ids=range(4))
    def test_may_hold_brackets_in_their_texts(self, api: APIClient, text: str) -> None:
        body = json.dumps({"a": [text, {"b": text}]}).encode()

        response = api.post("/api/v1/echo", body, content_type="application/json")

        assert response.json()["data"] == {"a": [text, {"b": text}]}

    @pytest.mark.parametrize(
        ("body", "field"),
        [
            (b'{"title": "a\\u0000b"}', "title"),
            (b'{"title": "\\ud800"}', "title"),
            (b'{"skills": [{"deep": ["\\u0000"]}]}', "skills"),
            (b'{"a\\u0000": 1}', "body"),
        ],
    )
    def test_with_text_that_no_column_takes_are_a_422(
        self, api: APIClient, body: bytes, field: str
    ) -> None:
        response = api.post("/api/v1/echo", body, content_type="application/json")

        assert response.status_code == 422
        assert [row["field"] for row in error_of(response)["details"]] == [field]

    def test_of_another_type_are_a_415(self, api: APIClient) -> None:
        response = api.post("/api/v1/echo", b"a=1", content_type="text/plain")

        assert response.status_code == 415
        assert error_of(response)["message"] == "Unsupported media type"

    def test_that_are_too_large_are_a_413(self, api: APIClient) -> None:
        body = b'{"a": "' + b"x" * 1_100_000 + b'"}'

        response = api.post("/api/v1/echo", body, content_type="application/json")

        assert response.status_code == 413
        assert response.headers["Connection"] == "close"  # the rest is not read
        error_of(response)

    def test_with_too_many_fields_or_a_broken_form_are_a_400(self, api: APIClient) -> None:
        crowd = api.post("/api/v1/form", {f"field{n}": "1" for n in range(60)}, format="multipart")
        broken = api.post("/api/v1/form", b"no boundary", content_type="multipart/form-data")

        assert (crowd.status_code, broken.status_code) == (400, 400)
        error_of(crowd)
        error_of(broken)

    def test_that_are_empty_are_an_empty_object(self, api: APIClient) -> None:
        response = api.post("/api/v1/echo", b"", content_type="application/json")

        assert response.json()["data"] == {}

    def test_are_kept_when_the_path_has_a_trailing_slash(self, api: APIClient) -> None:
        response = api.post("/api/v1/echo/", {"name": "Zoë 面接"}, format="json")

        assert response.status_code == 200
        assert response.json()["data"] == {"name": "Zoë 面接"}


class TestRequestId:
    def test_is_the_clients_own_when_it_is_well_formed(self, api: APIClient) -> None:
        response = api.get("/api/v1/echo", HTTP_X_REQUEST_ID="Ab-1_" + "x" * 59)

        assert response.json()["data"]["request_id"] == "Ab-1_" + "x" * 59
        assert response.headers["X-Request-ID"] == "Ab-1_" + "x" * 59
        assert response.json()["meta"]["request_id"] == "Ab-1_" + "x" * 59

    @pytest.mark.parametrize("offered", ["", "x" * 65, "a b", "a\r\nSet-Cookie: x", "é", "a;b"])
    def test_is_made_when_it_is_not(self, api: APIClient, offered: str) -> None:
        response = api.get("/api/v1/echo", HTTP_X_REQUEST_ID=offered)

        assert response.headers["X-Request-ID"] != offered
        assert len(response.headers["X-Request-ID"]) == 32
