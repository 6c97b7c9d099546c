"""What can go wrong: each says what happened and what to do, and no recording is lost."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, expect

from tests.browser.visitor import PASSWORD, Visitor, answer_once
from tests.running_stack import RunningStack

TYPED = " ".join(
    ["I wrote down what was blocking the team, and we agreed on a plan for the release together."]
    * 3
)
CANNOT_RECORD = "delete window.MediaRecorder"
IS_FOCUSED = """(wanted) =>
  [document.activeElement.textContent.trim(), document.activeElement.name].includes(wanted)"""
SHOW_AGAIN = "dispatchEvent(new HashChangeEvent('hashchange'))"


@pytest.fixture
def visitor(browser: Browser, stack: RunningStack) -> Visitor:
    """Somebody at the first question of an interview."""
    somebody = Visitor(browser, stack)
    somebody.register()
    somebody.set_up()
    somebody.face_question()
    return somebody


class TestALostConnection:
    def test_keeps_the_recording_and_sends_it_when_it_is_back(self, visitor: Visitor) -> None:
        visitor.record(2)
        visitor.window.set_offline(True)

        visitor.click("Send the answer")
        visitor.see("Your recording is kept, and sent as soon as that is possible.")
        visitor.see("You are offline")
        visitor.window.set_offline(False)

        visitor.see("Your answer has arrived")
        assert visitor.questions()[0]["attempt_count"] == 1


class TestAClosedTab:
    def test_costs_no_recording_that_was_not_sent(
        self, visitor: Visitor, stack: RunningStack
    ) -> None:
        visitor.record(2)
        visitor.page.close()

        again = visitor.another_tab(stack)
        again.session = visitor.session
        again.page.goto(stack.url)
        again.see("1 recording was not sent yet")
        again.click("Listen, send or discard")
        again.see("They are kept in this browser")
        again.click("Send")

        again.see("Back to the interview")
        assert again.questions()[0]["attempt_count"] == 1

    def test_costs_a_recording_under_way_its_last_second_at_most(
        self, visitor: Visitor, stack: RunningStack
    ) -> None:
        visitor.start_recording(4)
        visitor.page.close()

        again = visitor.another_tab(stack)
        again.session = visitor.session
        again.page.goto(f"{stack.url}/#/interview/{visitor.session}/1")
        again.see("A recording of this question was not sent yet")
        again.click("Send the answer")
        again.see("Your answer has arrived")

        [attempt] = again.read(
            f"/feedback/sessions/{again.session}/questions/{again.questions()[0]['id']}/attempts"
        )["attempts"]
        assert attempt["duration"] >= 2.5


class TestAnExpiredToken:
    def test_is_replaced_unseen(self, visitor: Visitor) -> None:
        visitor.go("#/history", until="1 interview")

        answer_next(visitor, "**/feedback/history*", status=401, body={})

        visitor.see("1 interview")
        assert "Sign in" not in visitor.page.inner_text("body")

    def test_does_not_end_the_log_in_at_a_reload(
        self, visitor: Visitor, stack: RunningStack
    ) -> None:
        visitor.page.goto(f"{stack.url}/?again#/history")

        visitor.see("1 interview")

    def test_leaves_no_refresh_token_to_scripts(self, visitor: Visitor) -> None:
        seen = visitor.page.evaluate("document.cookie + JSON.stringify(localStorage)")

        assert "eyJ" not in seen

    def test_lets_him_sign_in_and_go_on_where_he_was_when_the_log_in_is_over(
        self, visitor: Visitor
    ) -> None:
        visitor.go("#/history", until="1 interview")
        visitor.window.clear_cookies()

        answer_next(visitor, "**/feedback/history*", status=401, body={})
        visitor.see("You've been signed out.")
        visitor.sign_in()

        visitor.see("1 interview")
        assert visitor.place == "#/history"


class TestAMicrophone:
    def test_that_is_not_there_is_said_to_be_missing(
        self, deaf_browser: Browser, stack: RunningStack
    ) -> None:
        visitor = Visitor(deaf_browser, stack)
        visitor.register()
        visitor.set_up()

        visitor.see("No microphone was found")
        visitor.click("Continue and type your answers")
        visitor.click("Type the answer instead")
        visitor.see("Your answer")

    def test_that_is_blocked_is_said_to_be(self, shy_browser: Browser, stack: RunningStack) -> None:
        visitor = Visitor(shy_browser, stack)
        visitor.window.grant_permissions([], origin=stack.url)  # and none to all else
        visitor.register()
        visitor.set_up()

        visitor.see("The microphone is blocked")
        visitor.see("Allow it at the lock")
        visitor.click("Continue and type your answers")
        visitor.see("Type the answer instead")

    def test_is_not_asked_for_by_a_browser_that_cannot_record(
        self, browser: Browser, stack: RunningStack
    ) -> None:
        visitor = Visitor(browser, stack)
        visitor.page.add_init_script(CANNOT_RECORD)
        visitor.register()
        visitor.set_up()

        visitor.see("This browser cannot record")
        visitor.click("Continue and type your answers")
        visitor.click("Type the answer instead")
        visitor.fill("Your answer", TYPED)
        visitor.click("Send the answer")
        visitor.see("Your answer has arrived")
        visitor.see("See result", seconds=90)
        visitor.click("See result")

        visitor.see("A typed answer has no pace and no pauses.")
        visitor.see("This answer was typed")


class TestAFailedStage:
    def test_is_explained_and_can_be_tried_again(self, visitor: Visitor) -> None:
        failure = {
            "code": "worker_lost",
            "message": "The worker was lost each time it worked on this recording.",
            "retryable": True,
            "stage": "transcribe",
        }
        visitor.record(2)
        visitor.click("Send the answer")
        visitor.see("Your answer has arrived")
        question = visitor.questions()[0]["id"]
        visitor.go(f"#/answer/{visitor.session}/{question}", until="Transcript")
        expect(visitor.page.locator("audio").first).to_be_visible(timeout=90_000)

        body = {"success": True, "data": {"status": "failed", "failure": failure}, "meta": {}}
        answer_next(visitor, "**/transcript", status=200, body=body)

        visitor.see("This step failed: Transcribing")
        visitor.see("The worker was lost each time")
        visitor.click("Try again")
        expect(visitor.page.locator("audio").first).to_be_visible()


class TestAKeyboard:
    def test_is_enough_to_register(self, browser: Browser, stack: RunningStack) -> None:
        visitor = Visitor(browser, stack)
        keys = visitor.page.keyboard
        visitor.page.goto(stack.url)
        visitor.see("New here?")

        _tab_to(visitor, "Register")
        keys.press("Enter")
        visitor.see("Your name")
        expect(visitor.page.locator("h1")).to_be_focused()
        for name, value in (
            ("full_name", "Jane Doe"),
            ("email", visitor.email),
            ("password", PASSWORD),
        ):
            _tab_to(visitor, name)
            keys.insert_text(value)
        keys.press("Enter")

        visitor.see("Your first interview")

    def test_can_jump_to_the_content(self, browser: Browser, stack: RunningStack) -> None:
        visitor = Visitor(browser, stack)
        visitor.page.goto(stack.url)
        visitor.see("New here?")
        visitor.page.locator("#skip").focus()

        visitor.page.keyboard.press("Enter")

        expect(visitor.page.locator("h1")).to_be_focused()


class TestAMistake:
    def test_is_shown_beside_its_field(self, browser: Browser, stack: RunningStack) -> None:
        visitor = Visitor(browser, stack)
        visitor.page.goto(f"{stack.url}/#/register")
        visitor.see("Your name")
        visitor.fill("Your name", "Jane Doe")
        visitor.fill("Email address", "nobody")
        visitor.fill("Password", PASSWORD)

        visitor.submit()

        visitor.see("Enter a valid email address.")
        email = visitor.page.get_by_label("Email address")
        expect(email).to_be_focused()
        expect(email).to_have_attribute("aria-invalid", "true")


@pytest.fixture(autouse=True)
def _nothing_is_left_open(browser: Browser) -> Iterator[None]:
    yield
    for window in browser.contexts:
        window.close()


def answer_next(visitor: Visitor, pattern: str, *, status: int, body: object) -> None:
    """Show the screen again, and give its request to such an address another answer."""
    answer_once(visitor.page, pattern, status=status, body=body)
    with visitor.page.expect_response(pattern):
        visitor.page.evaluate(SHOW_AGAIN)


def _tab_to(visitor: Visitor, wanted: str) -> None:
    """Press Tab until the thing with this text or name has the focus."""
    for _ in range(40):
        visitor.page.keyboard.press("Tab")
        if visitor.page.evaluate(IS_FOCUSED, wanted):
            return
    raise AssertionError(f"{wanted} cannot be reached with the keyboard")
