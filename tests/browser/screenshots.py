"""Takes the pictures in docs/images: `make screenshots`."""

import base64
import json
import tempfile
from pathlib import Path
from typing import Any, Final

from PIL import Image

from tests.browser.chromium import Chromium
from tests.browser.microphone import write_microphone
from tests.browser.page import Page
from tests.browser.staff_pictures import Shoot, take_staff_pictures
from tests.browser.visitor import Visitor
from tests.environment import ROOT
from tests.recordings import sample
from tests.running_stack import RunningStack

IMAGES: Final = ROOT / "docs" / "images"
DESKTOP: Final = (1100, 760)
TALL: Final = (1100, 1400)
PHONE: Final = (390, 780)
COLOURS: Final = 128  # so that a picture stays small
UPLOAD: Final = """(async (place, text) => {
  const { upload } = await import("/static/page/api.js");
  const form = new FormData();
  form.append("file", new Blob([Uint8Array.from(atob(text), (sign) => sign.charCodeAt(0))]));
  await upload(place, form, { key: crypto.randomUUID() });
})"""

FORGET: Final = """async () => {
  const keep = await import("/static/page/keep.js");
  const { get } = await import("/static/page/api.js");
  for (const { id } of await keep.list((await get("/users/me")).data.id)) await keep.remove(id);
}"""


def take_pictures(stack: RunningStack, browser: Chromium) -> None:
    """Go through an interview and take a picture of each screen."""
    visitor = Visitor(browser, stack)
    page = visitor.page

    shoot = shoot_with(page)
    page.look_like(width=DESKTOP[0], height=DESKTOP[1])
    page.open(stack.url)
    page.wait_for_text("You are new here?")
    shoot("sign-in")
    visitor.register()
    shoot("first-time")
    visitor.go("#/new", until="Get my questions")
    page.fill("Role you practise for", "Data Engineer")
    page.fill("Skills (optional)", "Python, SQL")
    shoot("set-up", (1100, 960))
    visitor.set_up()
    page.wait_for_text("You can be heard well.")
    shoot("microphone")
    _interview(visitor, shoot)
    _results(visitor, shoot)
    take_staff_pictures(stack, browser, shoot_with)


def shoot_with(page: Page) -> Shoot:
    """Return what takes a picture of the page as it is on a screen, and keeps it small."""

    def shoot(name: str, size: tuple[int, int] = DESKTOP, *, dark: bool = False) -> None:
        page.look_like(width=size[0], height=size[1], dark=dark)
        page.run("document.activeElement?.blur(); scrollTo(0, 0)")
        target = IMAGES / f"{name}.png"
        page.photograph(target, whole=False)
        Image.open(target).quantize(COLOURS).save(target, optimize=True)

    return shoot


def _interview(visitor: Visitor, shoot: Shoot) -> None:
    page = visitor.page
    visitor.face_question(1)
    page.click("Start recording")
    page.wait_for("document.querySelector('.time')?.textContent.startsWith('0:05')")
    shoot("recording")
    page.click("Stop")
    page.wait_for_text("Send the answer")
    shoot("listen-back")
    for number, name in enumerate(("weak_answer.mp3", "strong_answer.mp3"), start=1):
        _answer(visitor, number, sample(name))
    visitor.face_question(3)
    page.wait_for_text("Completed", seconds=120)
    shoot("question-phone", PHONE)
    page.run(f"({FORGET})()")


def _results(visitor: Visitor, shoot: Shoot) -> None:
    page = visitor.page
    visitor.go("#/history", until="1 interview")
    first = visitor.questions()[0]["id"]
    visitor.go(f"#/answer/{visitor.session}/{first}", until="Keywords")
    page.wait_for("document.querySelectorAll('.word.filler').length > 3")
    shoot("answer", TALL)
    shoot("answer-phone-dark", PHONE, dark=True)
    visitor.go(f"#/results/{visitor.session}", until="Readiness")
    shoot("results", TALL)
    visitor.go("#/", until="Latest interviews")
    page.wait_for("document.querySelectorAll('.chart').length === 4")
    shoot("overview", TALL)
    shoot("overview-dark", TALL, dark=True)
    page.look_like(width=DESKTOP[0], height=DESKTOP[1])
    page.click("Deutsch")
    page.wait_for_text("Letzte Interviews")
    page.wait_for("document.querySelectorAll('.chart').length === 4")
    shoot("overview-german-phone", PHONE)


def _answer(visitor: Visitor, number: int, recording: Path) -> None:
    question = visitor.questions()[number - 1]["id"]
    place = f"/interviews/sessions/{visitor.session}/questions/{question}"
    text = base64.b64encode(recording.read_bytes()).decode()
    visitor.page.run(f"{UPLOAD}({json.dumps(place + '/audio')}, {json.dumps(text)})")
    done: Any = f"""(async () => (await (await import("/static/page/api.js"))
      .get({json.dumps(place + "/evaluation")})).status === 200)()"""
    visitor.page.wait_for(done, seconds=120)


def main() -> None:
    """Start the platform and a browser, and take the pictures."""
    IMAGES.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        sound = Path(folder) / "microphone.wav"
        write_microphone(sound, sample="strong_answer.mp3")
        stack = RunningStack(Path(folder) / "data")
        try:
            stack.start()
            with Chromium(microphone=sound) as browser:
                take_pictures(stack, browser)
        finally:
            stack.stop()


if __name__ == "__main__":
    main()
