"""People who registered over the API, and what their tokens are worth."""

from dataclasses import dataclass
from typing import Any

from rest_framework.test import APIClient

from accounts.models import User

PASSWORD = "correct-horse-9"


@dataclass
class Person:
    """Somebody who registered, with what he got."""

    user: User
    token: str
    refresh_token: str
    api: APIClient


def register(email: str) -> Person:
    """Register over the API."""
    client = APIClient(raise_request_exception=False)
    name = email.partition("@")[0]
    body = {"email": email, "password": PASSWORD, "full_name": name}
    answer = client.post("/api/v1/users/register", body, format="json")
    assert answer.status_code == 201, answer.content
    data = answer.json()["data"]
    client.credentials(HTTP_AUTHORIZATION=f"Bearer {data['token']}")
    user = User.objects.get(uuid=data["id"])
    return Person(user, data["token"], data["refresh_token"], client)


def status_with(token: str) -> int:
    """Return what `GET me` says to the token; a 401 must look like every other."""
    api = APIClient(raise_request_exception=False, HTTP_AUTHORIZATION=f"Bearer {token}")
    response = api.get("/api/v1/users/me")
    if response.status_code == 401:
        assert response.json()["error"]["message"] == "Token expired or invalid"
        assert response.headers["WWW-Authenticate"] == "Bearer"
    return int(response.status_code)


def refresh(token: Any) -> Any:
    """Trade a refresh token for the next pair."""
    body = {"refresh_token": token}
    path = "/api/v1/users/token/refresh"
    return APIClient(raise_request_exception=False).post(path, body, format="json")
