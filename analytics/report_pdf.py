"""A report as a PDF; the only import of reportlab, made when the first one is asked for."""

from collections.abc import Iterable, Iterator
from functools import cache
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final
from xml.sax.saxutils import escape

from analytics.chart_images import HEIGHT, WIDTH, draw_png
from analytics.report import Point, Report, ReportAnswer, Score, clock, number, signed

if TYPE_CHECKING:
    from reportlab.lib.styles import ParagraphStyle
    from reportlab.pdfgen.canvas import Canvas
    from reportlab.platypus import Flowable, Table

INK: Final = "#1d2530"
QUIET: Final = "#566170"
LINE: Final = "#d5dae0"
SHADE: Final = "#f3f5f7"
MARK: Final = "#0b5cad"
MARGIN: Final = 56.0  # points of 1/72 inch, as are all lengths here
FRAME_PADDING: Final = 6.0  # the layout engine's own
BODY: Final = 9.5
FONT: Final = "DejaVuSans"
LONGEST_QUOTE: Final = 160  # characters


def write_pdf(report: Report) -> bytes:
    """Return the document, on A4, with its title and a contents list for the reader's side bar."""
    from reportlab.lib.pagesizes import A4
    from reportlab.platypus import SimpleDocTemplate

    _register_fonts()
    written = BytesIO()
    document = SimpleDocTemplate(
        written,
        pagesize=A4,
        leftMargin=MARGIN,
        rightMargin=MARGIN,
        topMargin=MARGIN,
        bottomMargin=MARGIN,
        title=f"{report.title}: interview report",
        author=report.candidate or "",
        subject=report.summary,
        lang="en",
        invariant=1,
    )
    foot = _Foot(report.title)
    document.build(
        list(_story(report, document.width - 2 * FRAME_PADDING)),
        onFirstPage=foot,
        onLaterPages=foot,
    )
    return written.getvalue()


class _Foot:
    """Writes title and number at the bottom of each page."""

    def __init__(self, title: str) -> None:
        self._title = title[:80]

    def __call__(self, canvas: "Canvas", document: Any) -> None:
        canvas.saveState()
        canvas.setFont(FONT, 7.5)
        canvas.setFillColor(QUIET)
        canvas.drawString(MARGIN, MARGIN / 2, self._title)
        canvas.drawRightString(document.pagesize[0] - MARGIN, MARGIN / 2, f"{document.page}")
        canvas.restoreState()


def _story(report: Report, width: float) -> Iterator["Flowable"]:
    yield from _head(report, width)
    yield from _scores(report, width)
    yield from _points("Strengths", report.strengths)
    yield from _points("What to work on", report.weaknesses)
    yield from _points("Suggestions", report.suggestions)
    yield from _points("Remarks of the language model", report.narrative)
    yield from _listed("Next steps", (escape(step) for step in report.next_steps))
    for answer in report.answers:
        yield from _answer(answer, width)
    pages = (_link(page.title, page.url) for page in report.resources)
    yield from _listed("To read", pages)
    yield _text(
        "Scores are made by rules that are the same for everyone, from the recording alone. They are for practice, "
        "and no judgement of a person.",
        "note",
    )


def _head(report: Report, width: float) -> Iterator["Flowable"]:
    about = (
        report.candidate,
        ", ".join(filter(None, (report.target_role, report.target_company))),
        f"{report.held_on.day} {report.held_on:%B %Y}",
        report.difficulty,
    )
    yield _text("Interview report", "note")
    yield _text(escape(report.title), "title")
    yield _text(escape(" · ".join(filter(None, about))), "note")
    facts = {
        "Score": f"{number(report.total_score)} of 100",
        "Grade": report.letter_grade or "-",
        "Rating": report.overall_rating or "-",
        "Readiness": report.readiness_level or "-",
        "Answered": f"{report.answered} of {report.asked}",
    }
    cells = [
        [_text(name, "note") for name in facts],
        [_text(escape(f), "fact") for f in facts.values()],
    ]
    yield _table(cells, [width * share for share in (0.2, 0.12, 0.24, 0.26, 0.18)], ruled=False)
    yield _text(escape(report.summary))


def _scores(report: Report, width: float) -> Iterator["Flowable"]:
    from reportlab.platypus import Image

    if not report.metrics:
        return
    yield _text("Scores", "heading")
    rows = [
        [share.name, number(share.raw), f"{100 * share.weight:.0f} %", f"{share.weighted:.1f}"]
        for share in report.metrics
    ]
    rows = [
        ["Metric", "Of 100", "Weight", "Share"],
        *rows,
        ["Total", "", "", number(report.total_score)],
    ]
    cells = [
        [
            _text(
                f"<b>{text}</b>" if row in (rows[0], rows[-1]) else text, "number" if at else "cell"
            )
            for at, text in enumerate(row)
        ]
        for row in rows
    ]
    yield _table(cells, [width * share for share in (0.4, 0.2, 0.2, 0.2)])
    for chart in report.charts:
        yield Image(BytesIO(draw_png(chart, theme="light")), width, width * HEIGHT / WIDTH)


def _answer(answer: ReportAnswer, width: float) -> Iterator["Flowable"]:
    about = f'<font color="{QUIET}" size="8">Question {answer.position} · {escape(answer.category)}</font>'
    yield _text(f"{about}<br/>{escape(answer.question)}", "heading")
    if answer.trouble:
        yield _text(f"<b>{escape(answer.trouble)}</b>")
    if answer.attempt is None:
        return
    corrected = ", transcript put right by the candidate" if answer.edited else ""
    yield _text("What was said", "subheading")
    yield _text(f"Attempt {answer.attempt}{corrected}", "note")
    yield _text(escape(answer.transcript) or "(no speech)", "quote")
    yield _text(f"How it was judged: {number(answer.overall_score)}", "subheading")
    yield _text(escape(answer.summary))
    rows = [[_text(f"<b>{name}</b>", "cell") for name in ("Metric", "Score", "Why")]]
    rows += [_score(score) for score in answer.scores]
    yield _table(rows, [width * share for share in (0.16, 0.16, 0.68)])
    yield from _listed("What would help", map(escape, answer.suggestions), style="subheading")
    if answer.model_answer:
        yield _text("A good answer, to learn from", "subheading")
        yield _text(escape(answer.model_answer), "quote")


def _score(score: Score) -> list["Flowable"]:
    told = f'{number(score.score)}<br/><font color="{QUIET}" size="7.5">{score.bounds}</font>'
    reasons = [
        f"<b>{signed(reason.points)}</b> {escape(reason.message)}{_quote(reason.quote, reason.start)}"
        for reason in score.reasons
    ]
    return [
        _text(score.name, "cell"),
        _text(told, "cell"),
        _text("<br/>".join(reasons) or "-", "cell"),
    ]


def _points(title: str, points: Iterable[Point]) -> Iterator["Flowable"]:
    rows = (
        f"<b>{escape(point.category)}:</b> {escape(point.message)}{_quote(point.quote, point.start)}"
        for point in points
    )
    yield from _listed(title, rows)


def _listed(title: str, rows: Iterable[str], *, style: str = "heading") -> Iterator["Flowable"]:
    lines = list(rows)
    if lines:
        yield _text(title, style)
    for line in lines:
        yield _text(f"•\u00a0{line}", "item")


def _quote(quote: str, start: float | None) -> str:
    if not quote:
        return ""
    short = quote if len(quote) <= LONGEST_QUOTE else f"{quote[:LONGEST_QUOTE].rsplit(' ', 1)[0]} …"
    at = f' <font color="{QUIET}">at {clock(start)}</font>' if start is not None else ""
    return f" <i>“{escape(short)}”</i>{at}"


def _link(title: str, url: str) -> str:
    target = escape(url, {'"': "&quot;"})
    return f'<a href="{target}" color="{MARK}">{escape(title)}</a> <font color="{QUIET}">{escape(url)}</font>'


def _text(text: str, style: str = "body") -> "Flowable":
    from reportlab.platypus import Paragraph

    return Paragraph(text, _styles()[style])


def _table(cells: list[list["Flowable"]], widths: list[float], *, ruled: bool = True) -> "Table":
    from reportlab.platypus import Table

    rules: list[tuple[Any, ...]] = [
        ("VALIGN", (0, 0), (-1, -1), "TOP"),
        ("LEFTPADDING", (0, 0), (-1, -1), 0),
    ]
    if ruled:
        rules.append(("LINEBELOW", (0, 0), (-1, -1), 0.5, LINE))
    return Table(
        cells, colWidths=widths, style=rules, hAlign="LEFT", spaceAfter=8, repeatRows=int(ruled)
    )


@cache
def _styles() -> dict[str, "ParagraphStyle"]:
    from reportlab.lib.enums import TA_RIGHT
    from reportlab.lib.styles import ParagraphStyle

    body = ParagraphStyle(
        "body", fontName=FONT, fontSize=BODY, leading=14, textColor=INK, spaceAfter=6
    )
    bold = f"{FONT}-Bold"
    told: dict[str, dict[str, Any]] = {
        "title": {"fontName": bold, "fontSize": 20, "leading": 25, "spaceAfter": 4},
        "heading": {
            "fontName": bold,
            "fontSize": 13,
            "leading": 17,
            "spaceBefore": 16,
            "keepWithNext": 1,
        },
        "subheading": {"fontName": bold, "spaceBefore": 8, "spaceAfter": 3, "keepWithNext": 1},
        "fact": {"fontName": bold, "fontSize": 12, "leading": 15},
        "note": {"fontSize": 8, "leading": 11, "textColor": QUIET, "spaceAfter": 2},
        "quote": {
            "backColor": SHADE,
            "borderPadding": 6,
            "leftIndent": 6,
            "rightIndent": 6,
            "spaceBefore": 8,
            "spaceAfter": 12,
        },
        "item": {"leftIndent": 11, "firstLineIndent": -11, "spaceAfter": 4},
        "cell": {"fontSize": 8.5, "leading": 12, "spaceAfter": 0},
        "number": {"fontSize": 8.5, "leading": 12, "spaceAfter": 0, "alignment": TA_RIGHT},
    }
    made = {name: ParagraphStyle(name, parent=body, **looks) for name, looks in told.items()}
    return {"body": body, **made}


@cache
def _register_fonts() -> None:
    """Teach reportlab the fonts that come with matplotlib: its own know Latin letters only."""
    from matplotlib import get_data_path
    from reportlab.pdfbase import pdfmetrics
    from reportlab.pdfbase.ttfonts import TTFont

    fonts = Path(get_data_path()) / "fonts" / "ttf"
    for face in ("", "-Bold", "-Oblique", "-BoldOblique"):
        pdfmetrics.registerFont(TTFont(f"{FONT}{face}", str(fonts / f"{FONT}{face}.ttf")))
    pdfmetrics.registerFontFamily(
        FONT,
        normal=FONT,
        bold=f"{FONT}-Bold",
        italic=f"{FONT}-Oblique",
        boldItalic=f"{FONT}-BoldOblique",
    )
