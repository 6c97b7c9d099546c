"""The path of the page."""

from django.urls import path

from interview_platform.page import views

urlpatterns = [path("", views.page)]
