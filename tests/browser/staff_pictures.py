"""Pictures of what staff see; `tests.browser.screenshots` takes them when an interview is there to be reviewed."""

import os
import subprocess
import sys
from collections.abc import Callable
from typing import Final

import httpx
from playwright.sync_api import Browser, Page, expect

from tests.browser.visitor import PASSWORD, look_like, new_window, see, wait_until
from tests.environment import ROOT
from tests.running_stack import RunningStack

Shoot = Callable[..., None]
DESK: Final = (1280, 1560)
REPORT: Final = (900, 1180)
OVERVIEW: Final = (1280, 1420)
AGREEMENT: Final = (1280, 1160)
EMAIL: Final = "reviewer@example.com"
ANSWER: Final = "#question-1"
DRAWN: Final = """() => document.querySelector(".board") && [...document.querySelectorAll(".board img")]
  .every((image) => !image.getClientRects().length || image.naturalWidth > 0)"""
VERDICT: Final = {
    "relevance": "25",
    "grammar": "70",
    "fluency": "40",
    "keywords": "0",
    "note": "Neither a situation nor a result is named; the fillers come where the story should.",
}


def take_staff_pictures(
    stack: RunningStack, browser: Browser, shoot_with: Callable[[Page], Shoot]
) -> None:
    """Log in as staff, and take a picture of each page of theirs."""
    page = enter_as_reviewer(stack, browser)
    shoot = shoot_with(page)
    _desk(page, shoot, stack)
    have_a_month_behind(stack)
    _overview(page, shoot, stack)


def enter_as_reviewer(stack: RunningStack, browser: Browser) -> Page:
    """Have somebody among the staff who reviews, and log in as that person."""
    _hire(stack)
    page = new_window(browser).new_page()
    look_like(page, width=DESK[0], height=DESK[1])
    page.goto(f"{stack.url}/admin/")
    page.locator("[name=username]").fill(EMAIL)
    page.locator("[name=password]").fill(PASSWORD)
    page.locator("[name=password]").press("Enter")
    see(page, "Review desk")
    return page


def have_a_month_behind(stack: RunningStack) -> None:
    """Fill the database with a month of practice."""
    _run_inside(stack, "-m", "tests.browser.a_month")


def open_first_desk(page: Page, stack: RunningStack) -> None:
    """Open the latest interview."""
    page.goto(f"{stack.url}/admin/interview_sessions/interviewsession/")
    page.locator("#result_list tbody th a").first.click()
    expect(page.locator(ANSWER)).to_be_visible()


def _desk(page: Page, shoot: Shoot, stack: RunningStack) -> None:
    open_first_desk(page, stack)
    place = page.url
    for name, value in VERDICT.items():
        page.locator(f"{ANSWER} [name$='-{name}']:not([type=hidden])").fill(value)
    page.get_by_role("button", name="Save scores").click()
    see(page, "Scores saved: question 1.")
    for name, dark in (("desk", False), ("desk-dark", True)):
        look_like(page, width=DESK[0], height=DESK[1], dark=dark)  # the theme asks when it loads
        page.goto(place)
        _hear_a_word(page)
        shoot(name, DESK, dark=dark)
    page.goto(place.replace("/change/", "/report"))
    shoot("report", REPORT)


def _overview(page: Page, shoot: Shoot, stack: RunningStack) -> None:
    for name, place, size in (
        ("staff-overview", "overview", OVERVIEW),
        ("agreement", "agreement", AGREEMENT),
    ):
        look_like(page, width=size[0], height=size[1])
        page.goto(f"{stack.url}/admin/{place}")
        wait_until(page, DRAWN)
        shoot(name, size)


def _hear_a_word(page: Page) -> None:
    """Listen into the answer, and stay there."""
    page.locator(f"{ANSWER} .desk-word").nth(12).click()
    expect(page.locator(".desk-now")).to_be_visible()
    page.locator(f"{ANSWER} audio").evaluate("(player) => player.pause()")


def _hire(stack: RunningStack) -> None:
    person = {"email": EMAIL, "password": PASSWORD, "full_name": "Rita Reviewer"}
    address = f"{stack.url}/api/v1/users/register"
    httpx.post(address, json=person, timeout=60).raise_for_status()
    _run_inside(stack, "manage.py", "give_role", EMAIL, "reviewer")


def _run_inside(stack: RunningStack, *command: str) -> None:
    """Run a program on the stack's own database."""
    subprocess.run(
        [sys.executable, *command],
        cwd=ROOT,
        env={**os.environ, **stack.environment()},
        check=True,
        stdout=subprocess.DEVNULL,
    )
