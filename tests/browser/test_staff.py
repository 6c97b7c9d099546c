"""What staff see, on a screen and on a phone, in the light and in the dark."""

from typing import Any

import pytest

from tests.browser.barriers import find_barriers
from tests.browser.chromium import Chromium
from tests.browser.page import Page
from tests.browser.staff_pictures import (
    DRAWN,
    enter_as_reviewer,
    have_a_month_behind,
    open_first_desk,
)
from tests.running_stack import RunningStack

LOOKS: dict[str, dict[str, Any]] = {
    "light": {"width": 1280, "height": 900},
    "dark": {"width": 1280, "height": 900, "dark": True},
    "phone in the dark": {"width": 390, "height": 780, "dark": True},
}
MAIN_PART = (  # of axe's rules; what else the theme's own pages lack is the theme's to mend
    "landmark-one-main",
    "landmark-no-duplicate-main",
    "landmark-main-is-top-level",
    "landmark-no-duplicate-banner",
)


@pytest.fixture(scope="module")
def staff(browser: Chromium, stack: RunningStack) -> Page:
    """A reviewer's tab, with a month of practice to look at."""
    have_a_month_behind(stack)
    return enter_as_reviewer(stack, browser)


@pytest.mark.parametrize("look", LOOKS)
@pytest.mark.parametrize("name", ["desk", "overview", "agreement"])
def test_a_page_of_staff_has_no_barrier_and_fits(
    staff: Page, stack: RunningStack, axe: str, name: str, look: str
) -> None:
    staff.look_like(**LOOKS[look])
    if name == "desk":
        open_first_desk(staff, stack)
    else:
        staff.open(f"{stack.url}/admin/{name}")
        staff.wait_for(DRAWN)

    assert find_barriers(staff, axe) == []
    assert staff.run("document.documentElement.scrollWidth - innerWidth") <= 0
    assert staff.complaints() == []


@pytest.mark.parametrize("place", ["", "pipeline/pipelinerun/", "password_change/"])
def test_a_page_of_the_admins_theme_has_one_main_part(
    staff: Page, stack: RunningStack, axe: str, place: str
) -> None:
    staff.look_like(**LOOKS["light"])
    staff.open(f"{stack.url}/admin/{place}")
    staff.wait_for("document.readyState === 'complete'")

    assert barriers_of_landmarks(staff, axe) == []


def test_the_staffs_door_has_one_main_part(
    browser: Chromium, stack: RunningStack, axe: str
) -> None:
    stranger = browser.new_page()
    stranger.open(f"{stack.url}/admin/login/")
    stranger.wait_for("document.querySelector('#login-form')")

    assert barriers_of_landmarks(stranger, axe) == []


def barriers_of_landmarks(page: Page, axe: str) -> list[str]:
    return [barrier for barrier in find_barriers(page, axe) if barrier.startswith(MAIN_PART)]
