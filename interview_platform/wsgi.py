"""The web server's door (WSGI)."""

import os

from django.core.wsgi import get_wsgi_application

from interview_platform.http.hang_up import hang_up_when_told

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "interview_platform.settings")

application = hang_up_when_told(get_wsgi_application())

from pipeline.bank import load_bank  # noqa: E402 - Django comes first

load_bank()  # once, before the server forks: the first candidate does not wait for it
