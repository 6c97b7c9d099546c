"""The page at `/`: what it lets in, in which language it is, and that its files are there."""

import gzip
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.contrib.staticfiles import finders
from django.test import Client

from tests.environment import ROOT

STATIC = ROOT / "interview_platform" / "static" / "page"
LOADED = re.compile(r"""(?:src|href)=["']([^"']+)["']""")
IMPORTED = re.compile(r"""(?:from|import\()\s*"(\.[^"]+)\"""")
FIRST = ("page.css", "icon.svg", "main.js", "api.js", "dom.js", "keep.js", "outbox.js", "texts.js")
KILOBYTE = 1024
BUDGET = 100 * KILOBYTE


@pytest.fixture
def page(client: Client) -> Any:
    return client.get("/")


def text_of(response: Any) -> str:
    assert response.status_code == 200
    return str(response.content.decode())


def settings_of(response: Any) -> dict[str, Any]:
    found = re.search(r'<script id="settings"[^>]*>(.*?)</script>', text_of(response), re.DOTALL)
    assert found is not None
    values: dict[str, Any] = json.loads(found[1])
    return values


def scripts() -> list[Path]:
    return sorted(STATIC.rglob("*.js"))


def imports_of(script: Path) -> Iterator[Path]:
    for name in IMPORTED.findall(script.read_text("utf-8")):
        yield (script.parent / name).resolve()


class TestThePage:
    def test_lets_in_scripts_and_styles_of_this_site_alone(self, page: Any) -> None:
        policy = page.headers["Content-Security-Policy"]

        assert "default-src 'none'" in policy
        assert "script-src 'self';" in policy
        assert "style-src 'self';" in policy
        assert "require-trusted-types-for 'script'" in policy
        assert not re.search(r"unsafe|http|data:|\*", policy)

    def test_has_no_script_and_no_style_within(self, page: Any) -> None:
        text = text_of(page)
        within = re.findall(r"<script(?![^>]*(?:src=|application/json))[^>]*>", text)

        assert within == []
        assert "<style" not in text
        assert not re.search(r"\s(?:style|on\w+)=", text)

    def test_asks_for_the_microphone_and_for_nothing_else(self, page: Any) -> None:
        assert page.headers["Permissions-Policy"].startswith("microphone=(self), camera=()")

    def test_leads_on_to_the_api(self, page: Any) -> None:
        links = set(LOADED.findall(text_of(page)))

        assert {"/docs", "/redoc", "/openapi.json", "/admin/", "/health/ready"} <= links

    def test_loads_files_of_this_site_that_are_there(self, page: Any) -> None:
        files = [url for url in LOADED.findall(text_of(page)) if url.startswith("/static/")]

        assert {url.removeprefix("/static/page/") for url in files} == set(FIRST)
        assert all(finders.find(url.removeprefix("/static/")) for url in files)
        assert not any("//" in url for url in LOADED.findall(text_of(page)))

    def test_says_something_without_scripts(self, page: Any) -> None:
        assert "<noscript><p>This page needs JavaScript" in text_of(page)

    @pytest.mark.django_db
    def test_takes_no_other_method(self, client: Client) -> None:
        assert client.post("/").status_code == 405

    def test_is_sent_compressed(self, client: Client) -> None:
        response = client.get("/", headers={"Accept-Encoding": "gzip"})

        assert response.headers["Content-Encoding"] == "gzip"
        assert b"<!DOCTYPE html>" in gzip.decompress(response.content)


class TestItsLanguage:
    @pytest.mark.parametrize(
        ("wish", "language"),
        [("de", "de"), ("de-AT,de;q=0.9,en;q=0.5", "de"), ("fr,en;q=0.5", "en"), ("xx", "en")],
    )
    def test_is_the_browsers_when_we_have_it(
        self, client: Client, wish: str, language: str
    ) -> None:
        response = client.get("/", headers={"Accept-Language": wish})

        assert f'<html lang="{language}">' in text_of(response)
        assert settings_of(response)["language"] == language
        assert {"Accept-Language", "Cookie"} <= set(response.headers["Vary"].split(", "))

    def test_is_what_was_chosen_on_the_page(self, client: Client) -> None:
        client.cookies["django_language"] = "de"

        response = client.get("/", headers={"Accept-Language": "en"})

        assert "Zum Inhalt" in text_of(response)
        assert settings_of(response)["catalogue"]["Sign in"] == "Anmelden"
        assert settings_of(response)["catalogue"]["{count} day"] == ["{count} Tag", "{count} Tage"]

    def test_does_not_reach_the_api(self, client: Client) -> None:
        client.cookies["django_language"] = "de"

        response = client.get("/api/v1/users/me", headers={"Accept-Language": "de"})

        assert response.json()["error"]["message"] == "Token expired or invalid"

    def test_needs_no_catalogue_in_english(self, page: Any) -> None:
        assert settings_of(page)["catalogue"] == {}


class TestItsScripts:
    @pytest.mark.parametrize("script", scripts(), ids=lambda path: path.name)
    def test_import_what_is_there(self, script: Path) -> None:
        assert [path for path in imports_of(script) if not path.is_file()] == []

    @pytest.mark.parametrize("script", scripts(), ids=lambda path: path.name)
    def test_make_no_markup_and_no_code_of_texts(self, script: Path) -> None:
        text = script.read_text("utf-8")

        assert not re.search(
            r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|\beval\(", text
        )
        assert not re.search(r"new Function|https?://(?!www\.w3\.org/2000/svg)", text)

    def test_keep_no_token_where_a_script_could_read_it_later(self) -> None:
        kept = [
            line
            for script in scripts()
            for line in script.read_text("utf-8").splitlines()
            if re.search(r"(localStorage|sessionStorage|indexedDB|document\.cookie)", line)
        ]

        assert kept
        assert not [line for line in kept if re.search(r"token|access\b|password", line)]

    def test_are_small_enough_for_a_slow_line(self) -> None:
        first = sum(len(gzip.compress((STATIC / name).read_bytes())) for name in FIRST)
        everything = sum(len(gzip.compress(path.read_bytes())) for path in STATIC.rglob("*.*"))

        assert first < 25 * KILOBYTE
        assert everything < BUDGET

    def test_have_their_first_files_named_on_the_page(self) -> None:
        needed = {STATIC / "main.js"}
        for script in needed.copy():
            needed |= {path for path in imports_of(script) if path.parent == STATIC}

        assert {path.name for path in needed} <= set(FIRST)


def test_the_languages_are_those_that_there_are_texts_in() -> None:
    with_texts = {path.name for path in Path(settings.LOCALE_PATHS[0]).iterdir()}

    assert {code for code, _ in settings.LANGUAGES} == {"en"} | with_texts
