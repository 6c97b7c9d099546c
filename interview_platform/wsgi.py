"""The web server's door (WSGI)."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "interview_platform.settings")

application = get_wsgi_application()
