"""The demonstration, without a platform."""

import io
from pathlib import Path

import httpx
import pytest
from rich.console import Console

from interview_platform.stack.demo_client import DemoClient, StepFailed
from interview_platform.stack.demo_interview import Answer, Interview, closest, find_recordings
from interview_platform.stack.demo_report import print_report


class Api:
    """Answers what it was told to, one after the other."""

    def __init__(self, *answers: httpx.Response) -> None:
        self.answers = list(answers)
        self.requests: list[httpx.Request] = []

    def __call__(self, request: httpx.Request) -> httpx.Response:
        self.requests.append(request)
        return self.answers.pop(0)


def client_of(api: Api) -> DemoClient:
    client = DemoClient("http://test")
    client._http = httpx.Client(base_url="http://test/api/v1/", transport=httpx.MockTransport(api))
    return client


def envelope(data: object, status: int = 200, **headers: str) -> httpx.Response:
    return httpx.Response(status, json={"success": True, "data": data}, headers=headers)


class TestDemoClient:
    def test_waits_until_the_result_is_there(self) -> None:
        api = Api(
            envelope({"status": "processing"}, 202, **{"Preference-Applied": "wait=30"}),
            envelope({"status": "queued"}, 202, **{"Retry-After": "0"}),
            envelope({"status": "completed", "transcript": "Hello."}),
        )

        result = client_of(api).result("x/transcribe", {"language": "en"})

        assert result["transcript"] == "Hello."
        assert [request.headers["Prefer"] for request in api.requests] == ["wait=30"] * 3

    def test_says_why_work_failed(self) -> None:
        failure = {"message": "The recording is damaged"}
        api = Api(envelope({"status": "failed", "failure": failure}))

        with pytest.raises(StepFailed, match="The recording is damaged"):
            client_of(api).result("x/transcribe")

    def test_says_what_was_refused(self) -> None:
        rows = [{"field": "email", "message": "Enter an address", "code": "invalid"}]
        error = {"code": 422, "message": "Validation error", "details": rows}
        api = Api(httpx.Response(422, json={"success": False, "data": None, "error": error}))

        with pytest.raises(StepFailed, match="422 Validation error; email: Enter an address"):
            client_of(api).post("users/register")

    def test_says_when_it_was_no_answer_of_ours(self) -> None:
        with pytest.raises(StepFailed, match="502 without JSON"):
            client_of(Api(httpx.Response(502, text="<html>"))).get("users/me")


class TestRecordings:
    def test_ship_with_the_project(self) -> None:
        found = find_recordings()

        assert len(found) == 2
        assert all(recording.path.is_file() for recording in found)

    def test_are_missed_with_a_sentence(self, tmp_path: Path) -> None:
        with pytest.raises(StepFailed, match="are not in"):
            find_recordings(tmp_path)

    def test_answer_the_closest_question(self) -> None:
        questions = [
            {"question_text": "Why do you like databases?"},
            {"question_text": "Tell me about a late project."},
        ]

        assert closest("How did you save a project that was late?", questions) is questions[1]


class TestReport:
    def test_prints_what_is_there_and_a_dash_for_what_is_not(self) -> None:
        interview = Interview(DemoClient("http://test"), find_recordings())
        answer = Answer({"question_text": "Why?"}, interview.recordings[0])
        answer.transcript = {"transcript": "Because " * 200}
        interview.answers = [answer]
        interview.scores = {
            "total_score": 79.1,
            "letter_grade": "B+",
            "breakdown": {"relevance": {"raw": 82, "weighted": 28.7}, "keywords": None},
        }
        interview.feedback = {
            "overall_rating": "Good",
            "strengths": [{"category": "Relevance", "message": "Clear [bold]", "quote": "we won"}],
            "next_steps": ["Practise."],
        }
        output = io.StringIO()

        print_report(Console(file=output, width=160), interview)

        text = output.getvalue()
        assert "79.1 of 100, grade B+" in text
        assert "Relevance: Clear [bold] (“we won”)" in text
        assert "• Practise." in text
        assert "…" in text
        assert "overall -" in text
