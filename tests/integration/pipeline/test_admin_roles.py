"""Who of the staff may start, judge anew and remove answers."""

import pytest
from django.contrib.admin.models import LogEntry
from django.test import Client

from accounts.roles import give_roles
from pipeline.models import PipelineRun, WantedEvaluation
from pipeline.runs import dispatch
from tests.factories import (
    make_evaluation,
    make_finished_run,
    make_recording,
    make_transcript,
    make_user,
)

pytestmark = pytest.mark.django_db  # in a transaction: roles come from migrations, and must stay

LIST = "/admin/pipeline/pipelinerun/"
LIST_OF_RECORDINGS = "/admin/media/audioanswer/"


@pytest.fixture(autouse=True)
def no_broker(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(dispatch, "_send", lambda work: False)


def judged() -> PipelineRun:
    run = make_finished_run()
    make_transcript(run=run)
    make_evaluation(run=run)
    make_recording(run=run)
    return run


class TestRoles:
    @pytest.mark.parametrize(
        ("role", "allowed"),
        [
            ("reviewer", set()),
            ("operator", {"retry", "re_evaluate"}),
            ("admin", {"retry", "re_evaluate", "delete_selected"}),
        ],
    )
    @pytest.mark.parametrize("path", [LIST, LIST_OF_RECORDINGS])
    def test_say_who_may_do_what(
        self, client: Client, role: str, allowed: set[str], path: str
    ) -> None:
        person = make_user()
        give_roles(person, [role])
        client.force_login(person)
        judged()

        page = client.get(path).content.decode()

        offered = {
            action
            for action in ("retry", "re_evaluate", "delete_selected")
            if f'value="{action}"' in page
        }
        assert offered == allowed

    @pytest.mark.parametrize("action", ["retry", "re_evaluate", "delete_selected"])
    def test_are_asked_again_when_somebody_posts_without_being_offered(
        self, client: Client, action: str
    ) -> None:
        person = make_user()
        give_roles(person, ["reviewer"])
        client.force_login(person)
        run = judged()

        client.post(LIST, {"action": action, "_selected_action": [run.pk], "post": "yes"})

        run.refresh_from_db()
        assert run.state == "completed"
        assert not WantedEvaluation.objects.exists()
        assert not LogEntry.objects.exists()
