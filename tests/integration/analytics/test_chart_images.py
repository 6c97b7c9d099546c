"""GET feedback/charts/{type}?format=svg|png."""

import struct
from collections.abc import Callable
from typing import Any
from xml.etree import ElementTree

import pytest
from rest_framework.test import APIClient

from accounts.models import User
from analytics.charts import CHARTS
from tests.factories import (
    make_evaluation,
    make_finished_run,
    make_question,
    make_recording,
    make_session,
)

CHART = "/api/v1/feedback/charts"
SVG = "{http://www.w3.org/2000/svg}"
ClientFor = Callable[[User], APIClient]


@pytest.fixture
def api(alice: User, client_for: ClientFor) -> APIClient:
    """The client of Alice, who has held one interview."""
    session = make_session(owner=alice, total_score=70.0)
    run = make_finished_run(question=make_question(session=session))
    make_recording(run=make_evaluation(run=run, metrics={"words_per_minute": 150.0}).run)
    return client_for(alice)


class TestChartImages:
    @pytest.mark.parametrize("chart_type", CHARTS)
    def test_are_svg_with_a_title_a_description_and_units(
        self, api: APIClient, chart_type: str
    ) -> None:
        told = api.get(f"{CHART}/{chart_type}").json()["data"]

        response = api.get(f"{CHART}/{chart_type}?format=svg")

        assert (response.status_code, response["Content-Type"]) == (200, "image/svg+xml")
        drawing = ElementTree.fromstring(response.content)  # noqa: S314 - our own
        title, description = drawing[0], drawing[1]
        assert (title.tag, description.tag) == (f"{SVG}title", f"{SVG}desc")
        assert (title.text or "").startswith(told["title"])
        assert description.text == told["description"]
        assert drawing.attrib["role"] == "img"
        assert drawing.attrib["aria-labelledby"].split() == [
            title.attrib["id"],
            description.attrib["id"],
        ]
        texts = " ".join(text.text or "" for text in drawing.iter(f"{SVG}text"))
        assert all(row["unit"] in texts for row in told["datasets"])

    @pytest.mark.parametrize("chart_type", CHARTS)
    def test_are_png(self, api: APIClient, chart_type: str) -> None:
        response = api.get(f"{CHART}/{chart_type}?format=png&period=week&theme=dark")

        assert (response.status_code, response["Content-Type"]) == (200, "image/png")
        assert response.content.startswith(b"\x89PNG\r\n\x1a\n")
        width, height = struct.unpack(">II", response.content[16:24])
        assert (width, height >= 540) == (960, True)

    def test_follow_the_readers_setting_unless_told_otherwise(self, api: APIClient) -> None:
        auto, light, dark = (
            api.get(f"{CHART}/score_trend?format=svg&theme={theme}").content
            for theme in ("auto", "light", "dark")
        )

        assert b"prefers-color-scheme: dark" in auto
        assert b"prefers-color-scheme" not in light + dark
        assert b"#111827" in dark
        assert b"#111827" not in light

    @pytest.mark.parametrize("kind", ["svg", "png"])
    def test_are_drawn_before_the_first_interview(
        self, alice: User, client_for: ClientFor, kind: str
    ) -> None:
        response = client_for(alice).get(f"{CHART}/performance?format={kind}")

        assert response.status_code == 200

    def test_are_the_same_bytes_for_the_same_chart(self, api: APIClient) -> None:
        first, second = (api.get(f"{CHART}/delivery?format=svg").content for _ in range(2))

        assert first == second

    def test_are_not_drawn_for_who_has_them(
        self, api: APIClient, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        etag = api.get(f"{CHART}/score_trend?format=svg")["ETag"]
        monkeypatch.setattr("matplotlib.figure.Figure.savefig", None)

        again = api.get(f"{CHART}/score_trend?format=svg", HTTP_IF_NONE_MATCH=etag)

        assert (again.status_code, again.content) == (304, b"")
        other = api.get(f"{CHART}/score_trend", HTTP_IF_NONE_MATCH=etag)
        assert other.status_code == 200

    def test_come_for_an_image_tag_that_takes_images_alone(self, api: APIClient) -> None:
        headers: dict[str, Any] = {"HTTP_ACCEPT": "image/png"}

        assert api.get(f"{CHART}/score_trend?format=png", **headers).status_code == 200
        assert api.get(f"{CHART}/score_trend", **headers).status_code == 406
