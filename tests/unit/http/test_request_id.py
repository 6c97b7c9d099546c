import logging

from interview_platform.http.request_id import RequestIdFilter, bind, current_request_id


def record() -> logging.LogRecord:
    return logging.LogRecord("name", logging.INFO, "path", 1, "message", None, None)


class TestBind:
    def test_is_over_after_the_block(self) -> None:
        with bind("outer"):
            with bind("inner"):
                assert current_request_id() == "inner"

            assert current_request_id() == "outer"

        assert current_request_id() == ""


class TestRequestIdFilter:
    def test_marks_the_lines_of_a_request(self) -> None:
        line = record()

        with bind("abc"):
            RequestIdFilter().filter(line)

        assert line.__dict__["request_id"] == "abc"

    def test_marks_other_lines_with_a_dash(self) -> None:
        line = record()

        assert RequestIdFilter().filter(line)
        assert line.__dict__["request_id"] == "-"
