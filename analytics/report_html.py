"""A report as a page: no script, no style of its own, its pictures inside."""

from base64 import b64encode
from typing import Final

from django.template.loader import render_to_string

from analytics.chart_images import draw_svg
from analytics.report import Report

CONTENT_SECURITY_POLICY: Final = (
    "default-src 'none'; style-src 'self'; img-src data:; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)


def write_html(report: Report) -> str:
    """Return the page. A chart is an image, so that its own styles need no place in the page's policy."""
    charts = [
        (chart, f"data:image/svg+xml;base64,{b64encode(draw_svg(chart)).decode()}")
        for chart in report.charts
    ]
    return render_to_string("analytics/report.html", {"report": report, "charts": charts})
