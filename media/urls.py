"""Paths below /api/v1/interviews/ that are about recordings."""

from django.urls import path

from media import views

urlpatterns = [
    path(
        "sessions/<uuid:session_uuid>/questions/<uuid:question_uuid>/audio",
        views.Recording.as_view(),
    ),
]
