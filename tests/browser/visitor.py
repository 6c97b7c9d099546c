"""Somebody who uses the page, and looks closely at it."""

import json
import secrets
from typing import Any, Final, Self

from tests.browser.barriers import find_barriers
from tests.browser.chromium import Chromium
from tests.browser.page import Page
from tests.running_stack import RunningStack

PASSWORD: Final = "correct-horse-9"
ROLE: Final = "Data Engineer"
LEAST_TARGET: Final = 24  # CSS pixels, as WCAG 2.2 wants it
READ = """async (path) => (await (await import("/static/page/api.js")).get(path)).data"""


class Visitor:
    """One person in one tab."""

    def __init__(self, browser: Chromium, stack: RunningStack, *, context: str = "") -> None:
        self.browser = browser
        self.url = stack.url
        self.page: Page = browser.page_in(context) if context else browser.new_page()
        self.page.look_like()
        self.email = f"{secrets.token_hex(6)}@example.com"
        self.session = ""

    def another_tab(self, stack: RunningStack) -> Self:
        """Return the same person in another tab of the same browser."""
        return type(self)(self.browser, stack, context=self.page.context)

    def go(self, place: str, *, until: str) -> None:
        """Show the screen at this place; return once it says something."""
        self.page.run(f"location.hash = {json.dumps(place)}")
        self.page.wait_for_text(until)

    def register(self) -> None:
        """Open an account."""
        self.page.open(f"{self.url}/#/register")
        self.page.wait_for_text("Your name")
        self.page.fill("Your name", "Jane Doe")
        self.page.fill("E-mail address", self.email)
        self.page.fill("Password", PASSWORD)
        self.submit()
        self.page.wait_for_text("Your first interview")

    def sign_in(self) -> None:
        """Log in at the door where he stands."""
        self.page.wait_for_text("E-mail address")
        self.page.fill("E-mail address", self.email)
        self.page.fill("Password", PASSWORD)
        self.submit()

    def submit(self) -> None:
        """Send the form off."""
        self.page.run("document.querySelector('form').requestSubmit()")

    def set_up(self, *, questions: int = 3) -> None:
        """Begin an interview, and hear that the microphone works or does not."""
        self.go("#/new", until="Get my questions")
        self.page.fill("Role you practise for", ROLE)
        self.page.fill("Number of questions", str(questions))
        self.page.click("Get my questions")
        self.page.wait_for_text("Check your microphone")
        self.session = str(self.page.run("location.hash")).rpartition("/")[2]

    def face_question(self, number: int = 1) -> None:
        """Go to a question."""
        self.go(f"#/interview/{self.session}/{number}", until=f"Question {number} of")

    def record(self, seconds: float) -> None:
        """Speak so long, and stop."""
        self.page.click("Start recording")
        self.page.wait_for_text("Pause")
        self.page.wait_for(
            f"(document.querySelector('.time')?.textContent ?? '0:00').split(' ')[0].split(':')"
            f".reduce((all, part) => all * 60 + Number(part), 0) >= {seconds}",
            seconds=seconds + 60,
        )
        self.page.click("Stop")
        self.page.wait_for_text("Send the answer")

    def read(self, path: str) -> Any:
        """Return what the API says to this person."""
        return self.page.run(f"({READ})({json.dumps(path)})")

    def questions(self) -> list[dict[str, Any]]:
        """Return the interview's questions."""
        found: list[dict[str, Any]] = self.read(f"/interviews/sessions/{self.session}/questions")[
            "questions"
        ]
        return found

    def barriers(self, axe: str) -> list[str]:
        """Return what axe finds wrong with the screen: rule, and where."""
        return find_barriers(self.page, axe)

    def small_targets(self) -> list[str]:
        """Return what is too small to be hit; words of a text are as high as its lines, which the rule allows."""
        found = self.page.run(
            f"""[...document.querySelectorAll("button, input, select, textarea, summary, .button, header a, footer a")]
              .filter((element) => element.getClientRects().length > 0 && !element.closest(".words"))
              .filter((element) => {{ const box = (element.closest("label") ?? element).getBoundingClientRect();
                return Math.round(box.height) < {LEAST_TARGET} || Math.round(box.width) < {LEAST_TARGET}; }})
              .map((element) => `${{element.outerHTML.slice(0, 120)}} ${{JSON.stringify(element.getBoundingClientRect())}}`)"""
        )
        return [str(one) for one in found]

    def sideways(self) -> int:
        """Return how many pixels the page is wider than its window."""
        return int(self.page.run("document.documentElement.scrollWidth - innerWidth"))
