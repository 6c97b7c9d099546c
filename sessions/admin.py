"""The staff's window on interviews, on the links to their reports and on what visitors left there."""

from django.contrib import admin
from django.db.models import Model, QuerySet
from django.http import HttpRequest
from unfold.admin import ModelAdmin

from interview_platform.http.admin_lists import LargeTableMixin
from sessions import services
from sessions.models import InterviewSession, SessionShare, ShareComment


class InterviewSessionAdmin(LargeTableMixin, ModelAdmin):
    """
    Look sessions up and remove them; nobody edits one by hand.

    `analytics` registers it, as its review desk shows what became of the session.
    """

    date_hierarchy = "created_at"
    ordering = ("-pk",)
    list_display = ("title", "owner", "target_role", "difficulty", "status", "total_score")
    list_filter = ("status", "difficulty", "language")
    list_select_related = ("owner",)
    search_fields = ("uuid", "owner__email")
    search_help_text = "A session's id, or the beginning of an e-mail address"

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


class LeftByPeople(ModelAdmin):
    """What people made through the API: staff look, and an admin may remove it."""

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Nobody adds one by hand."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        """Nobody changes one by hand."""
        return False


@admin.register(SessionShare)
class ShareAdmin(LeftByPeople):
    """Links to reports; to remove one is to revoke it. Its secret is known to nobody, and its hash is not shown."""

    list_display = ("session", "owner", "with_audio", "with_name", "created_at", "expires_at")
    list_filter = ("with_audio", "with_name", "expires_at")
    list_select_related = ("session__owner",)
    search_fields = ("=uuid", "=session__uuid", "session__title", "session__owner__email")
    date_hierarchy = "created_at"
    ordering = ("-created_at",)
    fields = ("uuid", "session", "owner", "with_audio", "with_name", "created_at", "expires_at")

    @admin.display(description="Candidate", ordering="session__owner__email")
    def owner(self, share: SessionShare) -> str:
        """Return whose report it leads to."""
        return share.session.owner.email


@admin.register(ShareComment)
class CommentAdmin(LeftByPeople):
    """What visitors of shared reports left; nobody vouches for who they say they are."""

    list_display = ("created_at", "author", "score", "text", "session")
    list_filter = ("created_at",)
    list_select_related = ("share__session",)
    search_fields = ("author", "text", "=share__session__uuid", "share__session__owner__email")
    date_hierarchy = "created_at"
    ordering = ("-created_at",)
    fields = ("uuid", "session", "author", "text", "score", "created_at")

    @admin.display(description="Session", ordering="share__session__title")
    def session(self, comment: ShareComment) -> InterviewSession:
        """Return the interview whose report it is about."""
        return comment.share.session
