"""Every way in which a token can be worthless."""

import base64
import hmac
import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import jwt
import pytest
import time_machine
from django.conf import settings
from rest_framework.test import APIClient
from rest_framework_simplejwt.token_blacklist.models import BlacklistedToken, OutstandingToken

from accounts.models import User
from tests.integration.accounts.people import PASSWORD, Person, refresh, status_with

LOGOUT = "/api/v1/users/logout"


def claims_of(token: str) -> dict[str, Any]:
    return dict(jwt.decode(token, options={"verify_signature": False}))


def signed(claims: dict[str, Any], *, key: str | None = None, algorithm: str = "HS256") -> str:
    return jwt.encode(claims, key or settings.JWT_SIGNING_KEY, algorithm=algorithm)


def unsigned(claims: dict[str, Any]) -> str:
    head, body = ({"alg": "none", "typ": "JWT"}, claims)
    parts = [
        base64.urlsafe_b64encode(json.dumps(part).encode()).rstrip(b"=") for part in (head, body)
    ]
    return b".".join((*parts, b"")).decode()


def relabelled(claims: dict[str, Any], algorithm: str) -> str:
    """Sign with our key, and claim that another kind of key was used."""
    parts = [
        base64.urlsafe_b64encode(json.dumps(part).encode()).rstrip(b"=")
        for part in ({"alg": algorithm, "typ": "JWT"}, claims)
    ]
    signature = hmac.digest(settings.JWT_SIGNING_KEY.encode(), b".".join(parts), "sha256")
    return b".".join((*parts, base64.urlsafe_b64encode(signature).rstrip(b"="))).decode()


class TestAccessToken:
    def test_names_the_person_by_public_id_and_lives_for_thirty_minutes(
        self, alice: Person
    ) -> None:
        claims = claims_of(alice.token)

        assert claims["sub"] == str(alice.user.uuid)
        assert claims["ver"] == 0
        assert claims["exp"] - claims["iat"] == 1800
        assert status_with(alice.token) == 200

    def test_is_over_after_its_time(self, alice: Person) -> None:
        now = datetime.now(UTC)

        with time_machine.travel(now + timedelta(minutes=29), tick=False):
            assert status_with(alice.token) == 200
        with time_machine.travel(now + timedelta(minutes=31), tick=False):
            assert status_with(alice.token) == 401

    @pytest.mark.parametrize(
        "forge",
        [
            unsigned,
            lambda claims: signed(claims, key="k" * 40),
            lambda claims: signed(claims, algorithm="HS512", key="k" * 64),
            lambda claims: signed(claims, algorithm="HS384", key=settings.JWT_SIGNING_KEY * 2),
            lambda claims: relabelled(claims, "RS256"),
            lambda claims: relabelled(claims, "ES256"),
            lambda claims: relabelled(claims, "hs256"),
            lambda claims: signed({**claims, "aud": "another"}),
            lambda claims: signed({**claims, "iss": "another"}),
            lambda claims: signed({k: v for k, v in claims.items() if k != "aud"}),
            lambda claims: signed({k: v for k, v in claims.items() if k != "iss"}),
            lambda claims: signed({k: v for k, v in claims.items() if k != "exp"}),
            lambda claims: signed({k: v for k, v in claims.items() if k != "ver"}),
            lambda claims: signed({k: v for k, v in claims.items() if k != "sub"}),
            lambda claims: signed({**claims, "sub": "7"}),
            lambda claims: signed({**claims, "sub": "6f0d3f6e-0000-4000-8000-000000000000"}),
            lambda claims: signed({**claims, "ver": 1}),
            lambda claims: signed({**claims, "token_type": "refresh"}),
            lambda claims: signed(claims)[:-2],
            lambda claims: "",
            lambda claims: "a.b.c",
            lambda claims: "\x00é",
            lambda claims: "x" * 5000,
        ],
    )
    def test_is_worthless_when_forged(
        self, alice: Person, forge: Callable[[dict[str, Any]], str]
    ) -> None:
        assert status_with(signed(claims_of(alice.token))) == 200
        assert status_with(relabelled(claims_of(alice.token), "HS256")) == 200

        assert status_with(forge(claims_of(alice.token))) == 401

    def test_is_no_refresh_token_nor_the_other_way_round(self, alice: Person) -> None:
        assert status_with(alice.refresh_token) == 401
        assert refresh(alice.token).status_code == 401

    @pytest.mark.parametrize("change", [{"is_active": False}, {"token_version": 1}])
    def test_is_worthless_at_once_when_the_person_changes(
        self, alice: Person, change: dict[str, Any]
    ) -> None:
        User.objects.update(**change)

        assert status_with(alice.token) == 401
        assert refresh(alice.refresh_token).status_code == 401

    def test_is_worthless_without_its_person(self, alice: Person) -> None:
        alice.user.delete()

        assert status_with(alice.token) == 401
        assert refresh(alice.refresh_token).status_code == 401

    def test_costs_one_query(self, alice: Person, django_assert_num_queries: Any) -> None:
        with django_assert_num_queries(1):
            alice.api.get("/api/v1/users/me")


class TestRotation:
    def test_gives_the_next_pair(self, alice: Person) -> None:
        response = refresh(alice.refresh_token)

        data = response.json()["data"]
        assert response.status_code == 200
        assert list(data) == ["token", "refresh_token"]
        assert data["refresh_token"] != alice.refresh_token
        assert status_with(data["token"]) == 200
        assert refresh(data["refresh_token"]).status_code == 200
        assert set(OutstandingToken.objects.values_list("user", flat=True)) == {alice.user.pk}

    def test_revokes_the_family_at_the_second_use_of_a_token(self, alice: Person) -> None:
        second = refresh(alice.refresh_token).json()["data"]["refresh_token"]

        again = refresh(alice.refresh_token)

        assert again.status_code == 401
        assert again.json()["error"]["message"] == "Token expired or invalid"
        assert refresh(second).status_code == 401

    def test_leaves_other_log_ins_alone_when_it_revokes_one(
        self, api: APIClient, alice: Person
    ) -> None:
        body = {"email": "alice@example.com", "password": PASSWORD}
        elsewhere = api.post("/api/v1/users/login", body, format="json").json()["data"]
        refresh(alice.refresh_token)

        refresh(alice.refresh_token)

        assert refresh(elsewhere["refresh_token"]).status_code == 200

    @pytest.mark.parametrize("token", ["", "x", "a.b.c", 5, None, "é" * 10])
    def test_refuses_what_is_no_token(self, db: None, token: Any) -> None:
        assert refresh(token).status_code in {401, 422}

    def test_ends_after_its_time_and_forgets_expired_rows(
        self, api: APIClient, alice: Person
    ) -> None:
        body = {"email": "alice@example.com", "password": PASSWORD}

        with time_machine.travel(datetime.now(UTC) + timedelta(days=15), tick=False):
            assert refresh(alice.refresh_token).status_code == 401
            api.post("/api/v1/users/login", body, format="json")

        assert OutstandingToken.objects.count() == 1


class TestLogout:
    def test_revokes_the_refresh_token_that_is_named(self, api: APIClient, alice: Person) -> None:
        body = {"email": "alice@example.com", "password": PASSWORD}
        other = api.post("/api/v1/users/login", body, format="json").json()["data"]

        named = {"refresh_token": alice.refresh_token}
        response = alice.api.post(LOGOUT, named, format="json")

        assert (response.status_code, response.json()["data"]) == (200, None)
        assert refresh(alice.refresh_token).status_code == 401
        assert refresh(other["refresh_token"]).status_code == 200
        assert alice.api.post(LOGOUT, named, format="json").status_code == 200

    def test_revokes_the_token_that_the_named_one_was_traded_for(self, alice: Person) -> None:
        second = refresh(alice.refresh_token).json()["data"]["refresh_token"]

        alice.api.post(LOGOUT, {"refresh_token": alice.refresh_token}, format="json")

        assert refresh(second).status_code == 401

    def test_revokes_all_when_none_is_named(
        self, api: APIClient, alice: Person, mallory: Person
    ) -> None:
        body = {"email": "alice@example.com", "password": PASSWORD}
        other = api.post("/api/v1/users/login", body, format="json").json()["data"]

        assert alice.api.post(LOGOUT).status_code == 200

        assert refresh(alice.refresh_token).status_code == 401
        assert refresh(other["refresh_token"]).status_code == 401
        assert refresh(mallory.refresh_token).status_code == 200

    def test_revokes_nothing_of_somebody_else(self, alice: Person, mallory: Person) -> None:
        response = mallory.api.post(LOGOUT, {"refresh_token": alice.refresh_token}, format="json")

        assert response.status_code == 422
        assert BlacklistedToken.objects.count() == 0
        assert refresh(alice.refresh_token).status_code == 200

    def test_needs_a_token(self, api: APIClient, db: None) -> None:
        assert api.post(LOGOUT).status_code == 401
