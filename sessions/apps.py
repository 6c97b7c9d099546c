"""The sessions app, under a label of its own."""

from django.apps import AppConfig


class SessionsConfig(AppConfig):
    """
    Interview sessions and their questions.

    The label differs from the package because `django.contrib.sessions` owns the label "sessions".
    """

    name = "sessions"
    label = "interview_sessions"
    verbose_name = "Interview sessions"
    default_auto_field = "django.db.models.BigAutoField"
