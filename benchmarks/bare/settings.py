"""The project's settings with nothing of the project's way of answering: what a bare view is measured under."""

from interview_platform.settings import *  # noqa: F403 - all but what follows is the same

ROOT_URLCONF = "benchmarks.bare.urls"
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "django.middleware.common.CommonMiddleware",
]
