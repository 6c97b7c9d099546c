"""Pages, conditional answers, patience, and the documentation."""

from typing import Any

import pytest
from drf_spectacular.validation import validate_schema
from rest_framework.test import APIClient

from accounts.models import User

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.urls("tests.integration.http.sample_urls"),
]


def make_people(count: int) -> None:
    User.objects.bulk_create(
        User(email=f"person{number:03}@example.com", full_name="P") for number in range(count)
    )


def pagination_of(response: Any) -> dict[str, Any]:
    return dict(response.json()["meta"]["pagination"])


class TestPage:
    def test_has_twenty_rows_and_links_to_its_neighbours(self, api: APIClient) -> None:
        make_people(45)

        response = api.get("/api/v1/people?page=2&status=a%26b")

        assert len(response.json()["data"]["people"]) == 20
        assert response.json()["data"]["people"][0] == "person020@example.com"
        assert pagination_of(response) == {
            "page": 2,
            "page_size": 20,
            "total_items": 45,
            "total_pages": 3,
            "next": "/api/v1/people?status=a%26b&page=3&page_size=20",
            "previous": "/api/v1/people?status=a%26b&page=1&page_size=20",
        }

    def test_links_lead_to_the_last_page(self, api: APIClient) -> None:
        make_people(45)

        last = api.get(pagination_of(api.get("/api/v1/people?page=2"))["next"])

        assert len(last.json()["data"]["people"]) == 5
        assert pagination_of(last)["next"] is None

    def test_has_a_hundred_rows_at_most(self, api: APIClient) -> None:
        make_people(105)

        response = api.get("/api/v1/people?page_size=1000000000&page=")

        assert len(response.json()["data"]["people"]) == 100
        assert pagination_of(response)["page_size"] == 100

    def test_is_empty_past_the_end_and_where_there_is_nothing(self, api: APIClient) -> None:
        nothing = api.get("/api/v1/people")
        make_people(1)
        past = api.get("/api/v1/people?page=1000000000&page_size=100")

        assert nothing.json()["data"] == {"people": []}
        assert pagination_of(nothing)["total_pages"] == 0
        assert past.json()["data"] == {"people": []}

    @pytest.mark.parametrize(
        ("query", "field"),
        [
            ("page=0", "page"),
            ("page=-1", "page"),
            ("page=x", "page"),
            ("page=" + "9" * 40, "page"),
            ("page_size=0", "page_size"),
        ],
    )
    def test_refuses_a_number_that_is_none(self, api: APIClient, query: str, field: str) -> None:
        response = api.get(f"/api/v1/people?{query}")

        assert response.status_code == 422
        assert response.json()["error"]["details"][0]["field"] == field

    def test_costs_two_queries(self, api: APIClient, django_assert_num_queries: Any) -> None:
        make_people(30)

        with django_assert_num_queries(2):
            api.get("/api/v1/people")


class TestConditionalAnswer:
    def test_is_a_304_without_a_body_for_whoever_has_it(self, api: APIClient) -> None:
        first = api.get("/api/v1/finished")

        etag = first.headers["ETag"]
        again = api.get("/api/v1/finished", HTTP_IF_NONE_MATCH=f'"other", W/{etag}')

        assert first.status_code == 200
        assert first.headers["Cache-Control"] == "private, no-cache"
        assert again.status_code == 304
        assert again.content == b""
        assert again.headers["ETag"] == etag

    def test_is_whole_when_the_data_changed(self, api: APIClient) -> None:
        first = api.get("/api/v1/finished?score=1")

        changed = api.get("/api/v1/finished?score=2", HTTP_IF_NONE_MATCH=first.headers["ETag"])

        assert changed.status_code == 200
        assert changed.headers["ETag"] != first.headers["ETag"]


class TestPreferredWait:
    @pytest.mark.parametrize(
        ("preference", "seconds"),
        [
            ("wait=5", 5),
            ("respond-async, wait=10", 10),
            ('WAIT="7"; x=y', 7),
            ("wait=3000", 30),
            ("wait=0", 0),
            ("respond-async", 0),
            ("wait=-1", 20),
            ("wait=soon", 20),
            ("wait=" + "9" * 400, 20),
            ("", 20),
        ],
    )
    def test_is_read_and_capped(self, api: APIClient, preference: str, seconds: int) -> None:
        response = api.get("/api/v1/patient", HTTP_PREFER=preference)

        assert response.json()["data"]["seconds"] == seconds
        assert response.headers["Preference-Applied"] == f"wait={seconds}"


class TestDocumentation:
    def test_is_a_valid_document_in_the_envelope(self, api: APIClient) -> None:
        document = api.get("/openapi.json").json()

        validate_schema(document)  # type: ignore[no-untyped-call]
        login = document["paths"]["/api/v1/users/login"]["post"]
        answer = login["responses"]["200"]["content"]["application/json"]["schema"]
        assert set(answer["required"]) == {"success", "data", "error", "meta"}
        assert answer["properties"]["data"] == {"$ref": "#/components/schemas/SignedInOut"}

    def test_declares_the_errors_that_can_occur(self, api: APIClient) -> None:
        paths = api.get("/openapi.json").json()["paths"]

        login = set(paths["/api/v1/users/login"]["post"]["responses"])
        me = set(paths["/api/v1/users/me"]["get"]["responses"])
        user = set(paths["/api/v1/users/{user_uuid}"]["delete"]["responses"])
        always = {"200", "405", "406", "429", "500", "503"}
        assert login == always | {"400", "401", "411", "413", "415", "422"}
        assert me == always | {"401"}
        assert user == always | {"401", "403", "404"}

    def test_says_where_a_token_is_needed(self, api: APIClient) -> None:
        paths = api.get("/openapi.json").json()["paths"]

        assert paths["/api/v1/users/login"]["post"]["security"] == []
        assert paths["/api/v1/users/me"]["get"]["security"] == [{"bearerAuth": []}]

    def test_names_the_headers_that_a_view_honours(self, api: APIClient) -> None:
        paths = api.get("/openapi.json").json()["paths"]

        count, finished = paths["/api/v1/count"]["post"], paths["/api/v1/finished"]["get"]
        assert {"Idempotency-Key", "X-Request-ID"} <= {p["name"] for p in count["parameters"]}
        assert {"409", "422"} <= set(count["responses"])
        assert [p["name"] for p in finished["parameters"]] == ["If-None-Match"]
        assert "ETag" in finished["responses"]["304"]["headers"]

    @pytest.mark.parametrize("path", ["/docs", "/redoc", "/docs/", "/redoc/"])
    def test_is_read_with_local_files_alone(self, api: APIClient, path: str) -> None:
        response = api.get(path)

        assert response.status_code == 200
        assert b"https://" not in response.content
        assert b"http://" not in response.content
        assert "default-src 'self'" in response.headers["Content-Security-Policy"]
