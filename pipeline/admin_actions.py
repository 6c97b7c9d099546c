"""What staff may do with many answers at once, in whichever list they have found them."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from django.contrib import admin, messages
from django.contrib.admin.models import CHANGE, LogEntry
from django.db.models import QuerySet
from django.http import HttpRequest

from accounts.models import User
from pipeline import re_evaluations, removals, services
from pipeline.models import PipelineRun

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
        wanted = re_evaluations.stale(chosen)
        asked_by = request.user if isinstance(request.user, User) else None
        re_evaluations.want(wanted, asked_by=asked_by)
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
        removals.remove_run(self._run_of(obj))

    def delete_queryset(self, request: HttpRequest, queryset: "QuerySet[Any]") -> None:
        """Remove each answer as `delete_model` does."""
        for row in self._joined(queryset):
            removals.remove_run(self._run_of(row))

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
