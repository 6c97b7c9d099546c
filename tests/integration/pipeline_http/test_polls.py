"""A poll finds nothing for somebody who may not see it."""

from collections.abc import Callable
from typing import Any

import pytest
from rest_framework.test import APIClient

from accounts.models import User
from accounts.tokens import issue_tokens, revoke_everything
from tests.integration.pipeline_http.conftest import Place, make_judged_run

pytestmark = pytest.mark.django_db

RESULTS = ("transcript", "evaluation")


@pytest.mark.parametrize("name", RESULTS)
class TestAPoll:
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
