"""
Judgements that counted once: kept when another takes their place, unless it says the same.

While an answer is judged anew it has no evaluation; what it had is among its past ones already. Both ways there may be
walked twice: an evaluation becomes past once, and the new one takes back a past one that is equal.
"""

import json
from collections.abc import Mapping
from typing import Any, Final

from django.core.serializers.json import DjangoJSONEncoder

from pipeline.models import (
    EvaluationRecord,
    Judgement,
    PastEvaluation,
    PipelineRun,
    TranscriptRecord,
)

Why = PastEvaluation.Why

PARTS: Final = tuple(field.name for field in Judgement._meta.get_fields())
RESULT: Final = tuple(name for name in PARTS if name != "scorer_version")  # a label, no result


def put_away(run: PipelineRun, *, why: Why) -> None:
    """Make the run's evaluation, if there is one, a past one. Needs the caller's transaction."""
    kept = EvaluationRecord.objects.filter(run=run).first()
    if kept is not None:
        _copy(kept, why=why)
        kept.delete()


def put_away_if_other(run: PipelineRun, made: Mapping[str, Any]) -> None:
    """Keep a copy of the evaluation that `made` is about to overwrite, where they differ. Needs the caller's transaction."""
    kept = EvaluationRecord.objects.filter(run=run).first()
    if kept is not None and not _is_same(kept, made):
        is_new_scorer = kept.scorer_version != made["scorer_version"]
        _copy(kept, why=Why.SCORER if is_new_scorer else Why.AGAIN)


def take_back_if_same(run: PipelineRun, made: Mapping[str, Any]) -> None:
    """Forget the latest past evaluation when the one that took its place is equal."""
    latest = PastEvaluation.objects.filter(run=run).order_by("-evaluated_at").first()
    if latest is not None and _is_same(latest, made):
        latest.delete()


def _copy(kept: EvaluationRecord, *, why: Why) -> None:
    languages = TranscriptRecord.objects.filter(run=kept.run_id).values_list("language", flat=True)
    PastEvaluation.objects.get_or_create(
        run_id=kept.run_id,
        evaluated_at=kept.created_at,
        defaults={
            **{name: getattr(kept, name) for name in PARTS},
            "language": languages.first() or "",
            "why": why,
        },
    )


def _is_same(kept: Judgement, made: Mapping[str, Any]) -> bool:
    before = {name: getattr(kept, name) for name in RESULT}
    return _as_text(before) == _as_text({name: made[name] for name in RESULT})


def _as_text(facts: Mapping[str, Any]) -> str:
    """Return the facts as a database would give them back: lists for tuples, and names in any order."""
    return json.dumps(facts, cls=DjangoJSONEncoder, sort_keys=True)
