"""Pictures of what staff see; `tests.browser.screenshots` takes them when an interview is there to be reviewed."""

import json
import os
import subprocess
import sys
from collections.abc import Callable
from typing import Final

import httpx

from tests.browser.chromium import Chromium
from tests.browser.page import Page
from tests.browser.visitor import PASSWORD
from tests.environment import ROOT
from tests.running_stack import RunningStack

Shoot = Callable[..., None]
DESK: Final = (1280, 1560)
REPORT: Final = (900, 1180)
OVERVIEW: Final = (1280, 1420)
AGREEMENT: Final = (1280, 1160)
EMAIL: Final = "reviewer@example.com"
ANSWER: Final = "document.querySelector('#question-1')"
DRAWN: Final = """document.querySelector(".board") && [...document.querySelectorAll(".board img")]
  .every((image) => !image.getClientRects().length || image.naturalWidth > 0)"""
VERDICT: Final = {
    "relevance": "25",
    "grammar": "70",
    "fluency": "40",
    "keywords": "0",
    "note": "Neither a situation nor a result is named; the fillers come where the story should.",
}


def take_staff_pictures(
    stack: RunningStack, browser: Chromium, shoot_with: Callable[[Page], Shoot]
) -> None:
    """Log in as staff, and take a picture of each page of theirs."""
    page = enter_as_reviewer(stack, browser)
    shoot = shoot_with(page)
    _desk(page, shoot, stack)
    have_a_month_behind(stack)
    _overview(page, shoot, stack)


def enter_as_reviewer(stack: RunningStack, browser: Chromium) -> Page:
    """Have somebody among the staff who reviews, and log in as that person."""
    _hire(stack)
    page = browser.new_page()
    page.look_like(width=DESK[0], height=DESK[1])
    page.open(f"{stack.url}/admin/")
    for name, value in (("username", EMAIL), ("password", PASSWORD)):
        page.run(f"document.querySelector('[name={name}]').value = {json.dumps(value)}")
    page.run("document.querySelector('form').requestSubmit()")
    page.wait_for_text("Review desk")
    return page


def have_a_month_behind(stack: RunningStack) -> None:
    """Fill the database with a month of practice."""
    _run_inside(stack, "-m", "tests.browser.a_month")


def open_first_desk(page: Page, stack: RunningStack) -> None:
    """Open the latest interview."""
    page.open(f"{stack.url}/admin/interview_sessions/interviewsession/")
    page.run("document.querySelector('#result_list tbody th a').click()")
    page.wait_for(f"{ANSWER} && document.readyState === 'complete'")


def _desk(page: Page, shoot: Shoot, stack: RunningStack) -> None:
    open_first_desk(page, stack)
    place = str(page.run("location.href"))
    for name, value in VERDICT.items():
        page.run(f"{ANSWER}.querySelector('[name={name}]').value = {json.dumps(value)}")
    page.run(f"{ANSWER}.querySelector('form').requestSubmit()")
    page.wait_for_text("Your scores of question 1 are kept.")
    for name, dark in (("desk", False), ("desk-dark", True)):
        page.look_like(width=DESK[0], height=DESK[1], dark=dark)  # the theme asks when it loads
        page.open(place)
        _hear_a_word(page)
        shoot(name, DESK, dark=dark)
    page.open(place.replace("/change/", "/report"))
    shoot("report", REPORT)


def _overview(page: Page, shoot: Shoot, stack: RunningStack) -> None:
    for name, place, size in (
        ("staff-overview", "overview", OVERVIEW),
        ("agreement", "agreement", AGREEMENT),
    ):
        page.look_like(width=size[0], height=size[1])
        page.open(f"{stack.url}/admin/{place}")
        page.wait_for(DRAWN)
        shoot(name, size)


def _hear_a_word(page: Page) -> None:
    """Listen into the answer, and stay there."""
    page.run(f"{ANSWER}.querySelectorAll('.desk-word')[12].click()")
    page.wait_for("document.querySelectorAll('.desk-now').length > 0")
    page.run(f"{ANSWER}.querySelector('audio').pause()")


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
