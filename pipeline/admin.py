"""Admin of runs and results, with actions for many answers at once."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, ClassVar

from django.contrib import admin, messages
from django.contrib.admin.models import CHANGE, LogEntry
from django.db.models import Model, QuerySet
from django.http import HttpRequest
from unfold.admin import ModelAdmin, TabularInline

from accounts.models import User
from interview_platform.http.admin_lists import LargeTableMixin
from pipeline.domain.values import METRICS
from pipeline.models import (
    DailyTokens,
    EvaluationRecord,
    LanguageModelCall,
    Lease,
    PastEvaluation,
    PipelineRun,
    QuestionJob,
    SessionFeedback,
    SessionScore,
    StageRun,
    TranscriptRecord,
    WantedEvaluation,
    WorkerHeartbeat,
)
from pipeline.runs import recovery, reevaluation, services

if TYPE_CHECKING:
    from unfold.admin import ModelAdmin

    AdminBase = ModelAdmin
else:
    AdminBase = object  # a mixin: the admin's class comes beside it


class RunActions(AdminBase):
    """Retry, judge anew, delete: for lists of runs, and of what belongs to one run each. Each is asked of a role, and logged."""

    run_path = "run"  # how a row of the list leads to its run; "" where it is one

    @admin.action(
        permissions=("operate",), description="Start failed runs again from the stage that failed"
    )
    def retry(self, request: HttpRequest, rows: "QuerySet[Any]") -> None:
        """Start again what failed."""
        self.do_with_each(request, rows, services.retry_run, "started again")

    @admin.action(
        permissions=("operate",),
        description="Judge again what another version of the scorer has judged (old results are kept)",
    )
    def re_evaluate(self, request: HttpRequest, rows: "QuerySet[Any]") -> None:
        """Note the wish; workers judge a few at a time."""
        chosen = {self._run_of(row).pk: row for row in self._joined(rows)}
        wanted = reevaluation.stale(chosen)
        asked_by = request.user if isinstance(request.user, User) else None
        reevaluation.want(wanted, asked_by=asked_by)
        self._log(request, [chosen[run] for run in wanted], "to be judged by today's scorer")
        left = len(chosen) - len(wanted)
        note = f"; left alone, as today's scorer or none has judged them: {left}" if left else ""
        level = messages.WARNING if left else messages.SUCCESS
        self.message_user(request, f"Answers to be judged again: {len(wanted)}{note}", level)

    def has_operate_permission(self, request: HttpRequest) -> bool:
        """Tell whether this person may start, send and stop runs: an operator, not a reviewer."""
        return request.user.has_perm("pipeline.change_pipelinerun")

    def delete_model(self, request: HttpRequest, obj: Any) -> None:
        """Remove the answer with its recording, and have the session scored anew."""
        services.remove_run(self._run_of(obj))

    def delete_queryset(self, request: HttpRequest, queryset: "QuerySet[Any]") -> None:
        """Remove each answer as `delete_model` does."""
        for row in self._joined(queryset):
            services.remove_run(self._run_of(row))

    def do_with_each(
        self,
        request: HttpRequest,
        rows: "QuerySet[Any]",
        change: Callable[[PipelineRun], bool],
        done: str,
    ) -> None:
        """Change the run of each row, log those that were changed, and say how many were not."""
        chosen = list(self._joined(rows))
        changed = [row for row in chosen if change(self._run_of(row))]
        self._log(request, changed, done)
        left = len(chosen) - len(changed)
        level = messages.WARNING if left else messages.SUCCESS
        note = f"; left alone, as their state does not allow it: {left}" if left else ""
        self.message_user(request, f"Runs {done}: {len(changed)}{note}", level)

    def _joined(self, rows: "QuerySet[Any]") -> "QuerySet[Any]":
        return rows.select_related(self.run_path) if self.run_path else rows

    def _run_of(self, row: Any) -> PipelineRun:
        run: PipelineRun = getattr(row, self.run_path) if self.run_path else row
        return run

    def _log(self, request: HttpRequest, rows: list[Any], done: str) -> None:
        if rows:
            LogEntry.objects.log_actions(int(request.user.pk or 0), rows, CHANGE, done)


class ReadOnly(ModelAdmin):
    """Rows that the pipeline writes: staff look, and change them through actions only."""

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Nobody adds one by hand."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        """Nobody changes one by hand."""
        return False


class Timeline(TabularInline):
    """Every try at every stage of a run."""

    model = StageRun
    verbose_name = "try"
    verbose_name_plural = "timeline"
    fields = ("stage", "attempt", "outcome", "error_code", "worker", "started_at", "ended_at")
    readonly_fields = fields
    ordering = ("started_at",)
    extra = 0
    can_delete = False

    def has_add_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        """Nobody adds one by hand."""
        return False


class JudgedBefore(TabularInline):
    """What a run's answer was judged before, and why that counts no more."""

    model = PastEvaluation
    verbose_name_plural = "judged before"
    fields = readonly_fields = (
        "evaluated_at",
        "scorer_version",
        "overall",
        *METRICS,
        "why",
        "replaced_at",
    )
    ordering = ("-evaluated_at",)
    extra = 0
    can_delete = False

    def has_add_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        """Nobody adds one by hand."""
        return False


@admin.register(PipelineRun)
class RunAdmin(RunActions, LargeTableMixin, ReadOnly):
    """Runs, the latest first; stuck and failed ones by filter."""

    run_path = ""
    list_display = (
        "uuid",
        "owner",
        "question",
        "attempt",
        "stage",
        "state",
        "attempts",
        "lost_count",
        "failure_code",
        "created_at",
    )
    list_filter = ("state", "stage", "failure_code", "created_at")
    search_fields = ("uuid", "session__uuid", "session__owner__email")
    search_help_text = "A run's or session's id, or the beginning of an e-mail address"
    uuid_paths = ("uuid", "session__uuid")
    owner_path = "session__owner"
    list_select_related = ("session__owner", "question")
    ordering = ("-pk",)
    inlines = (Timeline, JudgedBefore)
    actions = ("retry", "re_evaluate", "requeue", "stop", "look_for_lost_work")

    @admin.display(description="candidate")
    def owner(self, run: PipelineRun) -> str:
        """Return whose it is."""
        return run.session.owner.email

    @admin.action(
        permissions=("operate",),
        description="Take unfinished runs from their workers and send them anew",
    )
    def requeue(self, request: HttpRequest, runs: "QuerySet[PipelineRun]") -> None:
        """Send anew what is stuck."""
        self.do_with_each(request, runs, services.requeue_run, "sent anew")

    @admin.action(
        permissions=("operate",),
        description="Stop unfinished runs: the candidate may start them again",
    )
    def stop(self, request: HttpRequest, runs: "QuerySet[PipelineRun]") -> None:
        """Fail what shall not go on."""
        reason = "This was stopped by our staff. You can start it again."
        self.do_with_each(
            request, runs, lambda run: services.stop_run(run, reason=reason), "stopped"
        )

    @admin.action(permissions=("operate",), description="Look for lost work now")
    def look_for_lost_work(self, request: HttpRequest, runs: "QuerySet[PipelineRun]") -> None:
        """Do the reconciler's work at once."""
        self.message_user(request, f"Sent again: {recovery.reconcile()}")


class OfARun(LargeTableMixin, ReadOnly):
    """What was made of one run: found by the run, the session or the candidate."""

    search_fields = ("run__uuid", "run__session__uuid", "run__session__owner__email")
    search_help_text = "A run's or session's id, or the beginning of an e-mail address"
    uuid_paths = ("run__uuid", "run__session__uuid")
    owner_path = "run__session__owner"
    list_select_related: ClassVar[tuple[str, ...]] = ("run",)
    ordering = ("-pk",)

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        """Let results go with their run, never alone; that may then be asked from any page but their own."""
        match = request.resolver_match
        is_own = match is not None and (match.url_name or "").startswith(
            f"{self.opts.app_label}_{self.opts.model_name}_"
        )
        return not is_own and super().has_delete_permission(request, obj)


@admin.register(TranscriptRecord)
class TranscriptAdmin(OfARun):
    """What was said."""

    list_display = ("run", "language", "word_count", "confidence", "duration", "created_at")
    heavy = ("words", "segments", "speech", "heard")


class JudgementAdmin(OfARun):
    """What judgements have in common."""

    heavy = ("metrics", "explanations", "intervals", "observations", "suggestions", "summary")


@admin.register(EvaluationRecord)
class EvaluationAdmin(RunActions, JudgementAdmin):
    """How it was judged."""

    list_display = (
        "run",
        "overall",
        *METRICS,
        "scorable",
        "scorer_version",
        "edited",
    )
    list_filter = ("scorable", "scorer_version")
    actions = ("re_evaluate",)


@admin.register(PastEvaluation)
class PastEvaluationAdmin(JudgementAdmin):
    """How it was judged before, and why that counts no more."""

    list_display = ("run", "overall", *METRICS, "scorer_version", "why", "replaced_at")
    list_filter = ("why",)


@admin.register(WantedEvaluation)
class WantedEvaluationAdmin(OfARun):
    """What is still to be judged anew."""

    list_display = ("run", "asked_by", "asked_at")
    list_select_related = ("run", "asked_by")


class OfASession(LargeTableMixin, ReadOnly):
    """What was made of one session: found by the session or the candidate."""

    search_fields = ("session__uuid", "session__owner__email")
    search_help_text = "A session's id, or the beginning of an e-mail address"
    uuid_paths = ("session__uuid",)
    owner_path = "session__owner"
    list_select_related = ("session",)
    ordering = ("-pk",)


@admin.register(SessionScore)
class ScoreAdmin(OfASession):
    """The score cards."""

    list_display = ("session", "total_score", "letter_grade", "created_at")
    heavy = ("card",)


@admin.register(SessionFeedback)
class FeedbackAdmin(OfASession):
    """What candidates read."""

    list_display = ("session", "overall_rating", "readiness_score", "created_at")
    heavy = ("report",)


@admin.register(StageRun)
class TryAdmin(OfARun):
    """Every try, for looking at one kind of trouble."""

    list_display = ("run", "stage", "attempt", "outcome", "error_code", "worker", "started_at")
    list_filter = ("stage", "outcome")


@admin.register(LanguageModelCall)
class LanguageModelCallAdmin(LargeTableMixin, ReadOnly):
    """What language models were asked for, what it consumed and how it ended."""

    list_display = (
        "created_at",
        "purpose",
        "owner",
        "model",
        "prompt_tokens",
        "completion_tokens",
        "cost",
        "outcome",
        "seconds",
    )
    list_filter = ("purpose", "created_at")
    search_fields = ("owner__email", "session__uuid")
    search_help_text = "A session's id, or the beginning of an e-mail address"
    uuid_paths = ("session__uuid",)
    list_select_related = ("owner",)
    ordering = ("-pk",)


@admin.register(DailyTokens)
class DailyTokensAdmin(ReadOnly):
    """What of the daily budgets is spent; the row without an owner is everybody's."""

    list_display = ("day", "owner", "tokens")
    list_filter = ("day",)
    list_select_related = ("owner",)
    ordering = ("-day", "-tokens")


@admin.register(QuestionJob)
class QuestionJobAdmin(ReadOnly):
    """Questions that a language model writes, or was to write."""

    list_display = ("created_at", "session", "parent", "state", "failure_code", "finished_at")
    list_filter = ("state", "failure_code", "created_at")
    list_select_related = ("session", "parent")
    ordering = ("-created_at",)
    exclude = ("wish", "token")
    show_full_result_count = False


@admin.register(WorkerHeartbeat)
class WorkerAdmin(ReadOnly):
    """Who works."""

    list_display = ("name", "queues", "concurrency", "seen_at")


@admin.register(Lease)
class LeaseAdmin(ReadOnly):
    """Who leads."""

    list_display: Any = ("name", "holder", "until")
