"""Paths below /api/v1/feedback/ that look across sessions."""

from django.urls import path

from analytics import views, views_report, views_shares

urlpatterns = [
    path("history", views.History.as_view()),
    path("dashboard", views.Dashboard.as_view()),
    path("charts/<str:chart_type>", views.Charts.as_view()),
    path("compare", views.Compare.as_view()),
    path("sessions/<uuid:session_uuid>/report", views_report.SessionReport.as_view()),
    path("sessions/<uuid:session_uuid>/shares", views_shares.Shares.as_view()),
    path("sessions/<uuid:session_uuid>/shares/<uuid:share_uuid>", views_shares.Share.as_view()),
    path(
        "sessions/<uuid:session_uuid>/questions/<uuid:question_uuid>/attempts",
        views.Attempts.as_view(),
    ),
]
