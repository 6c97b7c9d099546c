"""The whole API on one screen."""

from django.conf import settings
from django.contrib import admin
from django.urls import include, path

urlpatterns = [
    path(f"{settings.ADMIN_PATH}/", include("analytics.staff_urls")),
    path(f"{settings.ADMIN_PATH}/", admin.site.urls),
    path("api/v1/users/", include("accounts.urls")),
    path("api/v1/users/", include("analytics.export_urls")),
    path("api/v1/interviews/", include("sessions.urls")),
    path("api/v1/interviews/", include("media.urls")),
    path("api/v1/", include("pipeline.urls")),
    path("api/v1/feedback/", include("analytics.urls")),
    path("api/v1/shared/", include("analytics.shared_urls")),
    path("", include("media.public_urls")),
    path("", include("interview_platform.operations.urls")),
    path("", include("interview_platform.page.urls")),
]

handler400 = "interview_platform.http.errors.handle_bad_request"
handler403 = "interview_platform.http.errors.handle_forbidden"
handler404 = "interview_platform.http.errors.handle_unknown_path"
handler500 = "interview_platform.http.errors.handle_surprise"
