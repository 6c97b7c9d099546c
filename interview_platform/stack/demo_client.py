"""The demonstration's side of the API: plain HTTP, as any client speaks it."""

import time
from collections.abc import Mapping
from http import HTTPStatus
from pathlib import Path
from typing import Any

import httpx

HOLD_SECONDS = 30  # the most that the API holds an answer back (`Prefer: wait`)
PATIENCE_SECONDS = 600.0
REQUEST_SECONDS = 90.0


class StepFailed(Exception):  # noqa: N818 - it reads as a sentence where it is raised
    """What went wrong, in one sentence for a person."""


class DemoClient:
    """A person's client."""

    def __init__(self, url: str) -> None:
        self._http = httpx.Client(base_url=f"{url}/api/v1/", timeout=REQUEST_SECONDS)

    def log_in(self, token: str) -> None:
        """Send the token from now on."""
        self._http.headers["Authorization"] = f"Bearer {token}"

    def get(self, path: str) -> dict[str, Any]:
        """Return the answer's data."""
        return self._data(self._send("GET", path))

    def post(self, path: str, body: Mapping[str, Any] | None = None) -> dict[str, Any]:
        """Return the answer's data."""
        return self._data(self._send("POST", path, json=dict(body or {})))

    def upload(self, path: str, recording: Path) -> dict[str, Any]:
        """Return what was kept of the recording."""
        with recording.open("rb") as file:
            return self._data(self._send("POST", path, files={"file": (recording.name, file)}))

    def result(self, path: str, body: Mapping[str, Any] | None = None) -> dict[str, Any]:
        """Ask for work, and return its result once it is there."""
        deadline = time.monotonic() + PATIENCE_SECONDS
        while True:
            headers = {"Prefer": f"wait={HOLD_SECONDS}"}
            response = self._send("POST", path, json=dict(body or {}), headers=headers)
            data = self._data(response)
            if data.get("status") == "failed":
                raise StepFailed(f"{path}: {data['failure']['message']}")
            if response.status_code != HTTPStatus.ACCEPTED:
                return data
            if time.monotonic() > deadline:
                raise StepFailed(f"{path}: no result after {PATIENCE_SECONDS:.0f} s")
            if "Preference-Applied" not in response.headers:  # the API holds enough answers back
                time.sleep(float(response.headers.get("Retry-After", "1")))

    def _send(self, method: str, path: str, **content: Any) -> httpx.Response:
        try:
            return self._http.request(method, path, **content)
        except httpx.HTTPError as trouble:
            raise StepFailed(f"{method} {path}: no answer ({trouble})") from trouble

    def _data(self, response: httpx.Response) -> dict[str, Any]:
        request = f"{response.request.method} {response.request.url.path}"
        try:
            body = response.json()
        except ValueError as trouble:
            raise StepFailed(f"{request}: {response.status_code} without JSON") from trouble
        if response.is_error:
            raise StepFailed(f"{request}: {response.status_code} {_reasons(body)}")
        return dict(body["data"])


def _reasons(body: Mapping[str, Any]) -> str:
    error = body.get("error") or {}
    rows = [f"{row['field']}: {row['message']}" for row in error.get("details", ())]
    return "; ".join([str(error.get("message", "no reason given")), *rows])
