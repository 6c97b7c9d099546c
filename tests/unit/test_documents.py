"""The documents and what they speak of hold together."""

import re
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.conf import settings
from django.urls import URLPattern, URLResolver, get_resolver

from tests.environment import ROOT

LINK = re.compile(r"\[[^\]]*\]\(([^)\s]+)\)")
FENCE = re.compile(r"^```.*?^```$", re.MULTILINE | re.DOTALL)
HEADING = re.compile(r"^#+ (.+)$", re.MULTILINE)
ENDPOINT = re.compile(r"`(GET|POST|PUT|PATCH|DELETE) (/[^`\s]*)`")
PARAMETER = re.compile(r"<[^>]+>|\{[^}]+\}")
PACKAGE = re.compile(r"^[A-Za-z0-9._-]+")
METHODS = ("get", "post", "put", "delete")
NOT_OURS = {"var", "uploads"}  # what a platform that runs here keeps


def documents() -> list[Path]:
    found = (path.relative_to(ROOT) for path in ROOT.rglob("*.md"))
    return sorted(
        path
        for path in found
        if path.parts[0] not in NOT_OURS and not any(part.startswith(".") for part in path.parts)
    )


def read(name: str | Path) -> str:
    return (ROOT / name).read_text("utf-8")


def anchors_of(document: Path) -> set[str]:
    """The names that a forge gives to headings."""
    headings = HEADING.findall(FENCE.sub("", read(document)))
    return {re.sub(r"[^\w\- ]", "", title.lower()).replace(" ", "-") for title in headings}


def targets_of_makefile() -> set[str]:
    return set(re.findall(r"^([a-z][a-z-]*):", read("Makefile"), re.MULTILINE))


def rows_of_env_example() -> Iterator[str]:
    """The rows that the configuration table must have: name, default, and the remark above the variable."""
    remark = ""
    for line in read(".env.example").splitlines():
        if variable := re.fullmatch(r"#([A-Z][A-Z0-9_]*)=(.*)", line):
            default = f"`{variable[2]}`" if variable[2] else ""
            yield f"| `{variable[1]}` | {default} | {remark} |"
        elif line.startswith("# "):
            remark = line[2:]


def endpoints_of_urlconf(
    patterns: "list[URLPattern | URLResolver]", prefix: str = "/"
) -> Iterator[tuple[str, str]]:
    for pattern in patterns:
        path = f"{prefix}{pattern.pattern}"
        if path.startswith("/admin/"):
            continue
        if isinstance(pattern, URLResolver):
            yield from endpoints_of_urlconf(pattern.url_patterns, path)
            continue
        view = getattr(pattern.callback, "view_class", None)
        for method in METHODS if view else ("get",):
            if view is None or hasattr(view, method):
                yield method.upper(), PARAMETER.sub("{}", path)


def endpoints_of_document() -> set[tuple[str, str]]:
    found = ENDPOINT.findall(read("docs/api.md"))
    return {(method, PARAMETER.sub("{}", path)) for method, path in found}


def known_endpoints() -> set[tuple[str, str]]:
    return set(endpoints_of_urlconf(get_resolver().url_patterns))


def packages() -> list[str]:
    project = tomllib.loads(read("pyproject.toml"))
    groups = (project["project"]["dependencies"], *project["dependency-groups"].values())
    wanted = (line for group in groups for line in group)
    return sorted({match[0] for line in wanted if (match := PACKAGE.match(line))})


def celery_settings() -> list[str]:
    return sorted(name for name in dir(settings) if name.startswith("CELERY_"))


class TestEveryDocument:
    @pytest.mark.parametrize("document", documents(), ids=str)
    def test_leads_only_to_what_is_there(self, document: Path) -> None:
        lost = []
        for target in LINK.findall(FENCE.sub("", read(document))):
            if re.match(r"[a-z]+:", target):
                continue
            path, _, anchor = target.partition("#")
            there = (ROOT / document.parent / path).resolve() if path else ROOT / document
            if not there.exists() or (anchor and anchor not in anchors_of(there)):
                lost.append(target)

        assert lost == []

    @pytest.mark.parametrize("document", documents(), ids=str)
    def test_names_only_targets_of_the_makefile(self, document: Path) -> None:
        typed = re.findall(r"`make ([a-z-]+)[^`]*`|^make ([a-z-]+)", read(document), re.MULTILINE)

        assert {first or second for first, second in typed} - targets_of_makefile() == set()


class TestTheConfigurationPage:
    @pytest.mark.parametrize("row", list(rows_of_env_example()))
    def test_has_each_variable_as_the_example_says_it(self, row: str) -> None:
        assert row in read("docs/configuration.md").splitlines()

    def test_has_no_variable_that_the_example_lacks(self) -> None:
        rows = re.findall(
            r"^\| `[A-Z][A-Z0-9_]*` \|.*$", read("docs/configuration.md"), re.MULTILINE
        )

        assert set(rows) - set(rows_of_env_example()) == set()


class TestApiDocument:
    def test_has_no_endpoint_that_is_not_there(self) -> None:
        gone = {
            (method, path)
            for method, path in endpoints_of_document() - known_endpoints()
            if method != "PATCH" or ("PUT", path) not in known_endpoints()
        }

        assert gone == set()

    def test_has_every_endpoint_that_is_there(self) -> None:
        assert known_endpoints() - endpoints_of_document() == set()


class TestOperationsDocument:
    @pytest.mark.parametrize("name", celery_settings())
    def test_gives_a_reason_for_each_setting_of_celery(self, name: str) -> None:
        assert f"`{name}`" in read("docs/operations.md")

    @pytest.mark.parametrize("stage", list(settings.STAGE_LIMITS))
    def test_has_the_time_limits_of_each_stage(self, stage: str) -> None:
        soft, hard = settings.STAGE_LIMITS[stage]
        row = re.search(rf"^\| {stage} \|.*$", read("docs/operations.md"), re.MULTILINE)

        assert row is not None
        assert row[0].endswith(f"| {soft} s | {hard} s |")


class TestDecisions:
    @pytest.mark.parametrize("package", packages())
    def test_give_a_reason_for_each_dependency(self, package: str) -> None:
        assert f"`{package}`" in read("docs/decisions/0005-dependencies.md")

    def test_are_all_in_the_list(self) -> None:
        pages = {path.name for path in (ROOT / "docs/decisions").glob("0*.md")}

        assert pages - set(LINK.findall(read("docs/decisions/README.md"))) == set()
