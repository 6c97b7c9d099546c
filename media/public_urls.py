"""The paths that `file_path` shows."""

from django.urls import path

from media import views

urlpatterns = [
    path("uploads/sessions/<uuid:session_uuid>/<str:name>", views.PublicRecording.as_view()),
]
