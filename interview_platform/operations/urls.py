"""Paths."""

from django.urls import path

from interview_platform.operations import docs, health, metrics

urlpatterns = [
    path("docs", docs.SwaggerPage.as_view()),
    path("redoc", docs.RedocPage.as_view()),
    path("openapi.json", docs.OpenApiDocument.as_view()),
    path("health/live", health.Live.as_view()),
    path("health/ready", health.Ready.as_view()),
    path("metrics", metrics.metrics),
]
