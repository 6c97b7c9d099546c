"""Paths below /api/v1/interviews/ that are about recordings and typed answers."""

from django.urls import path

from media import views, views_typed

urlpatterns = [
    path(
        "sessions/<uuid:session_uuid>/questions/<uuid:question_uuid>/audio",
        views.Recording.as_view(),
    ),
    path(
        "sessions/<uuid:session_uuid>/questions/<uuid:question_uuid>/answer",
        views_typed.TypedAnswer.as_view(),
    ),
]
