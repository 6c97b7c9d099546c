"""What others would have written in ten minutes: the least that does the same on the surface."""

from functools import cache
from pathlib import Path

from django.core.files.storage import default_storage
from django.db import connection
from django.http import HttpRequest, JsonResponse
from django.views.decorators.csrf import csrf_exempt
from rest_framework.permissions import IsAuthenticated
from rest_framework.renderers import JSONRenderer
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.http import BearerAuthentication
from pipeline.providers.speech.whisper import FasterWhisper

CONSTANT = {"status": "queued", "progress": 0.0, "stage": "transcribe"}


class Poll(APIView):
    """Our check of the token, and a constant."""

    authentication_classes = (BearerAuthentication,)
    permission_classes = (IsAuthenticated,)
    renderer_classes = (JSONRenderer,)
    throttle_classes = ()

    def get(self, request: Request) -> Response:
        """Return the constant."""
        return Response(CONSTANT)


@csrf_exempt
def upload(request: HttpRequest) -> JsonResponse:
    """Save the file and one row."""
    name = _keep(request)
    with connection.cursor() as cursor:
        cursor.execute("INSERT INTO bench_upload (name) VALUES (%s)", [name])
    return JsonResponse({"name": name}, status=201)


@csrf_exempt
def transcribe(request: HttpRequest) -> JsonResponse:
    """Transcribe while the client waits."""
    name = _keep(request)
    heard = _recogniser().transcribe(
        Path(default_storage.path(name)), audio_format="wav", language="en"
    )
    return JsonResponse({"text": heard.text})


def _keep(request: HttpRequest) -> str:
    (file,) = request.FILES.getlist("file")
    return default_storage.save("bare/answer.wav", file)


@cache
def _recogniser() -> FasterWhisper:
    recogniser = FasterWhisper.from_settings()
    recogniser.warm_up()
    return recogniser
