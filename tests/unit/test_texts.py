"""The texts of the page: each one is translated, and what is compiled is what is written."""

import ast
import gettext
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.conf import settings

from pipeline.scoring import thresholds
from tests.environment import ROOT

PAGE = ROOT / "interview_platform" / "static" / "page"
STRING = r'"((?:[^"\\]|\\.)*)"'
ONE = re.compile(rf"(?<![\w.])t\(\s*{STRING}")
SEVERAL = re.compile(rf"(?<![\w.])tn\(\s*{STRING},\s*{STRING}")
IN_TEMPLATE = re.compile(r'\{% translate "([^"]*)" %\}')
PLACE = re.compile(r"\{\w+\}")
CATALOGUES = sorted(Path(settings.LOCALE_PATHS[0]).glob("*/LC_MESSAGES/*.po"))
OF_SCRIPTS = [path for path in CATALOGUES if path.stem == "djangojs"]


def in_scripts() -> set[tuple[str, str]]:
    """Return each text, with its plural or an empty one."""
    found: set[tuple[str, str]] = set()
    for script in PAGE.rglob("*.js"):
        text = script.read_text("utf-8")
        found |= {(one, "") for one in ONE.findall(text)} | set(SEVERAL.findall(text))
    return found


def written(catalogue: Path) -> Iterator[tuple[str, str, list[str]]]:
    """Return text, plural and translations of each entry of a .po file."""
    entries = re.split(r"\n\s*\n", catalogue.read_text("utf-8"))[1:]
    for entry in entries:
        rows = dict(re.findall(r'^(msg\w+(?:\[\d\])?) (".*")$', entry, re.MULTILINE))
        values = {name: str(ast.literal_eval(row)) for name, row in rows.items()}
        texts = [value for name, value in values.items() if name.startswith("msgstr")]
        yield values["msgid"], values.get("msgid_plural", ""), texts


def compiled(catalogue: Path) -> gettext.GNUTranslations:
    with catalogue.with_suffix(".mo").open("rb") as file:
        return gettext.GNUTranslations(file)


@pytest.mark.parametrize("catalogue", CATALOGUES, ids=lambda path: f"{path.parts[-3]}-{path.stem}")
class TestACatalogue:
    def test_is_compiled_as_it_is_written(self, catalogue: Path) -> None:
        texts = compiled(catalogue)

        for one, several, translations in written(catalogue):
            if several:
                forms = [texts.ngettext(one, several, number) for number in (1, 2)]
                assert forms == translations
            else:
                assert [texts.gettext(one)] == translations

    def test_leaves_no_text_empty_and_no_place_unfilled(self, catalogue: Path) -> None:
        for one, several, translations in written(catalogue):
            assert all(translations)
            assert len(translations) == (2 if several else 1)
            for text in translations:
                assert set(PLACE.findall(text)) == set(PLACE.findall(one))


@pytest.mark.parametrize("catalogue", OF_SCRIPTS, ids=lambda path: path.parts[-3])
def test_every_text_of_the_scripts_is_translated_and_no_other(catalogue: Path) -> None:
    assert in_scripts() == {(one, several) for one, several, _ in written(catalogue)}


@pytest.mark.parametrize("catalogue", OF_SCRIPTS, ids=lambda path: path.parts[-3])
def test_every_text_of_the_template_is_translated_and_no_other(catalogue: Path) -> None:
    template = (ROOT / "interview_platform/templates/page.html").read_text("utf-8")

    texts = {one for one, _, _ in written(catalogue.with_name("django.po"))}

    assert set(IN_TEMPLATE.findall(template)) == texts


class TestTheMarksInATranscript:
    @pytest.mark.parametrize("name", ["UNSURE_WORD", "LONG_PAUSE"])
    def test_begin_where_the_judges_begin(self, name: str) -> None:
        script = (PAGE / "transcript.js").read_text("utf-8")
        found = re.search(rf"const {name} = ([\d.]+);", script)

        assert found is not None
        assert float(found[1]) == getattr(thresholds, name)

    def test_and_the_hint_of_a_typed_answer_names_the_judges_least(self) -> None:
        hint = (PAGE / "screens/typing_panel.js").read_text("utf-8")

        assert f"You need at least {thresholds.MIN_WORDS} words." in hint
