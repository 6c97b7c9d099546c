"""Bad values of environment variables stop the start with a sentence that names the variable."""

import pytest
from django.core.exceptions import ImproperlyConfigured
from limits import parse

from interview_platform.env import env_rate


class TestARate:
    @pytest.mark.parametrize(
        ("text", "limit", "seconds"),
        [
            ("10/15m", 10, 900),
            ("60/h", 60, 3600),
            ("5/30s", 5, 30),
            ("1/2d", 1, 172_800),
            ("10 per 15 minutes", 10, 900),
            ("60 per hour", 60, 3600),
        ],
    )
    def test_is_a_number_and_a_period(
        self, monkeypatch: pytest.MonkeyPatch, text: str, limit: int, seconds: int
    ) -> None:
        monkeypatch.setenv("THROTTLE_LOGIN", text)
        rate = parse(env_rate("THROTTLE_LOGIN", default=""))

        assert (rate.amount, rate.get_expiry()) == (limit, seconds)

    @pytest.mark.parametrize("text", ["10", "10/", "10/15", "10/x", "-1/m", "ten/m", "5/h;6/d"])
    def test_that_is_none_is_refused(self, monkeypatch: pytest.MonkeyPatch, text: str) -> None:
        monkeypatch.setenv("THROTTLE_LOGIN", text)
        with pytest.raises(ImproperlyConfigured, match=r"^THROTTLE_LOGIN=.*such as 10/15m"):
            env_rate("THROTTLE_LOGIN", default="")
