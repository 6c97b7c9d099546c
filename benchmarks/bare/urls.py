"""The bare views."""

from django.urls import path

from benchmarks.bare import views

urlpatterns = [
    path("poll", views.Poll.as_view()),
    path("upload", views.upload),
    path("transcribe", views.transcribe),
]
