"""Two pages of the staff: how the platform does, and how well staff and machine agree."""

from collections.abc import Iterable, Mapping
from typing import Any, Final

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.http import urlencode
from django.views.decorators.http import require_safe

from analytics.agreement import Pair, measure_agreement, of_metric
from analytics.chart_images import describe_agreement, draw_agreement
from analytics.overview import PERIODS, Noun, draw_bars, draw_highest
from analytics.palette import DARK, LIGHT
from analytics.selectors_agreement import Reviewed, list_reviewed
from analytics.selectors_overview import read_overview
from analytics.spreadsheet import write_table
from analytics.stats import PERIOD_DAYS
from interview_platform.http.security_headers import ADMIN_CONTENT_SECURITY_POLICY
from pipeline.domain.values import METRICS

VIEW_RUNS: Final = "pipeline.view_pipelinerun"  # every role has it
VIEW_SCORES: Final = "analytics.view_staffscore"
RECORDINGS: Final = Noun("recording", "recordings")
PEOPLE: Final = Noun("person", "people")
CSV_HEAD: Final = (
    *("session", "question", "attempt", "language", "reviewer", "metric"),
    *("staff", "machine", "difference", "scorer_version", "scored_at", "note"),
)


@require_safe
def overview(request: HttpRequest) -> HttpResponse:
    """Show how the platform does."""
    _require(request, VIEW_RUNS)
    period = _chosen(request, "period", PERIODS, default="month")
    found = read_overview(period)
    uploads = [day.uploads for day in found.days]
    people = [day.people for day in found.days]
    context = {
        "title": "Overview",
        "overview": found,
        "periods": PERIODS,
        "uploads": sum(uploads),
        "minutes": sum(day.seconds for day in found.days) / 60,
        "cost": sum(use.cost or 0 for use in found.models),
        "alive": sum(worker.is_alive for worker in found.workers),
        "failed": sum(failure.count for failure in found.failures),
        "charts": [
            draw_bars(found.days, uploads, title="Recordings", unit=RECORDINGS),
            draw_highest(found.days, people, title="People who began an interview", unit=PEOPLE),
        ],
    }
    return _page(request, "analytics/staff/overview.html", context)


@require_safe
def agreement(request: HttpRequest) -> HttpResponse:
    """Show how well staff and machine agree."""
    _require(request, VIEW_SCORES)
    period = _chosen(request, "period", PERIOD_DAYS, default="all")
    reviewed = list_reviewed(period=period)
    language = request.GET.get("language", "")
    pairs = [pair for row in reviewed for pair in row.pairs]
    shown = [pair for pair in pairs if language in ("", pair.language)]
    context = {
        "title": "Agreement of staff and machine",
        "periods": PERIOD_DAYS,
        "period": period,
        "language": language,
        "languages": sorted({row.language for row in reviewed} | ({language} - {""})),
        "answers": sum(language in ("", row.language) for row in reviewed),
        "rows": _rows(shown, pairs if not language else ()),
        "plots": [_plot(shown, metric, period, language) for metric in METRICS],
        "csv": f"{reverse('staff-agreement-csv')}?{_query(period, language)}",
    }
    return _page(request, "analytics/staff/agreement.html", context)


@require_safe
def agreement_plot(request: HttpRequest, metric: str) -> HttpResponse:
    """Return the Bland-Altman plot of one metric."""
    _require(request, VIEW_SCORES)
    if metric not in METRICS:
        raise Http404
    palette = DARK if request.GET.get("theme") == "dark" else LIGHT
    pairs = _pairs(_asked_for(request))
    svg = draw_agreement(of_metric(pairs, metric), title=metric.capitalize(), palette=palette)
    return HttpResponse(svg, content_type="image/svg+xml", headers={"Cache-Control": "no-store"})


@require_safe
def agreement_csv(request: HttpRequest) -> HttpResponse:
    """Return every pair of scores as a table."""
    _require(request, VIEW_SCORES)
    text = write_table(CSV_HEAD, (cells for row in _asked_for(request) for cells in _cells(row)))
    return HttpResponse(
        text,
        content_type="text/csv; charset=utf-8",
        headers={"Content-Disposition": 'attachment; filename="agreement.csv"'},
    )


def _page(request: HttpRequest, template: str, context: Mapping[str, Any]) -> HttpResponse:
    everything = {**admin.site.each_context(request), **context}
    policy = {"Content-Security-Policy": ADMIN_CONTENT_SECURITY_POLICY}
    return TemplateResponse(request, template, everything, headers=policy)


def _require(request: HttpRequest, permission: str) -> None:
    if not request.user.has_perm(permission):
        raise PermissionDenied


def _chosen(request: HttpRequest, name: str, known: Iterable[str], *, default: str) -> str:
    chosen = request.GET.get(name, default)
    return chosen if chosen in known else default


def _asked_for(request: HttpRequest) -> list[Reviewed]:
    period = _chosen(request, "period", PERIOD_DAYS, default="all")
    return list_reviewed(period=period, language=request.GET.get("language", ""))


def _pairs(reviewed: Iterable[Reviewed]) -> list[Pair]:
    return [pair for row in reviewed for pair in row.pairs]


def _query(period: str, language: str) -> str:
    return urlencode({"period": period, "language": language})


def _rows(shown: Iterable[Pair], by_language: Iterable[Pair]) -> list[dict[str, Any]]:
    """Return the table: each metric over all that is shown, then by language where there are several."""
    everything, apart = list(shown), list(by_language)
    languages = sorted({pair.language for pair in apart})
    rows = []
    for metric in METRICS:
        rows.append(_row(metric, "", of_metric(everything, metric)))
        if len(languages) > 1:
            rows += [
                _row(metric, name, [p for p in of_metric(apart, metric) if p.language == name])
                for name in languages
            ]
    return rows


def _row(metric: str, language: str, pairs: list[Pair]) -> dict[str, Any]:
    return {
        "metric": metric,
        "language": language,
        "n": len(pairs),
        "agreement": measure_agreement(pairs),
    }


def _plot(pairs: list[Pair], metric: str, period: str, language: str) -> dict[str, str]:
    own = of_metric(pairs, metric)
    path = reverse("staff-agreement-plot", args=[metric])
    return {
        "address": f"{path}?{_query(period, language)}",
        "alternative": f"{metric.capitalize()}: {describe_agreement(measure_agreement(own))}",
    }


def _cells(row: Reviewed) -> Iterable[tuple[Any, ...]]:
    for pair in row.pairs:
        yield (
            row.session,
            row.question,
            row.attempt,
            row.language,
            row.reviewer,
            pair.metric,
            pair.staff,
            pair.machine,
            round(pair.difference, 1),
            row.scorer_version,
            row.scored_at.isoformat(),
            row.note,
        )
