"""The staff's window on interviews."""

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest

from sessions import services
from sessions.models import InterviewSession, Question


class QuestionsOfASession(admin.TabularInline):  # type: ignore[type-arg] # generic for the type checker only
    """The questions, to read."""

    model = Question
    fields = readonly_fields = (
        "position",
        "text",
        "category",
        "difficulty",
        "source",
        "selection_reason",
        "attempt_count",
    )
    ordering = ("position",)
    extra = 0
    can_delete = False

    def has_add_permission(self, request: HttpRequest, obj: InterviewSession | None = None) -> bool:
        """Leave the questions to the generator."""
        return False


@admin.register(InterviewSession)
class InterviewSessionAdmin(admin.ModelAdmin):  # type: ignore[type-arg] # generic for the type checker only
    """Looks sessions up and removes them; everything that follows from work is read-only."""

    date_hierarchy = "created_at"
    ordering = ("-created_at",)
    list_display = ("title", "owner", "target_role", "difficulty", "status", "total_score")
    list_filter = ("status", "difficulty", "language")
    list_select_related = ("owner",)
    search_fields = ("=uuid", "title", "target_role", "target_company", "owner__email")
    fields = (
        "uuid",
        "owner",
        "title",
        "target_role",
        "target_company",
        "difficulty",
        "language",
        "status",
        "total_score",
        "created_at",
        "updated_at",
        "started_at",
        "completed_at",
    )
    readonly_fields = (
        "uuid",
        "owner",
        "status",
        "total_score",
        "created_at",
        "updated_at",
        "started_at",
        "completed_at",
    )
    inlines = (QuestionsOfASession,)

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Leave opening a session to the person who practises."""
        return False

    def delete_model(self, request: HttpRequest, obj: InterviewSession) -> None:
        """Remove the recordings with the rows."""
        services.delete_session(obj)

    def delete_queryset(self, request: HttpRequest, queryset: "QuerySet[InterviewSession]") -> None:
        """Remove the recordings with the rows."""
        for session in queryset:
            services.delete_session(session)
