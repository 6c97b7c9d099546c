"""The archive of everything that is kept about a person, over HTTP."""

from typing import Any, Final
from uuid import UUID

from django.core.files.storage import default_storage
from django.http import FileResponse
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.http import AuthenticatedRequest
from accounts.models import ExportJob
from analytics import exports
from interview_platform.http.envelope import answer

TAGS: Final = ["Users"]
PATH: Final = "/api/v1/users/me/export"
RETRY_AFTER: Final = "3"  # seconds
WORDS: Final = {
    "queued": "queued",
    "running": "processing",
    "completed": "completed",
    "failed": "failed",
}


class ExportOut(serializers.Serializer[Any]):
    """How the archive stands."""

    id = serializers.UUIDField()
    status = serializers.ChoiceField(choices=tuple(WORDS.values()))
    created_at = serializers.DateTimeField()
    size_bytes = serializers.IntegerField(allow_null=True)
    expires_at = serializers.DateTimeField(allow_null=True)
    download_path = serializers.CharField(allow_null=True, help_text="Needs your token.")


class Export(APIView):
    """The archive of everything that is kept about you."""

    @extend_schema(tags=TAGS, operation_id="start_export", request=None, responses={202: ExportOut})
    def post(self, request: AuthenticatedRequest) -> Response:
        """Have an archive made of everything that is kept about you; it takes the place of an earlier one."""
        return _answer(exports.ask_for_export(request.user), status=202)

    @extend_schema(
        tags=TAGS, operation_id="get_export", responses={200: ExportOut, 202: ExportOut, 404: None}
    )
    def get(self, request: AuthenticatedRequest) -> Response:
        """Return how the archive stands, and where it is once it is there."""
        job = exports.find_export(request.user)
        return _answer(job, status=202 if job.state in ExportJob.UNFINISHED else 200)


class ExportFile(APIView):
    """The archive itself."""

    @extend_schema(
        tags=TAGS,
        operation_id="download_export",
        responses={(200, "application/zip"): OpenApiTypes.BINARY},
    )
    def get(self, request: AuthenticatedRequest, export_uuid: UUID) -> FileResponse:
        """Return the archive: JSON, CSV and your recordings."""
        job = exports.find_archive(request.user, export_uuid)
        try:
            file = default_storage.open(job.storage_key)
        except FileNotFoundError as gone:
            raise exports.NoExport from gone
        return FileResponse(
            file,
            as_attachment=True,
            filename="interview-platform-export.zip",
            content_type="application/zip",
            headers={"Cache-Control": "private, no-store"},
        )


def _answer(job: ExportJob, *, status: int) -> Response:
    finished = job.state == ExportJob.State.COMPLETED
    data = {
        "id": job.uuid,
        "status": WORDS[job.state],
        "created_at": job.created_at,
        "size_bytes": job.size_bytes,
        "expires_at": job.finished_at + exports.KEPT_FOR if finished and job.finished_at else None,
        "download_path": f"{PATH}/{job.uuid}" if finished else None,
    }
    headers = {"Location": PATH, "Retry-After": RETRY_AFTER} if status == 202 else {}  # noqa: PLR2004 - accepted
    return answer(ExportOut(data).data, status=status, headers=headers)
