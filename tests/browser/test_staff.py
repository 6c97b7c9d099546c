"""What staff see, on a screen and on a phone, in the light and in the dark."""

from typing import Any

import pytest
from playwright.sync_api import Browser, Dialog, Page, expect

from tests.browser.barriers import find_barriers
from tests.browser.staff_pictures import (
    DRAWN,
    enter_as_reviewer,
    have_a_month_behind,
    open_first_desk,
)
from tests.browser.visitor import Complaints, look_like, new_window, see, sideways, wait_until
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
def staff(browser: Browser, stack: RunningStack) -> Page:
    """A reviewer's tab, with a month of practice to look at."""
    have_a_month_behind(stack)
    return enter_as_reviewer(stack, browser)


@pytest.mark.parametrize("look", LOOKS)
@pytest.mark.parametrize("name", ["desk", "overview", "agreement"])
def test_a_page_of_staff_has_no_barrier_and_fits(
    staff: Page, stack: RunningStack, axe: str, name: str, look: str
) -> None:
    look_like(staff, **LOOKS[look])
    complaints = Complaints(staff)
    if name == "desk":
        open_first_desk(staff, stack)
    else:
        staff.goto(f"{stack.url}/admin/{name}")
        wait_until(staff, DRAWN)

    assert find_barriers(staff, axe) == []
    assert sideways(staff) <= 0
    assert complaints == []


@pytest.mark.parametrize("place", ["", "pipeline/pipelinerun/", "password_change/"])
def test_a_page_of_the_admins_theme_has_one_main_part(
    staff: Page, stack: RunningStack, axe: str, place: str
) -> None:
    look_like(staff, **LOOKS["light"])
    staff.goto(f"{stack.url}/admin/{place}")

    assert barriers_of_landmarks(staff, axe) == []


def test_the_staffs_door_has_one_main_part(browser: Browser, stack: RunningStack, axe: str) -> None:
    stranger = new_window(browser).new_page()
    stranger.goto(f"{stack.url}/admin/login/")
    expect(stranger.locator("#login-form")).to_be_visible()

    assert barriers_of_landmarks(stranger, axe) == []


class TestScoresOnTheDesk:
    def test_of_all_questions_are_saved_by_the_one_button(
        self, staff: Page, stack: RunningStack
    ) -> None:
        open_first_desk(staff, stack)
        fields = staff.get_by_label("Relevance", exact=False)
        places = range(fields.count())
        for at in places:
            fields.nth(at).fill(str(40 + at))

        staff.get_by_role("button", name="Save scores").click()

        see(staff, "Scores saved: question ")
        assert [fields.nth(at).input_value() for at in places] == [str(40 + at) for at in places]

    def test_are_not_left_behind_without_a_question(self, staff: Page, stack: RunningStack) -> None:
        asked: list[str] = []

        def stay(dialog: Dialog) -> None:
            asked.append(dialog.type)
            dialog.dismiss()

        open_first_desk(staff, stack)
        note = staff.get_by_label("Note").first
        note.fill("Typed, and not saved.")
        staff.once("dialog", stay)

        staff.get_by_role("link", name="History").last.click()

        expect(note).to_have_value("Typed, and not saved.")
        see(staff, "Not saved yet")
        assert asked == ["beforeunload"]


def barriers_of_landmarks(page: Page, axe: str) -> list[str]:
    return [barrier for barrier in find_barriers(page, axe) if barrier.startswith(MAIN_PART)]
