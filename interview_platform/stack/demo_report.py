"""The report that a candidate would get, for a terminal."""

from collections.abc import Iterable, Mapping
from typing import Any

from rich.console import Console
from rich.padding import Padding
from rich.panel import Panel
from rich.table import Table
from rich.text import Text

from interview_platform.stack.demo_interview import Answer, Interview

EXCERPT = 600  # characters of a transcript
METRICS = ("relevance", "grammar", "fluency", "keywords")


def print_report(console: Console, interview: Interview) -> None:
    """Print everything, in the order in which a candidate would read it."""
    scores, feedback = interview.scores, interview.feedback
    console.print()
    console.print(Panel(_headline(scores, feedback), title="Your interview", expand=False))
    console.print(Text(str(feedback.get("summary") or "")))
    console.print(_score_table(scores))
    for answer in interview.answers:
        _print_answer(console, answer)
    _print_remarks(console, "Strengths", feedback.get("strengths", ()))
    _print_remarks(console, "Weaknesses", feedback.get("weaknesses", ()))
    _print_remarks(console, "Suggestions", feedback.get("suggestions", ()))
    _print_lines(console, "Next steps", feedback.get("next_steps", ()))
    resources = [f"{row['title']} - {row['url']}" for row in feedback.get("resources", ())]
    _print_lines(console, "Resources", resources)
    _print_dashboard(console, interview.dashboard)


def _headline(scores: Mapping[str, Any], feedback: Mapping[str, Any]) -> Text:
    rows = (
        f"Score      {_number(scores.get('total_score'))} of 100, grade {scores.get('letter_grade') or '-'}",
        f"Rating     {feedback.get('overall_rating') or '-'}",
        f"Readiness  {_number(feedback.get('readiness_score'))} of 100, {feedback.get('readiness_level') or '-'}",
    )
    return Text("\n".join(rows))


def _score_table(scores: Mapping[str, Any]) -> Table:
    table = Table(title="Scores", title_justify="left")
    table.add_column("Metric")
    table.add_column("Of 100", justify="right")
    table.add_column("Weighted", justify="right")
    for metric in METRICS:
        row = (scores.get("breakdown") or {}).get(metric) or {}
        table.add_row(metric.title(), _number(row.get("raw")), _number(row.get("weighted")))
    table.add_section()
    table.add_row("Total", "", _number(scores.get("total_score")))
    return table


def _print_answer(console: Console, answer: Answer) -> None:
    console.print(Text(f"\n{answer.question['question_text']}", style="bold"))
    text = str(answer.transcript.get("transcript") or "(no speech)")
    excerpt = text if len(text) <= EXCERPT else f"{text[:EXCERPT].rsplit(' ', 1)[0]} …"
    console.print(Padding(Text(f"“{excerpt}”", style="italic"), (0, 2)))
    keys = ("relevance_score", "grammar_score", "fluency_score", "keyword_score", "overall_score")
    numbers = [
        f"{key.removesuffix('_score')} {_number(answer.evaluation.get(key))}" for key in keys
    ]
    console.print(Padding(Text(", ".join(numbers)), (0, 2)))
    console.print(Padding(Text(str(answer.evaluation.get("summary") or "")), (0, 2)))


def _print_remarks(console: Console, title: str, remarks: Iterable[Mapping[str, Any]]) -> None:
    lines = []
    for remark in remarks:
        quote = f" (“{remark['quote']}”)" if remark.get("quote") else ""
        lines.append(f"{remark['category']}: {remark['message']}{quote}")
    _print_lines(console, title, lines)


def _print_lines(console: Console, title: str, lines: Iterable[str]) -> None:
    rows = list(lines)
    if rows:
        console.print(Text(f"\n{title}", style="bold"))
    for line in rows:
        console.print(Padding(Text(f"• {line}"), (0, 2)))


def _print_dashboard(console: Console, dashboard: Mapping[str, Any]) -> None:
    keys = ("total_interviews", "total_questions", "average_score", "total_practice_time")
    numbers = [f"{key.replace('_', ' ')} {_number(dashboard.get(key))}" for key in keys]
    _print_lines(console, "Dashboard", [", ".join(numbers)])


def _number(value: Any) -> str:
    return "-" if value is None else f"{value:g}"
