"""The web server's door (WSGI)."""

import os

from django.core.wsgi import get_wsgi_application

from interview_platform.http.hang_up import hang_up_when_told

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "interview_platform.settings")

application = hang_up_when_told(get_wsgi_application())
