"""The staff's window on runs: where each stands, every try at each stage, and what to do about it."""

from collections.abc import Callable
from typing import Any

from django.contrib import admin, messages
from django.db.models import Model, QuerySet
from django.http import HttpRequest
from unfold.admin import ModelAdmin, TabularInline

from pipeline import reconciler, services
from pipeline.models import (
    EvaluationRecord,
    Lease,
    PipelineRun,
    SessionFeedback,
    SessionScore,
    StageRun,
    TranscriptRecord,
    WorkerHeartbeat,
)
from pipeline.models_language import DailyTokens, LanguageModelCall, QuestionJob


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


@admin.register(PipelineRun)
class RunAdmin(ReadOnly):
    """Runs, the latest first; stuck and failed ones by filter."""

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
    search_fields = ("uuid", "session__uuid", "session__owner__email", "failure_code")
    list_select_related = ("session__owner", "question")
    date_hierarchy = "created_at"
    ordering = ("-created_at",)
    inlines = (Timeline,)
    actions = ("retry", "requeue", "stop", "look_for_lost_work")
    show_full_result_count = False

    @admin.display(description="candidate")
    def owner(self, run: PipelineRun) -> str:
        """Return whose it is."""
        return run.session.owner.email

    @admin.action(
        permissions=("operate",), description="Start failed runs again from the stage that failed"
    )
    def retry(self, request: HttpRequest, runs: "QuerySet[PipelineRun]") -> None:
        """Start again what failed."""
        self._do(request, runs, services.retry_run, "started again")

    @admin.action(
        permissions=("operate",),
        description="Take unfinished runs from their workers and send them anew",
    )
    def requeue(self, request: HttpRequest, runs: "QuerySet[PipelineRun]") -> None:
        """Send anew what is stuck."""
        self._do(request, runs, services.requeue_run, "sent anew")

    @admin.action(
        permissions=("operate",),
        description="Stop unfinished runs: the candidate may start them again",
    )
    def stop(self, request: HttpRequest, runs: "QuerySet[PipelineRun]") -> None:
        """Fail what shall not go on."""
        reason = "This was stopped by our staff. You can start it again."
        self._do(request, runs, lambda run: services.stop_run(run, reason=reason), "stopped")

    @admin.action(permissions=("operate",), description="Look for lost work now")
    def look_for_lost_work(self, request: HttpRequest, runs: "QuerySet[PipelineRun]") -> None:
        """Do the reconciler's work at once."""
        self.message_user(request, f"Sent again: {reconciler.reconcile()}")

    def has_operate_permission(self, request: HttpRequest) -> bool:
        """Tell whether this person may start, send and stop runs: an operator, not a reviewer."""
        return request.user.has_perm("pipeline.change_pipelinerun")

    def _do(
        self,
        request: HttpRequest,
        runs: "QuerySet[PipelineRun]",
        change: Callable[[PipelineRun], bool],
        done: str,
    ) -> None:
        changed = [run for run in runs if change(run)]
        for run in changed:
            self.log_change(request, run, done)
        left = runs.count() - len(changed)
        level = messages.WARNING if left else messages.SUCCESS
        note = f"; left alone, as their state does not allow it: {left}" if left else ""
        self.message_user(request, f"Runs {done}: {len(changed)}{note}", level)


@admin.register(TranscriptRecord)
class TranscriptAdmin(ReadOnly):
    """What was said."""

    list_display = ("run", "language", "word_count", "confidence", "duration", "created_at")
    list_filter = ("language", "model")
    list_select_related = ("run",)


@admin.register(EvaluationRecord)
class EvaluationAdmin(ReadOnly):
    """How it was judged."""

    list_display = ("run", "overall", "relevance", "grammar", "fluency", "keywords", "scorable")
    list_filter = ("scorable", "scorer_version")
    list_select_related = ("run",)


@admin.register(SessionScore)
class ScoreAdmin(ReadOnly):
    """The score cards."""

    list_display = ("session", "total_score", "letter_grade", "created_at")
    list_filter = ("letter_grade",)
    list_select_related = ("session",)


@admin.register(SessionFeedback)
class FeedbackAdmin(ReadOnly):
    """What candidates read."""

    list_display = ("session", "overall_rating", "readiness_score", "created_at")
    list_filter = ("overall_rating",)
    list_select_related = ("session",)


@admin.register(StageRun)
class TryAdmin(ReadOnly):
    """Every try, for looking at one worker or one kind of trouble."""

    list_display = ("run", "stage", "attempt", "outcome", "error_code", "worker", "started_at")
    list_filter = ("stage", "outcome", "error_code")
    list_select_related = ("run",)
    show_full_result_count = False


@admin.register(LanguageModelCall)
class LanguageModelCallAdmin(ReadOnly):
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
    list_filter = ("purpose", "outcome", "model", "created_at")
    search_fields = ("owner__email", "session__uuid")
    list_select_related = ("owner",)
    date_hierarchy = "created_at"
    ordering = ("-created_at",)
    show_full_result_count = False


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
