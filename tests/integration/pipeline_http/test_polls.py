"""A poll finds person and result in one query, and says what the usual way says."""

import uuid
from collections.abc import Callable
from typing import Any

import pytest
from rest_framework.test import APIClient

from accounts.models import User
from accounts.tokens import issue_tokens, revoke_everything
from pipeline import selectors_poll
from pipeline.models import PipelineRun, Stage
from tests.factories import make_heartbeat, make_run, make_stage_run
from tests.integration.pipeline_http.conftest import FAILED, Place, data_of, make_judged_run

pytestmark = pytest.mark.django_db

RESULTS = ("transcript", "evaluation")


def make_waiting(place: Place) -> None:
    """Let the run wait behind others, on both queues."""
    for stage in (Stage.TRANSCRIBE, Stage.TRANSCRIBE, Stage.EVALUATE):
        make_run(stage=stage)
    make_run(state="running", lease_token=uuid.uuid4(), audio_duration=40.0)
    make_run(question=place.question)
    make_run()


def make_begun(place: Place) -> None:
    """Let somebody work on the run."""
    run = make_run(question=place.question, state="running", lease_token=uuid.uuid4())
    make_stage_run(run=run, stage="transcribe", token=run.lease_token)


def make_failed(place: Place) -> None:
    """Let the run have failed."""
    make_run(question=place.question, **FAILED)


def make_done(place: Place) -> None:
    """Let the results be there, of the second attempt."""
    make_run(question=place.question, state=PipelineRun.State.SUPERSEDED)
    make_judged_run(place.question, attempt=2)


@pytest.mark.parametrize("name", RESULTS)
class TestAPoll:
    @pytest.mark.parametrize("make", [make_waiting, make_begun, make_failed, make_done])
    def test_says_what_the_usual_way_says(
        self, place: Place, name: str, make: Callable[[Place], None]
    ) -> None:
        make_heartbeat(queues=["gpu", "cpu"])
        make(place)

        quick, usual = place.get(name), place.get(name, "?unknown=1")

        assert quick.status_code == usual.status_code
        ours, theirs = quick.json()["data"], usual.json()["data"]
        assert without_clock(ours) == without_clock(theirs)
        assert ours.get("eta_seconds") == pytest.approx(theirs.get("eta_seconds"), abs=0.5)
        assert quick.headers.get("ETag") == usual.headers.get("ETag")

    def test_of_somebody_who_was_deactivated_is_refused(
        self, place: Place, alice: User, name: str
    ) -> None:
        make_judged_run(place.question)
        assert place.get(name).status_code == 200

        User.objects.filter(pk=alice.pk).update(is_active=False)

        assert place.get(name).status_code == 401

    def test_with_a_revoked_token_is_refused(self, place: Place, alice: User, name: str) -> None:
        make_judged_run(place.question)

        revoke_everything(alice)

        assert place.get(name).status_code == 401

    def test_of_somebody_elses_answer_finds_nothing(
        self, place: Place, name: str, mallory: User, client_for: Callable[[User], APIClient]
    ) -> None:
        make_judged_run(place.question)

        assert Place(client_for(mallory), place.question).get(name).status_code == 404

    def test_with_a_refresh_token_is_refused(self, place: Place, alice: User, name: str) -> None:
        make_judged_run(place.question)
        place.api.credentials(HTTP_AUTHORIZATION=f"Bearer {issue_tokens(alice).refresh}")

        assert place.get(name).status_code == 401

    def test_needs_a_verified_address_where_that_is_asked_for(
        self, place: Place, name: str, settings: Any
    ) -> None:
        settings.REQUIRE_VERIFIED_EMAIL = True
        make_judged_run(place.question)

        assert place.get(name).status_code == 403

    def test_goes_the_quick_way(
        self, place: Place, name: str, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        make_judged_run(place.question)
        monkeypatch.setattr("pipeline.selectors.get_run", lambda **_: pytest.fail("the usual way"))

        data_of(place.get(name))


def test_the_statement_is_put_together_once_for_each_kind(place: Place) -> None:
    selectors_poll._statement.cache_clear()
    make_judged_run(place.question)

    for _ in range(3):
        place.get("evaluation")

    assert selectors_poll._statement.cache_info().misses == 1


def without_clock(data: dict[str, Any]) -> dict[str, Any]:
    """Leave out what goes on between two polls."""
    return {name: value for name, value in data.items() if name not in {"progress", "eta_seconds"}}
