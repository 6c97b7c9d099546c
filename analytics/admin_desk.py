"""The review desk: a session in the admin, with everything to hear, to read and to judge."""

from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import URLPattern, path, reverse

from accounts.models import User
from analytics import services
from analytics.models import HIGHEST, StaffScore
from analytics.selectors_desk import Desk, DeskAnswer, NoSuchAnswer, get_answer, read_desk
from analytics.views_report import KINDS, as_file
from pipeline.models import PipelineRun
from pipeline.values import METRICS
from sessions.admin import InterviewSessionAdmin
from sessions.models import InterviewSession

SCORE = ("analytics.add_staffscore", "analytics.change_staffscore")


class ScoreForm(forms.ModelForm):  # type: ignore[type-arg] # generic for the type checker only
    """What a reviewer says of one attempt; an empty score says that it cannot be judged."""

    class Meta:
        model = StaffScore
        fields = (*METRICS, "note")
        widgets: dict[str, forms.Widget] = {
            "note": forms.Textarea({"rows": 3, "maxlength": 2000}),
            **dict.fromkeys(METRICS, forms.NumberInput({"max": HIGHEST, "inputmode": "numeric"})),
        }

    def clean(self) -> dict[str, Any]:
        """Want something to be said."""
        said: dict[str, Any] = super().clean() or {}
        if not self.errors and not said.get("note") and all(said[one] is None for one in METRICS):
            raise forms.ValidationError("Give at least one score, or a note.")
        return said


@admin.register(InterviewSession)
class ReviewDesk(InterviewSessionAdmin):
    """A session to review. Whoever may see it reads and listens; a reviewer scores."""

    change_form_template = "analytics/desk/page.html"

    def get_urls(self) -> list[URLPattern]:
        """Add the report, and the place that takes a score."""
        view = self.admin_site.admin_view
        return [
            path("<int:number>/report", view(self.report), name="desk_report"),
            path("<int:number>/attempts/<uuid:run>/score", view(self.score), name="desk_score"),
            *super().get_urls(),
        ]

    def render_change_form(
        self, request: HttpRequest, context: dict[str, Any], *arguments: Any, **options: Any
    ) -> HttpResponse:
        """Put the desk before Django's own form."""
        session = options.get("obj")
        if isinstance(session, InterviewSession):
            context |= self._lay_out(request, session)
        return super().render_change_form(request, context, *arguments, **options)

    def report(self, request: HttpRequest, number: int) -> HttpResponse:
        """Return the report as the candidate has it."""
        session = self._get(request, number)
        desk = read_desk(session)
        if desk.report is None or desk.report.row is None:
            messages.warning(request, "There is no report yet: the work on it is not finished.")
            return HttpResponseRedirect(_place_of(session))
        return as_file(desk.report.row, KINDS["html"])

    def score(self, request: HttpRequest, number: int, run: UUID) -> HttpResponse:
        """Keep a reviewer's score, and write down that it was given."""
        session = self._get(request, number)
        if request.method != "POST" or not _may_score(request):
            raise PermissionDenied
        try:
            attempt = get_answer(session, run)
        except NoSuchAnswer:
            raise Http404 from None
        form = ScoreForm(request.POST)
        if form.is_valid():
            self._keep(request, attempt, form)
        else:
            for problems in form.errors.values():
                messages.error(request, " ".join(map(str, problems)))
        blind = "blind" in request.POST
        return HttpResponseRedirect(_place_of(session, attempt=attempt, is_blind=blind))

    def _keep(self, request: HttpRequest, attempt: PipelineRun, form: ScoreForm) -> None:
        said = form.cleaned_data
        verdict: dict[str, int | None] = {metric: said[metric] for metric in METRICS}
        try:
            score, is_first = services.score_answer(
                attempt, reviewer=_reviewer(request), verdict=verdict, note=said["note"]
            )
        except services.NothingToJudge as refusal:
            messages.error(request, refusal.message)
            return
        told = ", ".join(f"{metric} {_number(value)}" for metric, value in verdict.items())
        position = attempt.question.position if attempt.question else "?"
        words = f"Scored attempt {attempt.attempt} of question {position}: {told}."
        (self.log_addition if is_first else self.log_change)(request, score, words)
        messages.success(request, f"Your scores of question {position} are kept.")

    def _get(self, request: HttpRequest, number: int) -> InterviewSession:
        """Return the session to somebody who may see it."""
        session = InterviewSession.objects.select_related("owner").filter(pk=number).first()
        if not self.has_view_permission(request, session):
            raise PermissionDenied
        if session is None:
            raise Http404
        return session

    def _lay_out(self, request: HttpRequest, session: InterviewSession) -> dict[str, Any]:
        desk = read_desk(session, chosen=_chosen(request))
        return {
            "desk": desk,
            "report": desk.report.row if desk.report else None,
            "forms": self._forms(request, desk),
            "is_blind": "blind" in request.GET,
        }

    def _forms(self, request: HttpRequest, desk: Desk) -> dict[int, ScoreForm]:
        """Return a form for each question whose shown attempt can be scored, by the question's position."""
        if not _may_score(request):
            return {}
        reviewer = _reviewer(request)
        return {
            answer.question.position: _form_of(answer, reviewer)
            for answer in desk.answers
            if answer.shown is not None and answer.shown.transcript is not None
        }


def _form_of(answer: DeskAnswer, reviewer: User) -> ScoreForm:
    own = answer.shown.score_of(reviewer) if answer.shown else None
    return ScoreForm(instance=own, auto_id=f"score-{answer.question.position}-%s")


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


def _place_of(
    session: InterviewSession, *, attempt: PipelineRun | None = None, is_blind: bool = False
) -> str:
    """Return the address of the desk, or of one answer on it."""
    place = reverse("admin:interview_sessions_interviewsession_change", args=[session.pk])
    if attempt is None or attempt.question is None:
        return place
    query = urlencode({"run": attempt.uuid, **({"blind": 1} if is_blind else {})})
    return f"{place}?{query}#question-{attempt.question.position}"


def _number(value: int | None) -> str:
    return "-" if value is None else str(value)
