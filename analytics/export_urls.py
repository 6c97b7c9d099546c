"""Paths below /api/v1/users/ that are about the archive of a person."""

from django.urls import path

from analytics import views_export

urlpatterns = [
    path("me/export", views_export.Export.as_view()),
    path("me/export/<uuid:export_uuid>", views_export.ExportFile.as_view()),
]
