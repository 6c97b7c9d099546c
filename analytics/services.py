"""The front door for what staff change: their own scores of answers."""

from collections.abc import Mapping

from django.db import transaction

from accounts.models import User
from analytics.models import StaffScore
from interview_platform.errors import Conflict
from pipeline.models import PipelineRun, TranscriptRecord

Verdict = Mapping[str, int | None]  # metric → points of 100; None: this cannot be judged


class NothingToJudge(Conflict):
    """There is no transcript: the attempt is still in work, or it failed."""

    code = "nothing_to_judge"
    message = "There is nothing to judge in this attempt yet"


@transaction.atomic
def score_answer(
    run: PipelineRun, *, reviewer: User, verdict: Verdict, note: str = ""
) -> tuple[StaffScore, bool]:
    """
    Keep what a reviewer says of an attempt in place of what they said of it before; tell whether it is their first.

    Raise `NothingToJudge`.
    """
    if not TranscriptRecord.objects.filter(run=run).exists():
        raise NothingToJudge
    return StaffScore.objects.update_or_create(
        run=run, reviewer=reviewer, defaults={**verdict, "note": note}
    )
