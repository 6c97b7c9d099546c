"""Takes the pictures in docs/images: `make screenshots`."""

import base64
import tempfile
from pathlib import Path
from typing import Final

from PIL import Image
from playwright.sync_api import Browser, Page, expect, sync_playwright

from tests.browser.chromium import launch
from tests.browser.microphone import write_microphone
from tests.browser.staff_pictures import Shoot, take_staff_pictures
from tests.browser.visitor import Visitor, look_like, wait_until
from tests.environment import ROOT
from tests.recordings import sample
from tests.running_stack import RunningStack

IMAGES: Final = ROOT / "docs" / "images"
DESKTOP: Final = (1100, 760)
TALL: Final = (1100, 1400)
PHONE: Final = (390, 780)
COLOURS: Final = 128  # so that a picture stays small
UPLOAD: Final = """async ([place, text]) => {
  const { upload } = await import("/static/page/api.js");
  const form = new FormData();
  form.append("file", new Blob([Uint8Array.from(atob(text), (sign) => sign.charCodeAt(0))]));
  await upload(place, form, { key: crypto.randomUUID() });
}"""
JUDGED: Final = """async (place) =>
  (await (await import("/static/page/api.js")).get(place)).status === 200"""

FORGET: Final = """async () => {
  const keep = await import("/static/page/keep.js");
  const { get } = await import("/static/page/api.js");
  for (const { id } of await keep.list((await get("/users/me")).data.id)) await keep.remove(id);
}"""


def take_pictures(stack: RunningStack, browser: Browser) -> None:
    """Go through an interview and take a picture of each screen."""
    visitor = Visitor(browser, stack)
    page = visitor.page

    shoot = shoot_with(page)
    look_like(page, width=DESKTOP[0], height=DESKTOP[1])
    page.goto(stack.url)
    visitor.see("New here?")
    shoot("sign-in")
    visitor.register()
    shoot("first-time")
    visitor.go("#/new", until="Get my questions")
    visitor.fill("Target role", "Data Engineer")
    visitor.fill("Skills (optional)", "Python, SQL")
    shoot("set-up", (1100, 960))
    visitor.set_up()
    visitor.see("Sounds good!")
    shoot("microphone")
    _interview(visitor, shoot)
    _results(visitor, shoot)
    take_staff_pictures(stack, browser, shoot_with)


def shoot_with(page: Page) -> Shoot:
    """Return what takes a picture of the page as it is on a screen, and keeps it small."""

    def shoot(name: str, size: tuple[int, int] = DESKTOP, *, dark: bool = False) -> None:
        look_like(page, width=size[0], height=size[1], dark=dark)
        page.evaluate("() => { document.activeElement?.blur(); scrollTo(0, 0); }")
        target = IMAGES / f"{name}.png"
        page.screenshot(path=target)
        Image.open(target).quantize(COLOURS).save(target, optimize=True)

    return shoot


def _interview(visitor: Visitor, shoot: Shoot) -> None:
    page = visitor.page
    visitor.face_question(1)
    visitor.start_recording(5)
    shoot("recording")
    visitor.click("Stop")
    visitor.see("Send the answer")
    shoot("listen-back")
    for number, name in enumerate(("weak_answer.mp3", "strong_answer.mp3"), start=1):
        _answer(visitor, number, sample(name))
    visitor.face_question(3)
    visitor.see("Completed", seconds=120)
    shoot("question-phone", PHONE)
    page.evaluate(FORGET)


def _results(visitor: Visitor, shoot: Shoot) -> None:
    page = visitor.page
    visitor.go("#/history", until="1 interview")
    first = visitor.questions()[0]["id"]
    visitor.go(f"#/answer/{visitor.session}/{first}", until="Keywords")
    expect(page.locator(".word.filler").nth(3)).to_be_visible()
    shoot("answer", TALL)
    shoot("answer-phone-dark", PHONE, dark=True)
    visitor.go(f"#/results/{visitor.session}", until="Readiness")
    shoot("results", TALL)
    visitor.go("#/", until="Latest interviews")
    expect(page.locator(".chart")).to_have_count(4)
    shoot("overview", TALL)
    shoot("overview-dark", TALL, dark=True)
    look_like(page, width=DESKTOP[0], height=DESKTOP[1])
    visitor.click("Deutsch")
    visitor.see("Letzte Interviews")
    expect(page.locator(".chart")).to_have_count(4)
    shoot("overview-german-phone", PHONE)


def _answer(visitor: Visitor, number: int, recording: Path) -> None:
    question = visitor.questions()[number - 1]["id"]
    place = f"/interviews/sessions/{visitor.session}/questions/{question}"
    text = base64.b64encode(recording.read_bytes()).decode()
    visitor.page.evaluate(UPLOAD, [f"{place}/audio", text])
    wait_until(visitor.page, JUDGED, f"{place}/evaluation")


def main() -> None:
    """Start the platform and a browser, and take the pictures."""
    IMAGES.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        sound = Path(folder) / "microphone.wav"
        write_microphone(sound, sample="strong_answer.mp3")
        stack = RunningStack(Path(folder) / "data")
        try:
            stack.start()
            with sync_playwright() as playwright:
                take_pictures(stack, launch(playwright, microphone=sound))
        finally:
            stack.stop()


if __name__ == "__main__":
    main()
