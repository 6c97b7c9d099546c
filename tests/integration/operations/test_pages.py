"""The API's documents as pages. Nothing on them comes from elsewhere."""

import re
from typing import Any

import pytest
from django.contrib.staticfiles import finders
from rest_framework.test import APIClient

LOADED = re.compile(r"""(?:src|href)=["']([^"']+)["']""")
ELSEWHERE = re.compile(r"""(?:src|href|url\()\s*[=(]?\s*["']?(?:https?:)?//""")
PAGES = ("/docs", "/redoc")


def text_of(response: Any) -> str:
    assert response.status_code == 200
    return str(response.content.decode())


class TestDocuments:
    @pytest.mark.parametrize("path", PAGES)
    def test_load_local_files_alone(self, api: APIClient, path: str) -> None:
        page = text_of(api.get(path))
        files = [url for url in LOADED.findall(page) if url.startswith("/static/")]

        assert not ELSEWHERE.findall(page)
        assert files
        assert all(finders.find(url.removeprefix("/static/")) for url in files)

    @pytest.mark.parametrize("path", ["/docs", "/redoc"])
    def test_may_talk_to_this_site_alone(self, api: APIClient, path: str) -> None:
        policy = api.get(path).headers["Content-Security-Policy"]

        assert policy.startswith("default-src 'self'")
        assert "http" not in policy

    @pytest.mark.parametrize("path", ["/docs/", "/redoc/", "/metrics/", "/health/live/"])
    @pytest.mark.django_db
    def test_answer_with_a_trailing_slash_too(self, api: APIClient, path: str) -> None:
        assert api.get(path).status_code == 200

    def test_show_the_document_of_this_site(self, api: APIClient) -> None:
        script = text_of(api.get("/docs?script="))

        assert "/openapi.json" in script
        assert "/openapi.json" in text_of(api.get("/redoc"))

    def test_describe_each_endpoint_once(self, api: APIClient) -> None:
        document = api.get("/openapi.json").json()
        names = [
            operation["operationId"]
            for path in document["paths"].values()
            for operation in path.values()
        ]

        assert document["openapi"].startswith("3.")
        assert "success" not in document
        assert len(names) == len(set(names))
        assert "/health/ready" in document["paths"]
