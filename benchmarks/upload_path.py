"""One upload from the view to the stored feedback, in this process, with the real models."""

import os
import sys
from pathlib import Path
from typing import Any, Final

ROOT: Final = Path(__file__).resolve().parent.parent
RECORDING: Final = ROOT / "tests" / "samples" / "strong_answer.mp3"
API: Final = "/api/v1/"


class UploadPath:
    """A person with a session, ready to upload; `run` does what is measured."""

    def __init__(self) -> None:
        sys.path.insert(0, str(ROOT))
        os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tests.settings")
        import django

        django.setup()
        from django.test.utils import setup_databases, setup_test_environment
        from rest_framework.test import APIClient

        setup_test_environment()
        setup_databases(verbosity=0, interactive=False)
        self.client = APIClient()
        person = {"email": "jane@example.com", "password": "SecurePass123!", "full_name": "Jane"}
        token = self._post("users/register", person)["token"]
        self.client.credentials(HTTP_AUTHORIZATION=f"Bearer {token}")
        asked = {"title": "Practice", "target_role": "Data Engineer", "difficulty": "medium"}
        session = self._post("interviews/sessions", asked)["id"]
        self.session = f"interviews/sessions/{session}"

        wanted = {"num_questions": 1, "categories": ["behavioral"], "skills": []}
        questions = self._post(f"{self.session}/questions/generate", wanted)["questions"]
        self.question = f"{self.session}/questions/{questions[0]['id']}"

    def run(self) -> None:
        """Upload a recording, run the four stages and get the results."""
        from pipeline import tasks
        from pipeline.models import PipelineRun

        with RECORDING.open("rb") as file:
            self._post(f"{self.question}/audio", {"file": file}, format="multipart")
        self._run(PipelineRun.objects.get(question__isnull=False), tasks.transcribe_answer)
        self._run(PipelineRun.objects.get(question__isnull=False), tasks.evaluate_answer)
        self._run(PipelineRun.objects.get(question__isnull=False), tasks.score_session)
        self._run(PipelineRun.objects.get(question__isnull=False), tasks.write_feedback)
        self._get(f"{self.question}/evaluation")

    def _run(self, run: Any, task: Any) -> None:
        task.apply(kwargs={"run_id": run.pk}, throw=True)

    def _post(self, path: str, body: dict[str, Any], *, format: str = "json") -> dict[str, Any]:  # noqa: A002 - the client's name
        return self._data(self.client.post(API + path, body, format=format))

    def _get(self, path: str) -> dict[str, Any]:
        return self._data(self.client.get(API + path))

    def _data(self, response: Any) -> dict[str, Any]:
        body: dict[str, Any] = response.json()
        assert response.status_code < 300, body  # noqa: S101, PLR2004 - a program, which stops here
        data: dict[str, Any] = body.get("data", body)
        return data
