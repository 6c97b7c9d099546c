"""Somebody goes from registration to feedback, with a real recording, on the whole platform."""

from collections.abc import Iterator
from typing import Any

import jiwer
import pytest

from tests.candidate import Candidate
from tests.recordings import plain, sample, spoken_text
from tests.running_stack import RunningStack

pytestmark = pytest.mark.journey

MISHEARD = 0.15  # of the words, at most: the recognition's own tests are stricter
METRICS = ("relevance", "grammar", "fluency", "keywords")
WEIGHTS = dict(zip(METRICS, (0.35, 0.20, 0.25, 0.20), strict=True))


@pytest.fixture(scope="session")
def polling(stack: RunningStack) -> Iterator[Candidate]:
    """Somebody who comes again when told to, through with the interview."""
    with Candidate(stack.url, waits=False) as candidate:
        candidate.go_through(sample("strong_answer.mp3"))
        yield candidate


@pytest.fixture(params=["waiting", "polling"])
def candidate(request: pytest.FixtureRequest) -> Candidate:
    """Each of the two, through with the interview."""
    found: Candidate = request.getfixturevalue(request.param)
    return found


class TestFirstInterview:
    def test_understands_what_was_said(self, candidate: Candidate) -> None:
        found = candidate.data("transcribe")
        said = plain(spoken_text("strong_answer"))

        assert jiwer.wer(said, plain(found["transcript"])) <= MISHEARD
        assert found["language"] == "en"
        assert 0.5 < found["confidence"] <= 1
        assert found["word_count"] == len(found["words"])

    def test_measures_the_recording_and_believes_no_client(self, candidate: Candidate) -> None:
        uploaded, transcript = candidate.data("upload"), candidate.data("transcribe")

        assert candidate.answers["upload"].status_code == 201
        assert uploaded["format"] == "mp3"
        assert uploaded["size_bytes"] == sample("strong_answer.mp3").stat().st_size
        assert 20 < uploaded["duration"] < 40  # the client said 95
        assert transcript["duration"] == pytest.approx(uploaded["duration"], abs=0.2)

    def test_judges_the_answer_by_the_keywords_that_were_asked_for(
        self, candidate: Candidate
    ) -> None:
        found = candidate.data("evaluate")
        scores = {name: found[key] for name, key in zip(METRICS, _keys(), strict=True)}

        assert all(0 <= score <= 100 for score in scores.values())
        assert found["overall_score"] == pytest.approx(_weighted(scores), abs=0.1)
        assert found["keyword_score"] > 0

    def test_sums_up_as_the_rules_say(self, candidate: Candidate) -> None:
        scores = candidate.data("scores")
        weighted = [scores["breakdown"][name]["weighted"] for name in METRICS]

        assert scores["total_score"] == pytest.approx(sum(weighted), abs=1e-6)
        assert len(scores["question_scores"]) >= 1

    def test_ends_with_advice(self, candidate: Candidate) -> None:
        feedback = candidate.data("feedback")

        assert feedback["strengths"] + feedback["weaknesses"]
        assert feedback["suggestions"]
        assert feedback["next_steps"]
        assert 0 <= feedback["readiness_score"] <= 100

    def test_shows_on_the_dashboard(self, candidate: Candidate) -> None:
        found = candidate.data("dashboard")

        assert found["total_interviews"] == 1
        assert found["total_questions"] == 1  # with a recording
        assert found["best_score"] == candidate.data("scores")["total_score"]
        assert found["current_streak"] == 1
        assert found["total_practice_time"] == pytest.approx(
            candidate.data("upload")["duration"] / 60, abs=0.1
        )

    def test_is_the_same_for_who_waits_and_who_polls(
        self, waiting: Candidate, polling: Candidate
    ) -> None:
        assert polling.not_yet > 0
        assert waiting.not_yet == 0
        assert waiting.data("transcribe")["transcript"] == polling.data("transcribe")["transcript"]


class TestAResult:
    def test_is_said_to_have_been_waited_for(self, waiting: Candidate) -> None:
        assert waiting.answers["transcribe"].headers["Preference-Applied"].startswith("wait=")

    @pytest.mark.parametrize("path", ["scores", "feedback"])
    def test_is_not_sent_again_to_who_has_it(self, waiting: Candidate, path: str) -> None:
        address = f"{waiting.feedback_path}/{path}"
        first = waiting.http.get(address)

        second = waiting.http.get(address, headers={"If-None-Match": first.headers["ETag"]})

        assert (first.status_code, second.status_code) == (200, 304)
        assert second.content == b""

    def test_is_not_made_again_for_the_same_input(self, waiting: Candidate) -> None:
        first = waiting.answers["transcribe"]

        again = waiting.http.post(first.request.url.path, json={"language": "en"})

        assert again.status_code == 200
        assert _body(again) == _body(first)


def _keys() -> tuple[str, ...]:
    return ("relevance_score", "grammar_score", "fluency_score", "keyword_score")


def _weighted(scores: dict[str, float]) -> float:
    return sum(WEIGHTS[name] * score for name, score in scores.items())


def _body(response: Any) -> Any:
    return response.json()["data"]
