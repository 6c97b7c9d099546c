"""How the staff's pages look (django-unfold): name, colours, and the way to each list, for those who may see it."""

from collections.abc import Callable
from functools import partial
from typing import Any, Final

from django.http import HttpRequest
from django.templatetags.static import static
from django.urls import reverse_lazy

Row = dict[str, Any]  # unfold's settings


def _may_view(permission: str, request: HttpRequest) -> bool:
    return request.user.has_perm(permission)


def _list(title: str, icon: str, table: str) -> Row:
    """Return the way to the list of a table, which is named `app.model`."""
    app, model = table.split(".")
    allowed: Callable[[HttpRequest], bool] = partial(_may_view, f"{app}.view_{model}")
    link = reverse_lazy(f"admin:{app}_{model}_changelist")
    return {"title": title, "icon": icon, "link": link, "permission": allowed}


def _page(title: str, icon: str, name: str, permission: str) -> Row:
    """Return the way to a page that is no list."""
    allowed: Callable[[HttpRequest], bool] = partial(_may_view, permission)
    return {"title": title, "icon": icon, "link": reverse_lazy(name), "permission": allowed}


def _icon(request: HttpRequest) -> str:
    return static("page/icon.svg")


NAVIGATION: Final[list[Row]] = [
    {
        "title": "Interviews",
        "items": [
            _list("Review desk", "rate_review", "interview_sessions.interviewsession"),
            _list("Recordings", "graphic_eq", "media.audioanswer"),
            _list("Transcripts", "notes", "pipeline.transcriptrecord"),
            _list("Evaluations", "fact_check", "pipeline.evaluationrecord"),
            _list("Staff scores", "how_to_reg", "analytics.staffscore"),
            _page("Agreement", "balance", "staff-agreement", "analytics.view_staffscore"),
        ],
    },
    {
        "title": "Work",
        "items": [
            _page("Overview", "monitoring", "staff-overview", "pipeline.view_pipelinerun"),
            _list("Runs", "conversion_path", "pipeline.pipelinerun"),
            _list("Tries", "history", "pipeline.stagerun"),
            _list("Workers", "memory", "pipeline.workerheartbeat"),
            _list("Question jobs", "quiz", "pipeline.questionjob"),
            _list("Language model calls", "smart_toy", "pipeline.languagemodelcall"),
        ],
    },
    {
        "title": "People",
        "items": [
            _list("Accounts", "person", "accounts.user"),
            _list("Roles", "badge", "auth.group"),
            _list("Exports", "download", "accounts.exportjob"),
            _list("Shared links", "link", "interview_sessions.sessionshare"),
            _list("Visitors' comments", "forum", "interview_sessions.sharecomment"),
            _list("Audit log", "receipt_long", "admin.logentry"),
        ],
    },
]
UNFOLD: Final[Row] = {
    "SITE_TITLE": "Interview Platform",
    "SITE_HEADER": "Interview Platform",
    "SITE_SUBHEADER": "for staff",
    "SITE_ICON": _icon,
    "SITE_FAVICONS": [{"rel": "icon", "type": "image/svg+xml", "href": _icon}],
    "SHOW_BACK_BUTTON": True,
    "ACCOUNT": {
        "navigation": [{"title": "One-time codes", "link": reverse_lazy("admin:second_factor")}]
    },
    "SIDEBAR": {"show_all_applications": True, "navigation": NAVIGATION},
    "COLORS": {  # the page's blue, from the palest to the darkest
        "primary": {
            "50": "#eff4ff",
            "100": "#dbe6fe",
            "200": "#bfd3fe",
            "300": "#93b4fd",
            "400": "#608ffa",
            "500": "#3b6cf6",
            "600": "#1d4ed8",
            "700": "#1e40af",
            "800": "#1e3a8a",
            "900": "#1c326f",
            "950": "#172148",
        }
    },
}
