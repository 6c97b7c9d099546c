import pytest
from django.core.exceptions import ImproperlyConfigured

from interview_platform.http.throttles import Rate, parse_rate


class TestParseRate:
    @pytest.mark.parametrize(
        ("text", "rate"),
        [
            ("10/15m", Rate(10, 900)),
            ("60/h", Rate(60, 3600)),
            ("1200/m", Rate(1200, 60)),
            ("5/30s", Rate(5, 30)),
            ("1/2d", Rate(1, 172_800)),
        ],
    )
    def test_reads_a_number_and_a_period(self, text: str, rate: Rate) -> None:
        assert parse_rate(text) == rate

    @pytest.mark.parametrize("text", ["", "10", "10/", "10/15", "10/x", "-1/m", "ten/m"])
    def test_refuses_what_is_no_rate(self, text: str) -> None:
        with pytest.raises(ImproperlyConfigured):
            parse_rate(text)
