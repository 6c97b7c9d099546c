"""Project configuration: settings, URLs, the HTTP envelope and the stack's start-up."""

from celery_app import app as celery_app

__all__ = ["celery_app"]
