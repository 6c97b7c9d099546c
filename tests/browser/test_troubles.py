"""What can go wrong: each says what happened and what to do, and no recording is lost."""

import json
from collections.abc import Iterator

import pytest

from tests.browser.chromium import Chromium
from tests.browser.visitor import PASSWORD, Visitor
from tests.running_stack import RunningStack

TYPED = " ".join(
    ["I wrote down what was blocking the team, and we agreed on a plan for the release together."]
    * 3
)
CANNOT_RECORD = "delete window.MediaRecorder"
SHOW_AGAIN = "dispatchEvent(new HashChangeEvent('hashchange'))"


@pytest.fixture
def visitor(browser: Chromium, stack: RunningStack) -> Visitor:
    """Somebody at the first question of an interview."""
    somebody = Visitor(browser, stack)
    somebody.register()
    somebody.set_up()
    somebody.face_question()
    return somebody


class TestALostConnection:
    def test_keeps_the_recording_and_sends_it_when_it_is_back(self, visitor: Visitor) -> None:
        visitor.record(2)
        visitor.page.set_offline(is_offline=True)

        visitor.page.click("Send the answer")
        visitor.page.wait_for_text("Your recording is kept, and sent as soon as that is possible.")
        visitor.page.wait_for_text("You are offline")
        visitor.page.set_offline(is_offline=False)

        visitor.page.wait_for_text("Your answer has arrived")
        assert visitor.questions()[0]["attempt_count"] == 1


class TestAClosedTab:
    def test_costs_no_recording_that_was_not_sent(
        self, visitor: Visitor, stack: RunningStack
    ) -> None:
        visitor.record(2)
        visitor.page.crash()

        again = visitor.another_tab(stack)
        again.session = visitor.session
        again.page.open(stack.url)
        again.page.wait_for_text("1 recording was not sent yet")
        again.page.click("Listen, send or discard")
        again.page.wait_for_text("They are kept in this browser")
        again.page.click("Send")

        again.page.wait_for_text("Back to the interview")
        assert again.questions()[0]["attempt_count"] == 1

    def test_costs_a_recording_under_way_its_last_second_at_most(
        self, visitor: Visitor, stack: RunningStack
    ) -> None:
        visitor.page.click("Start recording")
        visitor.page.wait_for("document.querySelector('.time')?.textContent.startsWith('0:04')")
        visitor.page.crash()

        again = visitor.another_tab(stack)
        again.session = visitor.session
        again.page.open(f"{stack.url}/#/interview/{visitor.session}/1")
        again.page.wait_for_text("A recording of this question was not sent yet")
        again.page.click("Send the answer")
        again.page.wait_for_text("Your answer has arrived")

        [attempt] = again.read(
            f"/feedback/sessions/{again.session}/questions/{again.questions()[0]['id']}/attempts"
        )["attempts"]
        assert attempt["duration"] >= 2.5


class TestAnExpiredToken:
    def test_is_replaced_unseen(self, visitor: Visitor) -> None:
        visitor.go("#/history", until="1 interview")

        visitor.page.answer_next("*/feedback/history*", status=401, body={}, cause=SHOW_AGAIN)

        visitor.page.wait_for_text("1 interview")
        assert "Sign in" not in visitor.page.text()

    def test_does_not_end_the_log_in_at_a_reload(
        self, visitor: Visitor, stack: RunningStack
    ) -> None:
        visitor.page.open(f"{stack.url}/?again#/history")

        visitor.page.wait_for_text("1 interview")

    def test_leaves_no_refresh_token_to_scripts(self, visitor: Visitor) -> None:
        seen = visitor.page.run("document.cookie + JSON.stringify(localStorage)")

        assert "eyJ" not in seen

    def test_lets_him_sign_in_and_go_on_where_he_was_when_the_log_in_is_over(
        self, visitor: Visitor
    ) -> None:
        visitor.go("#/history", until="1 interview")
        visitor.page.call("Network.clearBrowserCookies")

        visitor.page.answer_next("*/feedback/history*", status=401, body={}, cause=SHOW_AGAIN)
        visitor.page.wait_for_text("Your log-in has ended.")
        visitor.sign_in()

        visitor.page.wait_for_text("1 interview")
        assert visitor.page.run("location.hash") == "#/history"


class TestAMicrophone:
    def test_that_is_not_there_is_said_to_be_missing(
        self, deaf_browser: Chromium, stack: RunningStack
    ) -> None:
        visitor = Visitor(deaf_browser, stack)
        visitor.register()
        visitor.set_up()

        visitor.page.wait_for_text("No microphone was found")
        visitor.page.click("Go on and type the answers")
        visitor.page.click("Type the answer instead")
        visitor.page.wait_for_text("Your answer")

    def test_that_is_blocked_is_said_to_be(
        self, shy_browser: Chromium, stack: RunningStack
    ) -> None:
        visitor = Visitor(shy_browser, stack)
        denial = {
            "permission": {"name": "microphone"},
            "setting": "denied",
            "origin": stack.url,
            "browserContextId": visitor.page.context,
        }
        shy_browser.call("Browser.setPermission", denial)
        visitor.register()
        visitor.set_up()

        visitor.page.wait_for_text("The microphone is blocked")
        visitor.page.wait_for_text("Allow it at the lock")
        visitor.page.click("Go on and type the answers")
        visitor.page.wait_for_text("Type the answer instead")

    def test_is_not_asked_for_by_a_browser_that_cannot_record(
        self, browser: Chromium, stack: RunningStack
    ) -> None:
        visitor = Visitor(browser, stack)
        visitor.page.call("Page.addScriptToEvaluateOnNewDocument", source=CANNOT_RECORD)
        visitor.register()
        visitor.set_up()

        visitor.page.wait_for_text("This browser cannot record")
        visitor.page.click("Go on and type the answers")
        visitor.page.click("Type the answer instead")
        visitor.page.fill("Your answer", TYPED)
        visitor.page.click("Send the answer")
        visitor.page.wait_for_text("Your answer has arrived")
        visitor.page.wait_for_text("See result", seconds=90)
        visitor.page.click("See result")

        visitor.page.wait_for_text("A typed answer has no pace and no pauses.")
        visitor.page.wait_for_text("This answer was typed")


class TestAFailedStage:
    def test_is_explained_and_can_be_tried_again(self, visitor: Visitor) -> None:
        failure = {
            "code": "worker_lost",
            "message": "The worker was lost each time it worked on this recording.",
            "retryable": True,
            "stage": "transcribe",
        }
        visitor.record(2)
        visitor.page.click("Send the answer")
        visitor.page.wait_for_text("Your answer has arrived")
        question = visitor.questions()[0]["id"]
        visitor.go(f"#/answer/{visitor.session}/{question}", until="What was heard")
        visitor.page.wait_for("Boolean(document.querySelector('audio, .notice'))", seconds=90)

        body = {"success": True, "data": {"status": "failed", "failure": failure}, "meta": {}}
        visitor.page.answer_next("*/transcript", status=200, body=body, cause=SHOW_AGAIN)

        visitor.page.wait_for_text("This went wrong while writing down what you said")
        visitor.page.wait_for_text("The worker was lost each time")
        visitor.page.click("Try again")
        visitor.page.wait_for("Boolean(document.querySelector('audio'))")


class TestAKeyboard:
    def test_is_enough_to_register(self, browser: Chromium, stack: RunningStack) -> None:
        visitor = Visitor(browser, stack)
        page = visitor.page
        page.open(stack.url)
        page.wait_for_text("You are new here?")

        _tab_to(visitor, "Register")
        page.press("Enter")
        page.wait_for_text("Your name")
        assert page.run("document.activeElement.tagName") == "H1"
        for label, value in (
            ("full_name", "Jane Doe"),
            ("email", visitor.email),
            ("password", PASSWORD),
        ):
            _tab_to(visitor, label)
            page.call("Input.insertText", text=value)
        page.press("Enter")

        page.wait_for_text("Your first interview")

    def test_can_jump_to_the_content(self, browser: Chromium, stack: RunningStack) -> None:
        visitor = Visitor(browser, stack)
        visitor.page.open(stack.url)
        visitor.page.wait_for_text("You are new here?")
        visitor.page.run("document.getElementById('skip').focus()")

        visitor.page.press("Enter")

        assert visitor.page.run("document.activeElement.tagName") == "H1"


class TestAMistake:
    def test_is_shown_beside_its_field(self, browser: Chromium, stack: RunningStack) -> None:
        visitor = Visitor(browser, stack)
        visitor.page.open(f"{stack.url}/#/register")
        visitor.page.wait_for_text("Your name")
        visitor.page.fill("Your name", "Jane Doe")
        visitor.page.fill("E-mail address", "nobody")
        visitor.page.fill("Password", PASSWORD)

        visitor.submit()

        visitor.page.wait_for_text("Enter a valid email address.")
        assert visitor.page.run("document.activeElement.name") == "email"
        assert visitor.page.run("document.activeElement.ariaInvalid") == "true"


@pytest.fixture(autouse=True)
def _nothing_is_left_open(browser: Chromium) -> Iterator[None]:
    yield
    for target in browser.call("Target.getTargets")["targetInfos"]:
        if target["type"] == "page" and target.get("browserContextId"):
            browser.call("Target.closeTarget", {"targetId": target["targetId"]})


def _tab_to(visitor: Visitor, wanted: str) -> None:
    """Press Tab until the thing with this text or name has the focus."""
    for _ in range(40):
        visitor.page.press("Tab")
        if visitor.page.run(
            f"[document.activeElement.textContent.trim(), document.activeElement.name].includes({json.dumps(wanted)})"
        ):
            return
    raise AssertionError(f"{wanted} cannot be reached with the keyboard")
