"""From registration to the dashboard: a real recorder, a real upload, real recognition and real scores."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import jiwer
import pytest
from playwright.sync_api import Browser, Request, expect

from tests.browser.visitor import Visitor, look_like, sideways, wait_until
from tests.recordings import plain, spoken_text
from tests.running_stack import RunningStack

SPEECH_SECONDS = 31  # of what the microphone hears, silence around it included
WORDS_HEARD = 0.9  # at least
FIRST_LOAD = 100 * 1024  # bytes
# When the first field can be written in, by the page's own clock.
WATCH = """new MutationObserver((_, watch) => { if (!document.querySelector("form input")) return;
  window.interactiveAt = performance.now(); watch.disconnect(); })
  .observe(document, { childList: true, subtree: true })"""
SHIFT = """new Promise((resolve) => { let all = 0; new PerformanceObserver((list) => {
  for (const entry of list.getEntries()) if (!entry.hadRecentInput) all += entry.value; })
  .observe({ type: "layout-shift", buffered: true }); setTimeout(() => resolve(all), 300); })"""


@dataclass
class Walk:
    """What was seen on the way."""

    visitor: Visitor
    first_bytes: int
    first_shift: float
    interactive: float  # milliseconds
    answer: str  # the result's address
    answer_text: str
    results_text: str
    overview_text: str


@pytest.fixture(scope="module")
def walk(browser: Browser, stack: RunningStack) -> Walk:
    """Somebody goes through an interview with one answer."""
    visitor = Visitor(browser, stack)
    page = visitor.page
    loaded: list[Request] = []
    page.on("requestfinished", lambda one: loaded.append(one))  # noqa: PLW0108 - a builtin fails
    page.add_init_script(WATCH)
    page.goto(stack.url)
    visitor.see("New here?")
    wait_until(page, "() => window.interactiveAt")
    first_bytes = sum(map(_size, loaded))
    first_shift = float(page.evaluate(SHIFT))
    interactive = float(page.evaluate("window.interactiveAt"))
    visitor.register()
    visitor.set_up()
    visitor.see("Sounds good!")
    visitor.click("To the first question")
    visitor.record(SPEECH_SECONDS)
    visitor.click("Send the answer")
    visitor.see("Your answer has arrived")
    visitor.click("Next question")
    visitor.see("Question 2 of 3")
    visitor.see("See result", seconds=180)
    visitor.click("See result")
    visitor.see("Keywords")
    expect(page.locator("button.word").nth(10)).to_be_visible()
    answer, answer_text = visitor.place, page.inner_text("body")
    visitor.go(f"#/results/{visitor.session}", until="Readiness")
    results_text = page.inner_text("body")
    visitor.go("#/", until="Latest interviews")
    expect(page.locator(".chart")).to_have_count(4)
    return Walk(
        visitor,
        first_bytes,
        first_shift,
        interactive,
        answer,
        answer_text,
        results_text,
        page.inner_text("body"),
    )


def _size(request: Request) -> int:
    sizes = request.sizes()
    return sizes["responseHeadersSize"] + sizes["responseBodySize"]


class TestTheWalk:
    def test_hears_what_was_said_into_the_microphone(self, walk: Walk) -> None:
        question = walk.answer.rpartition("/")[2]
        place = f"/interviews/sessions/{walk.visitor.session}/questions/{question}"
        heard = walk.visitor.read(f"{place}/transcript")

        said = plain(spoken_text("strong_answer"))
        errors = jiwer.wer(said, plain(heard["transcript"]))

        assert errors <= 1 - WORDS_HEARD
        assert 28 < heard["duration"] < 40

    def test_uploads_what_a_browser_records(self, walk: Walk) -> None:
        question = walk.answer.rpartition("/")[2]
        session = walk.visitor.session
        [attempt] = walk.visitor.read(
            f"/feedback/sessions/{session}/questions/{question}/attempts"
        )["attempts"]

        assert attempt["format"] == "webm"
        assert attempt["scorable"]

    def test_shows_the_transcript_and_why_each_score_is_what_it_is(self, walk: Walk) -> None:
        assert "payments team" in walk.answer_text
        for name in ("Relevance", "Grammar", "Fluency", "Keywords", "Suggestions", "Hear it ("):
            assert name in walk.answer_text

    def test_ends_with_scores_and_advice(self, walk: Walk) -> None:
        for name in (
            "of 100",
            "Readiness",
            "Strengths",
            "Next steps",
            "Model answers",
        ):
            assert name in walk.results_text

    def test_adds_up_on_the_overview(self, walk: Walk) -> None:
        for name in ("Average score", "Streak", "What to practice next", "Data Engineer interview"):
            assert name in walk.overview_text

    def test_plays_a_word_from_its_place(self, walk: Walk) -> None:
        page = walk.visitor.page
        walk.visitor.go(walk.answer, until="payments")
        wait_until(page, "() => document.querySelector('audio')?.readyState >= 1")

        page.locator("button.word").nth(20).click()

        start = walk.visitor.read(_transcript(walk))["words"][20]["start"]
        wait_until(
            page, "(start) => document.querySelector('audio').currentTime >= start - 0.1", start
        )
        page.evaluate("document.querySelector('audio').pause()")

    def test_goes_from_word_to_word_with_the_arrow_keys(self, walk: Walk) -> None:
        page = walk.visitor.page
        walk.visitor.go(walk.answer, until="payments")
        words = page.locator("button.word")
        expect(words.nth(10)).to_be_visible()

        words.first.focus()
        page.keyboard.press("ArrowRight")
        page.keyboard.press("ArrowRight")

        expect(words.nth(2)).to_be_focused()
        expect(page.locator('button.word[tabindex="0"]')).to_have_count(1)

    def test_takes_a_corrected_transcript_and_scores_it_again(self, walk: Walk) -> None:
        page = walk.visitor.page
        walk.visitor.go(walk.answer, until="payments")
        walk.visitor.click("Fix transcript")
        heard = page.locator("textarea").input_value()

        walk.visitor.fill("What you said", f"{heard} That is all.")
        walk.visitor.submit()

        walk.visitor.see("3 words added")
        walk.visitor.see("You edited this transcript")
        walk.visitor.see("Suggestions")
        assert walk.visitor.read(_transcript(walk))["original_transcript"] == heard

    def test_hands_out_the_report(self, walk: Walk) -> None:
        walk.visitor.go(f"#/results/{walk.visitor.session}", until="Download report (PDF)")

        with walk.visitor.page.expect_download() as loading:
            walk.visitor.click("Download report (PDF)")

        assert loading.value.suggested_filename.endswith(".pdf")
        assert loading.value.path().read_bytes().startswith(b"%PDF-")

    def test_loads_little_at_first_and_does_not_jump(
        self, walk: Walk, note: Callable[[str], None]
    ) -> None:
        note(
            f"{walk.first_bytes / 1024:.1f} KB, its first field can be written in after {walk.interactive:.0f} ms, "
            f"layout shift {walk.first_shift:.3f}"
        )

        assert walk.first_bytes < FIRST_LOAD
        assert walk.first_shift < 0.1
        assert walk.interactive < 10_000  # on a machine that is busy with tests

    def test_asks_this_site_alone_and_breaks_no_rule_of_the_policy(self, walk: Walk) -> None:
        elsewhere = [
            url
            for url in walk.visitor.requests
            # the browser's own player has pictures of its own
            if not url.startswith((walk.visitor.url, "blob:", "about:", "data:"))
        ]

        assert elsewhere == []
        assert walk.visitor.complaints == []


def _transcript(walk: Walk) -> str:
    question = walk.answer.rpartition("/")[2]
    return f"/interviews/sessions/{walk.visitor.session}/questions/{question}/transcript"


SCREENS = {
    "overview": ("#/", "Latest interviews"),
    "new interview": ("#/new", "Get my questions"),
    "microphone": ("#/microphone/{session}", "Sounds good!"),
    "question": ("#/interview/{session}/2", "Start recording"),
    "answer": ("{answer}", "payments"),
    "results": ("#/results/{session}", "Readiness"),
    "history": ("#/history", "1 interview"),
    "nothing to send": ("#/kept", "Everything was sent"),
    "no such page": ("#/nowhere", "There is no such page."),
}
LOOKS: dict[str, dict[str, Any]] = {
    "desktop": {"width": 1280, "height": 800},
    "phone in the dark": {"width": 360, "height": 740, "dark": True},
}


@pytest.mark.parametrize("look", LOOKS)
@pytest.mark.parametrize("name", SCREENS)
class TestAScreen:
    def test_has_no_barrier_and_fits(self, walk: Walk, axe: str, name: str, look: str) -> None:
        place, words = SCREENS[name]
        look_like(walk.visitor.page, **LOOKS[look])
        elsewhere = "history" if name == "nothing to send" else "nothing to send"
        walk.visitor.go(SCREENS[elsewhere][0], until=SCREENS[elsewhere][1])

        walk.visitor.go(place.format(session=walk.visitor.session, answer=walk.answer), until=words)

        assert walk.visitor.barriers(axe) == []
        assert walk.visitor.small_targets() == []
        assert sideways(walk.visitor.page) <= 0


@pytest.fixture
def stranger(browser: Browser, stack: RunningStack) -> Visitor:
    """Somebody who has not signed in."""
    return Visitor(browser, stack)


@pytest.mark.parametrize("place", ["#/sign-in", "#/register"])
def test_the_door_has_no_barrier(stranger: Visitor, axe: str, place: str) -> None:
    stranger.page.goto(f"{stranger.url}/{place}")
    stranger.see("Password")

    assert stranger.barriers(axe) == []
    assert stranger.small_targets() == []


def test_two_hundred_percent_fit(stranger: Visitor) -> None:
    look_like(stranger.page, width=640, height=400)  # what is left of 1280 by 800
    stranger.page.goto(f"{stranger.url}/#/register")
    stranger.see("Password")

    assert sideways(stranger.page) <= 0


def test_german_is_one_click_away(stranger: Visitor) -> None:
    stranger.page.goto(stranger.url)
    stranger.see("New here?")

    stranger.click("Deutsch")

    stranger.see("Neu hier?")
    assert stranger.page.evaluate("document.documentElement.lang") == "de"
