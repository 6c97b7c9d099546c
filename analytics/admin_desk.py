"""The review desk: a session in the admin, with everything to hear, to read and to score."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any
from uuid import UUID

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse

from accounts.models import User
from analytics import services
from analytics.models import HIGHEST, StaffScore
from analytics.selectors_desk import Desk, NoSuchAnswer, get_answer, read_desk
from analytics.views_report import KINDS, as_file
from pipeline.domain.values import METRICS
from pipeline.models import PipelineRun
from sessions.admin import InterviewSessionAdmin
from sessions.models import InterviewSession

SCORE = ("analytics.add_staffscore", "analytics.change_staffscore")
RUNS = "run"  # the field that names the attempts whose scores are on the page


class ScoreForm(forms.ModelForm):  # type: ignore[type-arg] # generic for the type checker only
    """A reviewer's scores of one attempt; an empty one says that it cannot be scored."""

    class Meta:
        model = StaffScore
        fields = (*METRICS, "note")
        widgets: dict[str, forms.Widget] = {
            "note": forms.Textarea({"rows": 3, "maxlength": 2000}),
            **dict.fromkeys(METRICS, forms.NumberInput({"max": HIGHEST, "inputmode": "numeric"})),
        }

    def __init__(self, *arguments: Any, **options: Any) -> None:
        """Compare with what the page showed, so that a stale tab overwrites nothing untouched."""
        super().__init__(*arguments, **options)
        for field in self.fields.values():
            field.show_hidden_initial = True

    def clean(self) -> dict[str, Any]:
        """Require a score or a note."""
        given: dict[str, Any] = super().clean() or {}
        if not self.errors and not given.get("note") and all(given[one] is None for one in METRICS):
            raise forms.ValidationError("Give at least one score, or a note.")
        return given


@admin.register(InterviewSession)
class ReviewDesk(InterviewSessionAdmin):
    """A session to review. Whoever may see it reads and listens; a reviewer scores."""

    def get_urls(self) -> list[URLPattern]:
        """Add the report."""
        view = self.admin_site.admin_view
        return [
            path("<int:number>/report", view(self.report), name="desk_report"),
            *super().get_urls(),
        ]

    def change_view(
        self,
        request: HttpRequest,
        object_id: str,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        """Show the desk in place of Django's form; a POST saves every score that changed on it."""
        session = self._get(request, object_id)
        if request.method != "POST":
            return self._show(request, session, {})
        if not _may_score(request):
            raise PermissionDenied
        return self._save(request, session)

    def report(self, request: HttpRequest, number: int) -> HttpResponse:
        """Return the report as the candidate has it."""
        session = self._get(request, str(number))
        desk = read_desk(session)
        if desk.report is None or desk.report.row is None:
            messages.warning(request, "There is no report yet: the work on it is not finished.")
            return HttpResponseRedirect(_place_of(session))
        return as_file(desk.report.row, KINDS["html"])

    def _save(self, request: HttpRequest, session: InterviewSession) -> HttpResponse:
        """Save the valid scores; show the page with what was typed again where one is not."""
        refused: dict[int, ScoreForm] = {}
        saved: list[int] = []
        for run, form in _changed_forms(request, session):
            if form.is_valid() and self._keep(request, run, form):
                saved.append(_position(run))
            else:
                refused[_position(run)] = form
        _tell(request, saved, refused)
        if refused:
            return self._show(request, session, refused)
        anchor = f"#question-{saved[0]}" if saved else ""
        return HttpResponseRedirect(f"{request.get_full_path()}{anchor}")

    def _keep(self, request: HttpRequest, run: PipelineRun, form: ScoreForm) -> bool:
        """Keep a reviewer's scores of one attempt and log them; add an error when refused."""
        given = form.cleaned_data
        verdict: dict[str, int | None] = {metric: given[metric] for metric in METRICS}
        try:
            score, is_first = services.score_answer(
                run, reviewer=_reviewer(request), verdict=verdict, note=given["note"]
            )
        except services.NothingToJudge as refusal:
            form.add_error(None, refusal.message)
            return False
        told = ", ".join(f"{metric} {_number(value)}" for metric, value in verdict.items())
        words = f"Scored attempt {run.attempt} of question {_position(run)}: {told}."
        (self.log_addition if is_first else self.log_change)(request, score, words)
        return True

    def _show(
        self, request: HttpRequest, session: InterviewSession, refused: dict[int, ScoreForm]
    ) -> HttpResponse:
        """Return the page; `refused` are forms to be shown again, by their question's position."""
        desk = read_desk(session, chosen=_chosen(request))
        context = {
            **self.admin_site.each_context(request),
            "title": session.title,
            "opts": self.opts,
            "original": session,
            "has_delete_permission": self.has_delete_permission(request, session),
            "desk": desk,
            "report": desk.report.row if desk.report else None,
            "forms": {**_forms(request, desk), **refused},
            "is_unsaved": bool(refused),
            "is_blind": "blind" in request.GET,
        }
        return TemplateResponse(request, "analytics/desk/page.html", context)

    def _get(self, request: HttpRequest, number: str) -> InterviewSession:
        """Return the session to somebody who may see it."""
        found = InterviewSession.objects.select_related("owner")
        session = found.filter(pk=number).first() if number.isdecimal() else None
        if not self.has_view_permission(request, session):
            raise PermissionDenied
        if session is None:
            raise Http404
        return session


def _forms(request: HttpRequest, desk: Desk) -> dict[int, ScoreForm]:
    """Return a form for each question whose shown attempt can be scored, by its position."""
    if not _may_score(request):
        return {}
    reviewer = _reviewer(request)
    return {
        answer.question.position: ScoreForm(
            instance=answer.shown.score_of(reviewer),
            prefix=str(answer.shown.run.uuid),
            auto_id=_auto_id(answer.question.position),
        )
        for answer in desk.answers
        if answer.shown is not None and answer.shown.transcript is not None
    }


def _changed_forms(
    request: HttpRequest, session: InterviewSession
) -> Iterable[tuple[PipelineRun, ScoreForm]]:
    """Yield each posted attempt whose scores differ from those that the page showed."""
    reviewer = _reviewer(request)
    for run in _posted_runs(request, session):
        form = ScoreForm(
            request.POST,
            instance=StaffScore.objects.filter(run=run, reviewer=reviewer).first(),
            prefix=str(run.uuid),
            auto_id=_auto_id(_position(run)),
        )
        if form.has_changed():
            yield run, form


def _tell(request: HttpRequest, saved: Sequence[int], refused: Mapping[int, ScoreForm]) -> None:
    """Say which questions' scores were saved, and why others were not."""
    if saved:
        messages.success(request, f"Scores saved: question {', '.join(map(str, saved))}.")
    for position, form in refused.items():
        for problems in form.errors.values():
            messages.error(request, f"Question {position}: {' '.join(map(str, problems))}")
    if not saved and not refused:
        messages.info(request, "You haven't changed any score.")


def _posted_runs(request: HttpRequest, session: InterviewSession) -> Iterable[PipelineRun]:
    """Return the attempts whose scores were on the page, even where a newer one is shown now."""
    try:
        return [get_answer(session, UUID(run)) for run in request.POST.getlist(RUNS)]
    except (NoSuchAnswer, ValueError):
        raise Http404 from None


def _auto_id(position: int) -> str:
    return f"score-{position}-%s"


def _position(run: PipelineRun) -> int:
    return run.question.position if run.question else 0


def _may_score(request: HttpRequest) -> bool:
    return request.user.has_perms(SCORE)


def _reviewer(request: HttpRequest) -> User:
    if not isinstance(request.user, User):
        raise PermissionDenied
    return request.user


def _chosen(request: HttpRequest) -> UUID | None:
    try:
        return UUID(request.GET.get("run", ""))
    except ValueError:
        return None


def _place_of(session: InterviewSession) -> str:
    return reverse("admin:interview_sessions_interviewsession_change", args=[session.pk])


def _number(value: int | None) -> str:
    return "-" if value is None else str(value)
