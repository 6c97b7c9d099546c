"""Paths below /api/v1/interviews/ that are about sessions and their questions."""

from django.urls import path

from sessions import views

urlpatterns = [
    path("sessions", views.Sessions.as_view()),
    path("sessions/<uuid:session_uuid>", views.Session.as_view()),
    path("sessions/<uuid:session_uuid>/questions", views.Questions.as_view()),
    path(
        "sessions/<uuid:session_uuid>/questions/<uuid:question_uuid>", views.OneQuestion.as_view()
    ),
]
