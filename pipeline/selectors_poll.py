"""
One query for a poll: who asks, and how a result of one recording stands.

Polls are most of what an API is asked, so their statement is written by hand: Django takes five times as long to put an equal one
together. It looks at the person by the same conditions as `accounts.tokens`. Whatever it does not find has a reason,
and the usual way (`accounts.http`, `pipeline.selectors`) tells which.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any, Final
from uuid import UUID

from django.db import connection
from django.db.models.expressions import Col

from accounts.models import User
from accounts.tokens import Holder
from pipeline.columns import Columns, converters, list_of, quoted, read_each
from pipeline.models import EvaluationRecord, PipelineRun, StageRun, TranscriptRecord
from pipeline.progress import QUEUE_OF, Place
from pipeline.selectors_queue import BEGAN, PLACE
from sessions.models import InterviewSession, Question

ResultModel = type[TranscriptRecord] | type[EvaluationRecord]

PERSON: Final = ("id", "uuid", "email_verified_at", "token_version", "is_active")
RUN: Final = (
    *("id", "session_id", "question_id", "attempt", "audio_duration", "state", "stage"),
    *("next_run_at", "failure_code", "failure_message", "failure_retryable"),
)
TAGGED: Final = ("id", "run_id", "created_at")  # what an `ETag` is made of
JSON_ARRAY: Final = {"postgresql": "json_build_array", "sqlite": "json_array"}


@dataclass(frozen=True, slots=True)
class Polled:
    """The person, and the run of the latest recording with its result, if that is there, as `selectors.get_run` returns it."""

    person: User
    run: PipelineRun
    is_whole: bool  # else of the result only what its `ETag` is made of


def poll(
    result: ResultModel, *, holder: Holder, session_uuid: UUID, question_uuid: UUID, whole: bool
) -> Polled | None:
    """Return what there is; None where the person, his session, his question or a recording of it is not."""
    statement = _statement(result, whole=whole, vendor=connection.vendor)
    wanted = (_as_stored(question_uuid), _as_stored(session_uuid), _as_stored(holder.uuid))
    with connection.cursor() as cursor:
        cursor.execute(statement.sql, (*wanted, holder.version))
        row = cursor.fetchone()
    return None if row is None else statement.read(row, is_whole=whole)


class _Statement:
    """The query for one kind of result."""

    def __init__(self, result: ResultModel, *, whole: bool, vendor: str) -> None:
        names = [field.attname for field in result._meta.concrete_fields] if whole else TAGGED
        self.result = result._meta.get_field("run").remote_field
        self.parts = (
            Columns(User, "person", PERSON),
            Columns(PipelineRun, "run", RUN),
            Columns(result, "result", names),
        )
        self.began = converters(Col("try", StageRun._meta.get_field("started_at")))
        self.sql = SQL.format(
            columns=list_of(self.parts),
            place=PLACE_SQL.format(
                array=JSON_ARRAY[vendor],
                runs=PipelineRun._meta.db_table,
                queue_of_other=_queue_of("other"),
                queue_of_run=_queue_of("run"),
                unfinished=quoted(PipelineRun.UNFINISHED),
            ),
            tries=StageRun._meta.db_table,
            runs=PipelineRun._meta.db_table,
            questions=Question._meta.db_table,
            sessions=InterviewSession._meta.db_table,
            people=User._meta.db_table,
            results=result._meta.db_table,
        )

    def read(self, row: Sequence[Any], *, is_whole: bool) -> Polled:
        """Return what the row says."""
        person, run, result = read_each(self.parts, row)
        self.result.set_cached_value(run, result)
        began, place = row[-2:]
        for convert in self.began:
            began = convert(began, None, connection)
        setattr(run, BEGAN, began)
        setattr(run, PLACE, Place(*json.loads(place)) if place else Place())
        return Polled(person, run, is_whole)


@cache
def _statement(result: ResultModel, *, whole: bool, vendor: str) -> _Statement:
    return _Statement(result, whole=whole, vendor=vendor)


def _as_stored(value: UUID) -> Any:
    return Question._meta.get_field("uuid").get_db_prep_value(value, connection)


def _queue_of(alias: str) -> str:
    cases = " ".join(f"WHEN '{stage}' THEN '{queue}'" for stage, queue in QUEUE_OF.items())
    return f'CASE {alias}."stage" {cases} END'


# What waits, and what is worked on, on the run's queue: `selectors_queue.measure_works` for one run.
PLACE_SQL: Final = """
CASE WHEN run."state" IN ('queued', 'retry_wait') THEN (
  SELECT CAST({array}(
    count(*) FILTER (WHERE other."state" = 'queued' AND other."id" < run."id"),
    coalesce(sum(other."audio_duration") FILTER (WHERE other."state" = 'queued' AND other."id" < run."id"), 0.0),
    count(*) FILTER (WHERE other."state" = 'running'),
    coalesce(sum(other."audio_duration") FILTER (WHERE other."state" = 'running'), 0.0)
  ) AS text)
  FROM "{runs}" other
  WHERE other."state" IN ({unfinished}) AND {queue_of_other} = {queue_of_run}
) END"""
SQL: Final = """
SELECT {columns},
  (SELECT try."started_at" FROM "{tries}" try WHERE try."token" = run."lease_token"),
  {place}
FROM "{runs}" run
JOIN "{questions}" question ON question."id" = run."question_id"
JOIN "{sessions}" session ON session."id" = run."session_id"
JOIN "{people}" person ON person."id" = session."owner_id"
LEFT JOIN "{results}" result ON result."run_id" = run."id"
WHERE question."uuid" = %s AND session."uuid" = %s
  AND person."uuid" = %s AND person."is_active" AND person."token_version" = %s
ORDER BY run."attempt" DESC LIMIT 1
"""
