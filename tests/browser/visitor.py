"""Somebody who uses the page, and looks closely at it."""

import secrets
from typing import Any, Final, Self

from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, Route, expect

from tests.browser.barriers import find_barriers
from tests.running_stack import RunningStack

PASSWORD: Final = "correct-horse-9"
ROLE: Final = "Data Engineer"
LEAST_TARGET: Final = 24  # CSS pixels, as WCAG 2.2 wants it
MILLISECONDS: Final = 60_000  # that anything may take: the machine may be busy
NETWORK: Final = "Failed to load resource"  # a refusal of the API, which the page shows
READ: Final = """async (path) => (await (await import("/static/page/api.js")).get(path)).data"""
RECORDED: Final = """(seconds) => {
  const [minutes, rest] = (document.querySelector(".time")?.textContent ?? "0:0").split(" ")[0].split(":");
  return Number(minutes) * 60 + Number(rest) >= seconds;
}"""
SMALL: Final = """(least) =>
  [...document.querySelectorAll("button, input, select, textarea, summary, .button, header a, footer a")]
    .filter((element) => element.getClientRects().length > 0 && !element.closest(".words"))
    .filter((element) => { const box = (element.closest("label") ?? element).getBoundingClientRect();
      return Math.round(box.height) < least || Math.round(box.width) < least; })
    .map((element) => element.outerHTML.slice(0, 120))"""


def new_window(browser: Browser) -> BrowserContext:
    """Open a window of its own: no cookie and no storage is shared with another one."""
    window = browser.new_context(locale="en-US", reduced_motion="reduce")
    window.set_default_timeout(MILLISECONDS)
    return window


def look_like(page: Page, *, width: int = 1280, height: int = 800, dark: bool = False) -> None:
    """Have a screen of this size, and a person who likes it dark or light."""
    page.set_viewport_size({"width": width, "height": height})
    page.emulate_media(color_scheme="dark" if dark else "light")


def sideways(page: Page) -> int:
    """Return how many pixels the page is wider than its window."""
    return int(page.evaluate("document.documentElement.scrollWidth - innerWidth"))


def see(page: Page, text: str, *, seconds: float = MILLISECONDS / 1000) -> None:
    """Return once the text can be read on the page."""
    body = page.locator("body")
    expect(body).to_contain_text(text, use_inner_text=True, timeout=seconds * 1000)


def wait_until(page: Page, condition: str, argument: object = None) -> None:
    """
    Return once a function of the page's own is true, which may be asynchronous.

    `Page.wait_for_function` evaluates text in the page time and again, which its policy forbids.
    """
    page.evaluate(
        f"""async (argument) => {{
          const holds = {condition};
          for (const end = Date.now() + {MILLISECONDS}; !(await holds(argument));) {{
            if (Date.now() > end) throw new Error(`never: ${{holds}}`);
            await new Promise((again) => setTimeout(again, 50));
          }}
        }}""",
        argument,
    )


def answer_once(page: Page, pattern: str, *, status: int, body: object) -> None:
    """
    Give the next request to such an address another answer than the server's.

    The route stays, and lets the others pass: taking it away, as `times=1` does, can leave the
    page's next request without an answer.
    """
    answered: list[Route] = []

    def answer(route: Route) -> None:
        if answered:
            route.fallback()
        else:
            answered.append(route)
            route.fulfill(status=status, json=body)

    page.route(pattern, answer)


class Complaints(list[str]):
    """What the browser has complained about: errors of scripts, and of the security policy."""

    def __init__(self, page: Page) -> None:
        super().__init__()
        page.on("console", self._on_console)
        page.on("pageerror", lambda error: self.append(str(error)))

    def _on_console(self, message: ConsoleMessage) -> None:
        if message.type == "error" and not message.text.startswith(NETWORK):
            self.append(message.text)


class Visitor:
    """One person in one tab."""

    def __init__(
        self, browser: Browser, stack: RunningStack, *, window: BrowserContext | None = None
    ) -> None:
        self.browser = browser
        self.url = stack.url
        self.window = window or new_window(browser)
        self.page = self.window.new_page()
        self.complaints = Complaints(self.page)
        self.requests: list[str] = []
        self.page.on("request", lambda request: self.requests.append(request.url))
        self.email = f"{secrets.token_hex(6)}@example.com"
        self.session = ""

    def another_tab(self, stack: RunningStack) -> Self:
        """Return the same person in another tab of the same browser."""
        return type(self)(self.browser, stack, window=self.window)

    def see(self, text: str, *, seconds: float = MILLISECONDS / 1000) -> None:
        """Return once the text can be read on the page."""
        see(self.page, text, seconds=seconds)

    def click(self, name: str) -> None:
        """Press the first button or link with this name, once it can be pressed."""
        button = self.page.get_by_role("button", name=name, exact=True)
        button.or_(self.page.get_by_role("link", name=name, exact=True)).first.click()

    def fill(self, label: str, value: str) -> None:
        """Write into the field with this label."""
        self.page.get_by_label(label, exact=True).fill(value)

    def go(self, place: str, *, until: str) -> None:
        """Show the screen at this place; return once it says something."""
        self.page.evaluate("(place) => { location.hash = place; }", place)
        self.see(until)

    def register(self) -> None:
        """Open an account."""
        self.page.goto(f"{self.url}/#/register")
        self.fill("Your name", "Jane Doe")
        self.fill("Email address", self.email)
        self.fill("Password", PASSWORD)
        self.submit()
        self.see("Your first interview")

    def sign_in(self) -> None:
        """Sign in again."""
        self.fill("Email address", self.email)
        self.fill("Password", PASSWORD)
        self.submit()

    def submit(self) -> None:
        """Send the form off."""
        self.page.locator("form button[type=submit]").click()

    def set_up(self, *, questions: int = 3) -> None:
        """Begin an interview, and hear that the microphone works or does not."""
        self.go("#/new", until="Get my questions")
        self.fill("Target role", ROLE)
        self.fill("Number of questions", str(questions))
        self.click("Get my questions")
        self.see("Check your microphone")
        self.session = self.place.rpartition("/")[2]

    @property
    def place(self) -> str:
        """Return which screen is shown."""
        return str(self.page.evaluate("location.hash"))

    def face_question(self, number: int = 1) -> None:
        """Go to a question."""
        self.go(f"#/interview/{self.session}/{number}", until=f"Question {number} of")

    def record(self, seconds: float) -> None:
        """Speak so long, and stop."""
        self.start_recording(seconds)
        self.click("Stop")
        self.see("Send the answer")

    def start_recording(self, seconds: float) -> None:
        """Speak so long, and go on speaking."""
        self.click("Start recording")
        wait_until(self.page, RECORDED, seconds)

    def read(self, path: str) -> Any:
        """Return what the API says to this person."""
        return self.page.evaluate(READ, path)

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
        """Return what is too small to be hit; words of a text may be as high as its lines."""
        return [str(one) for one in self.page.evaluate(SMALL, LEAST_TARGET)]
