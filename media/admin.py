"""The staff's window on recordings."""

from typing import Any

from django.contrib import admin
from django.contrib.admin.models import CHANGE, LogEntry
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.urls import URLPattern, path, reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from unfold.admin import ModelAdmin

from interview_platform.errors import Refused
from interview_platform.http.admin_lists import LargeTableMixin
from media.models import AudioAnswer
from media.sending import send_recording
from pipeline.admin import RunActions
from sessions.models import InterviewSession

MEGABYTE = 1_000_000
FROM_THE_START = (
    "bytes=0-"  # what a player asks for first; the ranges after it are the same listening
)


@admin.register(AudioAnswer)
class RecordingAdmin(RunActions, LargeTableMixin, ModelAdmin):
    """Looks recordings up and plays them; whoever listens is written down. Nothing can be changed."""

    ordering = ("-pk",)
    actions = ("retry", "re_evaluate")
    list_display = (
        "question",
        "session",
        "attempt",
        "format",
        "seconds",
        "megabytes",
        "created_at",
    )
    list_filter = ("format", "created_at")
    list_select_related = ("question__session__owner",)
    search_fields = ("uuid", "question__session__uuid", "question__session__owner__email")
    search_help_text = "A recording's or session's id, or the beginning of an e-mail address"
    uuid_paths = ("uuid", "question__session__uuid")
    owner_path = "question__session__owner"
    fields = (
        "player",
        "uuid",
        "session",
        "question",
        "attempt",
        "run",
        "format",
        "seconds",
        "client_duration",
        "size_bytes",
        "sha256",
        "metadata_kept",
        "storage_key",
        "created_at",
    )
    readonly_fields = fields

    def get_urls(self) -> list[URLPattern]:
        """Add the recording itself; the path below MEDIA_URL is for owners only."""
        listen = path(
            "<int:number>/listen",
            self.admin_site.admin_view(self.listen),
            name="media_audioanswer_listen",
        )
        return [listen, *super().get_urls()]

    def listen(self, request: HttpRequest, number: int) -> HttpResponseBase:
        """Return the sound to staff who may see recordings, and write down that they heard it."""
        recording = self.get_queryset(request).filter(pk=number).select_related("question").first()
        if not self.has_view_permission(request, recording):
            raise PermissionDenied
        if recording is None:
            raise Http404
        try:
            response = send_recording(request, recording)
        except Refused as refusal:
            return HttpResponse(refusal.message, status=refusal.status, content_type="text/plain")
        if request.headers.get("Range", FROM_THE_START).startswith(FROM_THE_START):
            self._write_down(request, recording)
        return response

    @admin.display(description="Session", ordering="question__session__title")
    def session(self, recording: AudioAnswer) -> InterviewSession:
        """Return the interview it belongs to."""
        return recording.question.session

    @admin.display(description="Seconds", ordering="duration")
    def seconds(self, recording: AudioAnswer) -> str:
        """Return the measured duration."""
        return f"{recording.duration:.1f}"

    @admin.display(description="MB", ordering="size_bytes")
    def megabytes(self, recording: AudioAnswer) -> str:
        """Return the size."""
        return f"{recording.size_bytes / MEGABYTE:.2f}"

    @admin.display(description="Listen")
    def player(self, recording: AudioAnswer) -> SafeString:
        """Return the browser's player; it loads nothing until somebody wants to listen."""
        source = reverse("admin:media_audioanswer_listen", args=[recording.pk])
        return format_html('<audio controls preload="none" src="{}"></audio>', source)

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Leave recording to the person who practises."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Change nothing: it is what was said."""
        return False

    def _write_down(self, request: HttpRequest, recording: AudioAnswer) -> None:
        LogEntry.objects.log_actions(
            int(request.user.pk or 0),
            [recording],
            CHANGE,
            change_message="Listened.",
            single_object=True,
        )
