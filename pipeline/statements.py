"""
The statements that every stage of every answer needs, written by hand: to take a run, to move it on, and what lies between.

Django takes longer to put such a statement together than the database to carry it out, and a stage needs several. PostgreSQL
takes a claim, with its look at the session, its try and all that the work must know, in one statement; SQLite, which
changes one table at a time, takes the same parts one after the other. The conditions stand here once, for both.
"""

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any, Final

from django.conf import settings
from django.db import connection, transaction
from django.db.models import Field, Model

from pipeline.columns import Columns, list_of, quoted, read_each
from pipeline.models import (
    EvaluationRecord,
    PastEvaluation,
    PipelineRun,
    Stage,
    StageRun,
    TranscriptRecord,
)
from pipeline.statements_sql import (
    CLOCKS,
    COMPLETED,
    END_TRY,
    JUDGED,
    MOVE,
    MOVE_AT_ONCE,
    NOTE_TRY,
    PARTS,
    PUBLISHED,
    REPLACE,
    SESSION_OF_RUN,
    TAKE,
    TAKE_AT_ONCE,
    TAKEN,
    THERE,
    TOTAL,
    UNFINISHED,
)
from sessions.models import InterviewSession, Question

State = PipelineRun.State

RUN: Final = (
    *("id", "session_id", "question_id", "attempt", "audio_key", "audio_sha256", "audio_format"),
    *("audio_duration", "language", "expected_keywords", "state", "stage", "attempts"),
    *("lost_count", "lease_token", "next_run_at", "request_id"),
)
SESSION: Final = ("id", "uuid", "owner_id", "status", "target_role", "target_company")
QUESTION: Final = (
    *("id", "uuid", "session_id", "position", "text", "category", "difficulty", "source"),
    *("expected_keywords", "keyword_variants", "skills", "answer_prototype", "reference_points"),
)
JUDGED_RUN: Final = ("id", "session_id", "question_id", "attempt")
JUDGED_QUESTION: Final = (
    "id",
    "uuid",
    "position",
    "text",
    "category",
    "answer_prototype",
    "source",
)
TABLES: Final = {
    "runs": PipelineRun._meta.db_table,
    "tries": StageRun._meta.db_table,
    "sessions": InterviewSession._meta.db_table,
    "questions": Question._meta.db_table,
    "evaluations": EvaluationRecord._meta.db_table,
    "transcripts": TranscriptRecord._meta.db_table,
    "past_evaluations": PastEvaluation._meta.db_table,
}


@dataclass(frozen=True, slots=True)
class Judged:
    """The answers of a session that are judged by now, and how many questions were asked."""

    answers: list[EvaluationRecord]
    asked: int


def take_run(*, run_id: int, stage: Stage, token: uuid.UUID, worker: str) -> PipelineRun | None:
    """
    Take the run, note the try, and return the run with its session and its question; None where it is not to be had.

    The session's row is held meanwhile. A condition on the run itself is looked at again when the wait for that row is over;
    one on other runs is as it was at the beginning, as if the claim had come that much earlier.
    """
    statements = _statements(connection.vendor)
    wanted = {
        "run": run_id,
        "stage": stage.value,
        "token": _as_stored(token),
        "worker": worker,
        "lease": float(settings.LEASE_SECONDS),
        "most": settings.MAX_STAGE_ATTEMPTS,
        "losses": settings.MAX_STAGE_LOSSES,
    }
    if connection.vendor == "postgresql":
        row = _row(statements.take_at_once, wanted)
    else:
        with transaction.atomic():
            is_taken = _change(statements.take, wanted)
            row = _row(statements.taken, wanted) if is_taken else None
            if row:
                _change(statements.note_try, wanted)
    return statements.read_taken(row) if row else None


def move_on(
    run: PipelineRun, *, stage: Stage, token: uuid.UUID, following: Stage
) -> InterviewSession | None:
    """
    Take the session's row, move the run to its next stage and end the try; return the session, None where the lease is lost.

    Needs the caller's transaction, in which the result is kept.
    """
    statements = _statements(connection.vendor)
    is_last = following == Stage.DONE
    wanted = {
        "run": run.pk,
        "stage": stage.value,
        "token": _as_stored(token),
        "following": following.value,
        "state": (State.COMPLETED if is_last else State.QUEUED).value,
        "is_last": is_last,
    }
    if connection.vendor == "postgresql":
        row = _row(statements.move_at_once, wanted)
    else:
        is_ours = _change(statements.move, wanted)
        row = _row(statements.session_of_run, wanted) if is_ours else None
        if row:
            _change(statements.end_try, wanted)
    return statements.session.read(row) if row else None


def note_published(run_id: int, *, stage: Stage) -> None:
    """Write down that the run's chain was sent from this stage on, unless the run has gone on already."""
    wanted = {"run": run_id, "stage": stage.value}
    _change(_statements(connection.vendor).published, wanted)


def find_judged(session_id: int) -> Judged:
    """Return one evaluation a question, in their order: that of the highest attempt which has one."""
    statements = _statements(connection.vendor)
    latest = {row[0]: row for row in _rows(statements.judged, {"session": session_id})}
    read = (statements.read_judged(row) for row in latest.values())
    return Judged([record for record in read if record is not None], asked=len(latest))


def count_completed_sessions(owner_id: int) -> int:
    """Return how many interviews the person has completed."""
    return int(_rows(_statements(connection.vendor).completed, {"owner": owner_id})[0][0])


def set_total_score(session_id: int, total: float | None) -> None:
    """Write the session's score to where lists of sessions look for it."""
    _change(_statements(connection.vendor).total, {"session": session_id, "total": total})


def what_is_there(run_id: int) -> tuple[bool, bool, bool]:
    """Tell whether a person has put the transcript right, whether there is an evaluation, and whether there are past ones."""
    edited, judged, past = _rows(_statements(connection.vendor).there, {"run": run_id})[0]
    return bool(edited), bool(judged), bool(past)


def find_unfinished(session_id: int) -> list[tuple[int, bool]]:
    """Return unfinished runs of the session, two at most: the id, and whether it is an answer's."""
    rows = _rows(_statements(connection.vendor).unfinished, {"session": session_id})
    return [(run_id, bool(is_answers)) for run_id, is_answers in rows]


def replace_row(row: Model, *, by: str) -> None:
    """Write the row, in place of the one of the same run or session."""
    sql, fields = _replacement(type(row), by)
    values = [field.get_db_prep_save(field.pre_save(row, add=True), connection) for field in fields]
    with connection.cursor() as cursor:
        cursor.execute(sql, values)


class _Statements:
    """The statements, for one kind of database."""

    def __init__(self, vendor: str) -> None:
        transcript = [field.attname for field in TranscriptRecord._meta.concrete_fields]
        self.session = Columns(InterviewSession, "session", SESSION)
        self._taken = (
            Columns(PipelineRun, "run", RUN),
            self.session,
            Columns(Question, "question", QUESTION),
            Columns(TranscriptRecord, "transcript", transcript),
        )
        whole = [field.attname for field in EvaluationRecord._meta.concrete_fields]
        self._judged = (
            Columns(Question, "question", JUDGED_QUESTION),
            Columns(EvaluationRecord, "evaluation", whole),
            Columns(PipelineRun, "run", JUDGED_RUN),
            Columns(TranscriptRecord, "transcript", ("id", "run_id", "text")),
        )
        words = {
            **TABLES,
            **CLOCKS[vendor],
            "in_work": quoted(PipelineRun.UNFINISHED),
            "session_columns": self.session.sql,
            "taken_columns": list_of(self._taken),
            "judged_columns": list_of(self._judged),
        }
        for name in ("held", "taking", "claimable", "noting", "moving", "ours", "ending"):
            words[name] = PARTS[name].format(**words)
        self.take_at_once = TAKE_AT_ONCE.format(**words)
        self.take = TAKE.format(**words)
        self.taken = TAKEN.format(**words)
        self.note_try = NOTE_TRY.format(**words)
        self.move_at_once = MOVE_AT_ONCE.format(**words)
        self.move = MOVE.format(**words)
        self.session_of_run = SESSION_OF_RUN.format(**words)
        self.end_try = END_TRY.format(**words)
        self.published = PUBLISHED.format(**words)
        self.judged = JUDGED.format(**words)
        self.unfinished = UNFINISHED.format(**words)
        self.completed = COMPLETED.format(**words)
        self.total = TOTAL.format(**words)
        self.there = THERE.format(**words)

    def read_taken(self, row: Sequence[Any]) -> PipelineRun:
        """Return the run, with its session and its question."""
        run: PipelineRun
        run, run.session, run.question, transcript = read_each(self._taken, row)
        if transcript is not None:
            run.transcript = transcript
        return run

    def read_judged(self, row: Sequence[Any]) -> EvaluationRecord | None:
        """Return the evaluation with all that it is about; None for a question without one."""
        question, record, run, transcript = read_each(self._judged, row)
        if record is not None:
            record.run, run.question, run.transcript = run, question, transcript
        found: EvaluationRecord | None = record
        return found


@cache
def _statements(vendor: str) -> _Statements:
    return _Statements(vendor)


@cache
def _replacement(model: type[Model], by: str) -> "tuple[str, list[Field[Any, Any]]]":
    fields = [field for field in model._meta.concrete_fields if not field.primary_key]
    key = model._meta.get_field(by).column  # type: ignore[union-attr] # a column of the table's own
    names = [f'"{field.column}"' for field in fields]
    sql = REPLACE.format(
        table=model._meta.db_table,
        columns=", ".join(names),
        values=", ".join("%s" for _ in names),
        key=key,
        changes=", ".join(f"{name} = EXCLUDED.{name}" for name in names if name != f'"{key}"'),
    )
    return sql, fields


def _rows(sql: str, values: Mapping[str, Any]) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        return list(cursor.fetchall())


def _row(sql: str, values: Mapping[str, Any]) -> tuple[Any, ...] | None:
    rows = _rows(sql, values)
    return rows[0] if rows else None


def _change(sql: str, values: Mapping[str, Any]) -> bool:
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        return bool(cursor.rowcount > 0)


def _as_stored(token: uuid.UUID) -> Any:
    return StageRun._meta.get_field("token").get_db_prep_value(token, connection)
