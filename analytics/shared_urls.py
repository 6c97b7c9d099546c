"""Paths below /api/v1/shared/, for visitors without an account."""

from django.urls import path

from analytics import views_shares

urlpatterns = [
    path("<str:token>", views_shares.SharedReport.as_view()),
    path("<str:token>/comments", views_shares.SharedComments.as_view()),
    path("<str:token>/questions/<uuid:question_uuid>/audio", views_shares.SharedAudio.as_view()),
]
