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
PAGE: Final = (1280, 1200)
EMAIL: Final = "reviewer@example.com"
ANSWER: Final = "document.querySelector('#question-1')"
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
    _hire(stack)
    page = browser.new_page()
    shoot = shoot_with(page)
    page.look_like(width=DESK[0], height=DESK[1])
    page.open(f"{stack.url}/admin/")
    for name, value in (("username", EMAIL), ("password", PASSWORD)):
        page.run(f"document.querySelector('[name={name}]').value = {json.dumps(value)}")
    page.run("document.querySelector('form').requestSubmit()")
    page.wait_for_text("Review desk")
    _desk(page, shoot, stack)
    _overview(page, shoot, stack)


def _desk(page: Page, shoot: Shoot, stack: RunningStack) -> None:
    page.open(f"{stack.url}/admin/interview_sessions/interviewsession/")
    page.run("document.querySelector('#result_list tbody th a').click()")
    page.wait_for("document.querySelectorAll('[data-answer]').length === 3")
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
    for name, place, said in (
        ("staff-overview", "overview", "Workers"),
        ("agreement", "agreement", "Spearman"),
    ):
        page.look_like(width=PAGE[0], height=PAGE[1])
        page.open(f"{stack.url}/admin/{place}")
        page.wait_for_text(said)
        shoot(name, PAGE)


def _hear_a_word(page: Page) -> None:
    """Listen into the answer, and stay there."""
    page.run(f"{ANSWER}.querySelectorAll('.desk-word')[12].click()")
    page.wait_for("document.querySelectorAll('.desk-now').length > 0")
    page.run(f"{ANSWER}.querySelector('audio').pause()")


def _hire(stack: RunningStack) -> None:
    """Have somebody among the staff who reviews."""
    person = {"email": EMAIL, "password": PASSWORD, "full_name": "Rita Reviewer"}
    address = f"{stack.url}/api/v1/users/register"
    httpx.post(address, json=person, timeout=60).raise_for_status()
    subprocess.run(
        [sys.executable, "manage.py", "give_role", EMAIL, "reviewer"],
        cwd=ROOT,
        env={**os.environ, **stack.environment()},
        check=True,
        stdout=subprocess.DEVNULL,
    )
