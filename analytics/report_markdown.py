"""A report as Markdown, for notes and mails; what people said and wrote cannot become markup. Pure."""

import re
from collections.abc import Iterable, Iterator
from typing import Final

from analytics.report import Point, Reason, Report, ReportAnswer, clock, number, signed

MARKUP: Final = re.compile(r"([\\`*_\[\]<>|&~])")
OPENING: Final = re.compile(r"^(\d*)([-+#.)])")  # would begin a list or a heading


def write_markdown(report: Report) -> str:
    """Return the report."""
    return "\n".join(_lines(report)).strip() + "\n"


def _lines(report: Report) -> Iterator[str]:
    yield f"# {_plain(report.title)}"
    yield ""
    yield from _facts(report)
    yield ""
    yield _plain(report.summary)
    yield from _metrics(report)
    yield from _points("Strengths", report.strengths)
    yield from _points("What to work on", report.weaknesses)
    yield from _points("Suggestions", report.suggestions)
    yield from _points("Remarks of the language model", report.narrative)
    yield from _listed("Next steps", (_plain(step) for step in report.next_steps))
    for answer in report.answers:
        yield from _answer(answer)
    yield from _listed(
        "To read", (f"[{_plain(page.title)}](<{page.url}>)" for page in report.resources)
    )


def _facts(report: Report) -> Iterator[str]:
    facts = {
        "Candidate": report.candidate or "",
        "Role": ", ".join(filter(None, (report.target_role, report.target_company))),
        "Held on": report.held_on.isoformat(),
        "Score": f"{number(report.total_score)} of 100, grade {report.letter_grade or '-'}",
        "Rating": report.overall_rating or "-",
        "Readiness": f"{report.readiness_score or 0} of 100, {report.readiness_level or '-'}",
        "Answered": f"{report.answered} of {report.asked} questions",
    }
    for name, fact in facts.items():
        if fact:
            yield f"- **{name}:** {_plain(fact)}"


def _metrics(report: Report) -> Iterator[str]:
    if not report.metrics:
        return
    yield from ("", "## Scores", "", "| Metric | Of 100 | Weight | Share |", "|---|--:|--:|--:|")
    for share in report.metrics:
        weight = f"{100 * share.weight:.0f} %"
        yield f"| {share.name} | {number(share.raw)} | {weight} | {share.weighted:.1f} |"
    yield f"| **Total** | | | **{number(report.total_score)}** |"


def _answer(answer: ReportAnswer) -> Iterator[str]:
    yield from ("", f"## Question {answer.position} ({answer.category})", "")
    yield f"**{_plain(answer.question)}**"
    if answer.trouble:
        yield from ("", f"_{_plain(answer.trouble)}_")
    if answer.attempt is None:
        return
    corrected = ", put right by the candidate" if answer.edited else ""
    yield from ("", f"What was said (attempt {answer.attempt}{corrected}):", "")
    yield f"> {_plain(answer.transcript) or '(no speech)'}"
    yield from ("", f"Overall {number(answer.overall_score)}. {_plain(answer.summary)}", "")
    for score in answer.scores:
        bounds = f" ({score.bounds})" if score.bounds else ""
        yield f"- {score.name}: {number(score.score)}{bounds}"
        yield from (f"  - {_reason(reason)}" for reason in score.reasons)
    yield from _sub_list("What would help:", answer.suggestions)
    if answer.model_answer:
        yield from ("", "A good answer, to learn from:", "", f"> {_plain(answer.model_answer)}")


def _reason(reason: Reason) -> str:
    return f"{signed(reason.points)}: {_plain(reason.message)}{_quote(reason.quote, reason.start)}"


def _points(title: str, points: Iterable[Point]) -> Iterator[str]:
    yield from _listed(
        title,
        (
            f"**{_plain(point.category)}:** {_plain(point.message)}{_quote(point.quote, point.start)}"
            for point in points
        ),
    )


def _quote(quote: str, start: float | None) -> str:
    at = f" at {clock(start)}" if start is not None else ""
    return f" (“{_plain(quote)}”{at})" if quote else ""


def _listed(title: str, rows: Iterable[str]) -> Iterator[str]:
    lines = [f"- {row}" for row in rows]
    if lines:
        yield from ("", f"## {title}", "", *lines)


def _sub_list(title: str, rows: Iterable[str]) -> Iterator[str]:
    lines = [f"- {_plain(row)}" for row in rows]
    if lines:
        yield from ("", title, "", *lines)


def _plain(text: str) -> str:
    return OPENING.sub(r"\1\\\2", MARKUP.sub(r"\\\1", " ".join(text.split())))
