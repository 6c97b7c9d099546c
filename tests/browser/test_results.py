"""How soon a finished result is shown, and what the page asks the server for meanwhile."""

import json
import os
import subprocess
import sys
import wave
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Playwright, Request, Route, expect

from tests.browser.chromium import launch
from tests.browser.visitor import Visitor, answer_once
from tests.environment import ROOT
from tests.running_stack import RunningStack

SHOWN_WITHIN = 5.0  # seconds, on a machine that is busy with tests; 0.1 to 1 is usual
WATCH = """() => { new MutationObserver(() => {
  if (!window.shownAt && document.body.innerText.includes("See result")) window.shownAt = Date.now();
}).observe(document.body, { childList: true, subtree: true }); }"""
FINISHED = """
from django.db.models import Max
from pipeline.models import StageRun
print(StageRun.objects.filter(run__session__uuid="%s").aggregate(at=Max("ended_at"))["at"].timestamp())
"""
REFUSAL = {"success": False, "error": {"message": "No questions today.", "details": []}}
HIDE = """(isHidden) => {
  Object.defineProperty(document, "hidden", { value: isHidden, configurable: true });
  document.dispatchEvent(new Event("visibilitychange"));
}"""


@pytest.fixture
def quiet_browser(playwright: Playwright, tmp_path: Path) -> Iterator[Browser]:
    """A browser whose microphone hears nothing: the server is done long before it expects to be."""
    with wave.open(str(tmp_path / "silence.wav"), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(16_000)
        file.writeframes(bytes(2 * 16_000 * 10))
    running = launch(playwright, microphone=tmp_path / "silence.wav")
    yield running
    running.close()


@pytest.fixture
def visitor(browser: Browser, stack: RunningStack) -> Iterator[Visitor]:
    """Somebody with an interview, at the overview."""
    somebody = Visitor(browser, stack)
    somebody.register()
    somebody.set_up(questions=2)
    somebody.go("#/", until="Latest interviews")
    yield somebody
    somebody.window.close()


def test_a_finished_result_is_shown_at_once(
    quiet_browser: Browser, stack: RunningStack, note: Callable[[str], None]
) -> None:
    visitor = Visitor(quiet_browser, stack)
    visitor.register()
    visitor.set_up(questions=1)
    visitor.face_question()
    visitor.record(3)
    visitor.page.evaluate(WATCH)

    visitor.click("Send the answer")
    visitor.see("See result", seconds=120)

    late = float(visitor.page.evaluate("window.shownAt")) / 1000 - _finished(stack, visitor)
    note(f"{late:.2f} s from finished on the server to shown")
    assert late < SHOWN_WITHIN


class TestProgress:
    def test_is_held_by_the_server_until_there_is_news(self, visitor: Visitor) -> None:
        standings = [_under_way(visitor), _under_way(visitor, "completed")]
        asked = _answer_progress(visitor, standings)

        visitor.face_question()

        visitor.see("See result")
        assert [request.headers.get("prefer") for request in asked] == [None, "wait=10"]

    def test_of_several_answers_is_asked_for_each_second(self, visitor: Visitor) -> None:
        both = _under_way(visitor, "processing", "processing")
        asked = _answer_progress(visitor, [both, _under_way(visitor, "completed", "processing")])

        visitor.face_question()

        visitor.see("See result")
        assert asked[1].headers["prefer"] == "wait=1"

    def test_is_not_asked_for_while_the_tab_is_in_the_background(self, visitor: Visitor) -> None:
        asked = _answer_progress(visitor, [_under_way(visitor, "completed")])
        visitor.page.evaluate(HIDE, True)

        visitor.face_question()
        expect(visitor.page.get_by_role("button", name="Start recording")).to_be_visible()
        assert asked == []
        visitor.page.evaluate(HIDE, False)

        visitor.see("See result")


class TestANewInterview:
    def test_takes_the_fields_as_they_are_after_a_try_that_was_refused(
        self, visitor: Visitor
    ) -> None:
        fields = visitor.page.get_by_label("Number of questions")
        visitor.go("#/new", until="Get my questions")
        visitor.fill("Target role", "Data Analyst")
        answer_once(visitor.page, "**/generate", status=409, body=REFUSAL)
        visitor.click("Get my questions")
        visitor.see("No questions today.")

        visitor.fill("Target role", "Registered Nurse")
        visitor.page.get_by_label("Difficulty").select_option("hard")
        visitor.click("Get my questions")
        visitor.see("Check your microphone")

        interview = visitor.read(f"/interviews/sessions/{visitor.place.rpartition('/')[2]}")
        assert (interview["target_role"], interview["difficulty"]) == ("Registered Nurse", "hard")
        titles = [one["title"] for one in visitor.read("/feedback/history")["sessions"]]
        assert not [title for title in titles if "Data Analyst" in title]
        expect(fields).to_have_count(0)

    def test_is_not_opened_with_a_number_that_is_out_of_range(self, visitor: Visitor) -> None:
        visitor.go("#/new", until="Get my questions")
        visitor.fill("Target role", "Data Analyst")
        visitor.fill("Number of questions", "30")

        visitor.click("Get my questions")

        visitor.see("Enter a number from 1 to 20.")
        assert len(visitor.read("/feedback/history")["sessions"]) == 1


def _under_way(visitor: Visitor, *statuses: str) -> dict[str, Any]:
    """Return progress as the API tells it, with answers that stand like this."""
    progress = dict(visitor.read(f"/interviews/sessions/{visitor.session}/progress"))
    work = {"stage": "transcribe", "progress": 0.5, "queue_position": 0, "eta_seconds": 10.0}
    rows = zip(progress["questions"], statuses or ("processing",), strict=False)
    changed = [{**row, **work, "status": status, "attempt": 1} for row, status in rows]
    progress["questions"] = [*changed, *progress["questions"][len(changed) :]]
    whole = {row["status"] for row in changed}
    return {**progress, **work, "status": "processing" if "processing" in whole else "completed"}


def _answer_progress(visitor: Visitor, standings: list[dict[str, Any]]) -> list[Request]:
    """Answer requests for progress with these in turn; return the list that they are put in."""
    asked: list[Request] = []

    def answer(route: Route) -> None:
        asked.append(route.request)
        standing = standings[min(len(asked), len(standings)) - 1]
        held = {"Preference-Applied": "wait"} if "prefer" in route.request.headers else {}
        body = {"success": True, "data": standing, "meta": {}}
        route.fulfill(
            status=200,
            headers={**held, "Content-Type": "application/json"},
            body=json.dumps(body),
        )

    visitor.page.route("**/progress", answer)
    return asked


def _finished(stack: RunningStack, visitor: Visitor) -> float:
    """Return when the last stage of the visitor's interview ended, in seconds since 1970."""
    found = subprocess.run(
        [sys.executable, "manage.py", "shell", "--no-imports", "-c", FINISHED % visitor.session],
        cwd=ROOT,
        env={**os.environ, **stack.environment()},
        check=True,
        capture_output=True,
        text=True,
    )
    return float(found.stdout.strip().splitlines()[-1])
