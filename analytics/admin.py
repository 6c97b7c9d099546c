"""The staff's window on what staff say of answers."""

from django.contrib import admin
from django.db.models import Model
from django.http import HttpRequest
from unfold.admin import ModelAdmin

from analytics.admin_desk import ReviewDesk  # noqa: F401 - Django looks for an app's pages here
from analytics.models import StaffScore


@admin.register(StaffScore)
class StaffScoreAdmin(ModelAdmin):
    """Looks scores up; they are given and changed at the review desk, with the answer before one's eyes."""

    list_display = (
        "reviewer",
        "question",
        "attempt",
        "relevance",
        "fluency",
        "grammar",
        "keywords",
        "updated_at",
    )
    list_filter = ("updated_at",)
    list_select_related = ("reviewer", "run__question")
    search_fields = ("reviewer__email", "=run__uuid", "=run__session__uuid", "note")
    date_hierarchy = "updated_at"
    ordering = ("-updated_at",)
    show_full_result_count = False

    @admin.display(description="Question")
    def question(self, score: StaffScore) -> str:
        """Return what was asked."""
        return str(score.run.question)

    @admin.display(description="Attempt", ordering="run__attempt")
    def attempt(self, score: StaffScore) -> int:
        """Return the number of the recording."""
        return score.run.attempt

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Nobody scores without the answer."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        """Nobody changes a score here, least of all another one's."""
        return False
