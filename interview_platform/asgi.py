"""The application that the web server runs (ASGI)."""

import os
import resource
import tempfile

from django.core.asgi import get_asgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "interview_platform.settings")

django = get_asgi_application()

from django.urls import resolve  # noqa: E402 - Django comes first

from interview_platform.http.gateway import LIVE_PATH, Gateway  # noqa: E402 - likewise
from media.storage import make_spool_folder  # noqa: E402 - likewise
from pipeline.api.event_listener import EventListener  # noqa: E402 - likewise
from pipeline.questions.bank import load_bank  # noqa: E402 - likewise

_hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
resource.setrlimit(resource.RLIMIT_NOFILE, (_hard, _hard))  # each connection takes a descriptor
resolve(LIVE_PATH)  # loads all views
load_bank()  # the first candidate does not wait for it


def use_storage_disk() -> None:
    """Let Django spool large bodies on the disk of the recordings: /tmp may be small."""
    tempfile.tempdir = str(make_spool_folder())


application = Gateway(django, events=EventListener(), on_start=use_storage_disk)
