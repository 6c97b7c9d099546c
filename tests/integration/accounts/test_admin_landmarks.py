"""The admin's pages say where their header and their main part are: who hears them can go there at once."""

from importlib.resources import files
from pathlib import Path

import pytest
from django.test import Client

from accounts.models import User
from tests.environment import ROOT
from tests.factories import make_user

pytestmark = pytest.mark.django_db

OURS: Path = ROOT / "interview_platform" / "templates" / "admin" / "base.html"
LANDMARKS = (
    "<header>",
    "</header>",
    '            <main class="flex flex-col grow min-w-0">\n',
    "            </main>\n",
)


@pytest.fixture
def chief(db: None) -> User:
    """Somebody who may do everything."""
    return make_user("chief@example.com", is_staff=True, is_superuser=True)


class TestAPageOfTheAdmin:
    @pytest.mark.parametrize(
        "path",
        ["", "accounts/", "accounts/user/", "accounts/user/add/", "overview", "password_change/"],
    )
    def test_has_one_header_and_one_main_part(self, client: Client, chief: User, path: str) -> None:
        client.force_login(chief)

        page = client.get(f"/admin/{path}", follow=True).content.decode()

        assert page.count("<header>") == page.count("<main") == page.count("</main>") == 1

    def test_has_a_main_part_before_anybody_is_known(self, client: Client) -> None:
        page = client.get("/admin/login/").content.decode()

        assert page.count("<main>") == page.count("</main>") == 1


class TestOurFrame:
    def test_is_the_themes_but_for_the_landmarks(self) -> None:
        """When this goes red after an upgrade, the theme's frame has changed: copy it anew."""
        _, _, ours = OURS.read_text("utf-8").partition("\n")
        for landmark in LANDMARKS:
            assert ours.count(landmark) == 1
            ours = ours.replace(landmark, "")

        assert ours == (files("unfold") / "templates" / "admin" / "base.html").read_text("utf-8")
