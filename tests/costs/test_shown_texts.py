"""What shows people's text costs twice as much for twice the text: reports, comparisons, subtitles, log lines."""

import logging
from collections.abc import Callable, Mapping
from datetime import date
from typing import Any, Final
from uuid import UUID

import pytest
from django.template.defaultfilters import linebreaksbr, truncatechars

from analytics.comparison import diff_words
from analytics.report import Point, Reason, Report, ReportAnswer, Score
from analytics.report_html import write_html
from analytics.report_markdown import write_markdown
from analytics.report_pdf import write_pdf
from interview_platform.http.log_redaction import mask
from interview_platform.log_lines import LineFormatter
from pipeline.api.subtitles import cut_cues, to_srt, to_text, to_vtt
from tests.answers import spoken
from tests.costs.shapes import SHAPES
from tests.costs.timing import find_growth

Work = Callable[[str], object]


def _report(text: str) -> Report:
    """Return a report in which every text is this one, as far as it may be that long."""
    quote = text[:500]
    reason = Reason(quote, 1.0, quote, 1.0)
    answer = ReportAnswer(
        question_id=UUID(int=1),
        position=1,
        question=quote,
        category="technical",
        attempt=1,
        transcript=text,
        edited=True,
        overall_score=50.0,
        scores=(Score("Grammar", 50.0, 40.0, 60.0, (reason,)),),
        summary=quote,
        suggestions=(quote,),
        model_answer=text[:2000],
        trouble="",
    )
    texts: dict[str, Any] = dict.fromkeys(
        ("title", "candidate", "target_role", "target_company"), text[:150]
    )
    points = (Point("Grammar", quote, quote, 1.0),)
    return Report(
        **texts,
        strengths=points,
        weaknesses=points,
        suggestions=points,
        narrative=points,
        difficulty="easy",
        language="en",
        held_on=date(2026, 1, 31),
        total_score=50.0,
        letter_grade="C",
        overall_rating="Fair",
        readiness_score=40,
        readiness_level="Developing",
        answered=1,
        asked=1,
        summary=quote,
        metrics=(),
        charts=(),
        answers=(answer,),
        next_steps=(quote,),
        resources=(),
    )


def _subtitles(text: str) -> object:
    words = [(word.text, word.start, word.end) for word in spoken(text).words]
    cues = cut_cues(words)
    return to_srt(cues), to_vtt(cues), to_text(text)


def _line(text: str) -> str:
    record = logging.LogRecord("x", logging.ERROR, "", 0, f"DETAIL: {text}", None, None)
    return LineFormatter("%(message)s").format(record)


WORKS: Final[Mapping[str, Work]] = {
    "a report as Markdown": lambda text: write_markdown(_report(text)),
    "a report as a page": lambda text: write_html(_report(text)),
    "a report as a PDF": lambda text: write_pdf(_report(text)),
    "the words that changed": lambda text: diff_words(text, f"{text[len(text) // 3 :]} end"),
    "subtitles": _subtitles,
    "the staff's pages": lambda text: (linebreaksbr(text), truncatechars(text[:600], 200)),
    "the mask of addresses": lambda text: (mask(text), mask(f"/shared/{text}?{text}")),
    "a log line": _line,
}


@pytest.mark.parametrize("name", WORKS)
def test_it_costs_no_more_than_linear_time(name: str) -> None:
    work = WORKS[name]
    work("We finished.")  # so that fonts and templates are loaded
    assert not find_growth(work, SHAPES)
