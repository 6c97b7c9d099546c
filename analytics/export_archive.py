"""Everything that is kept about a person, as one ZIP: JSON to read by machine, CSV for a spreadsheet, the recordings."""

import json
import shutil
import zipfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Final

from django.core.files.storage import default_storage
from django.core.serializers.json import DjangoJSONEncoder
from django.db.models import Model
from django.forms.models import model_to_dict

from accounts.models import User
from analytics.spreadsheet import write_table
from media.models import AudioAnswer
from pipeline.models import PipelineRun
from sessions.models import InterviewSession

PROFILE: Final = (
    *("uuid", "email", "full_name", "target_role", "experience_years"),
    *("skills", "timezone", "language", "created_at"),
)
SESSION: Final = (
    *("uuid", "title", "target_role", "target_company", "difficulty", "language", "status"),
    *("total_score", "created_at", "started_at", "completed_at"),
)
QUESTION: Final = (
    *("uuid", "position", "text", "category", "difficulty", "time_limit"),
    *("expected_keywords", "skills", "source"),
)
ANSWER: Final = (
    *("session", "question", "category", "attempt", "transcript", "edited", "overall"),
    *("relevance", "grammar", "fluency", "keywords"),
)


def write_archive(owner: User, path: Path) -> None:
    """Write the archive of this person to `path`, one session at a time."""
    sessions = InterviewSession.objects.filter(owner=owner).order_by("pk")
    lost: list[str] = []
    answers: list[Sequence[Any]] = []
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for session in sessions.select_related("score", "feedback").iterator():
            runs = _runs(session)
            _write_json(archive, f"sessions/{session.uuid}.json", _session(session, runs))
            answers += [_answer_row(session, run) for run in runs]
            lost += _write_recordings(archive, session)
        _write_csv(archive, "sessions.csv", SESSION, (_row(one, SESSION) for one in sessions))
        _write_csv(archive, "answers.csv", ANSWER, answers)
        _write_json(archive, "profile.json", {**_fields(owner, PROFILE), "lost_recordings": lost})


def _runs(session: InterviewSession) -> list[PipelineRun]:
    answered = session.runs.filter(question__isnull=False)
    joined = answered.select_related("question", "transcript", "evaluation").prefetch_related(
        "past_evaluations"
    )
    return list(joined.order_by("question__position", "attempt"))


def _session(session: InterviewSession, runs: Sequence[PipelineRun]) -> dict[str, Any]:
    return {
        **_fields(session, SESSION),
        "questions": [_fields(row, QUESTION) for row in session.questions.order_by("position")],
        "answers": [
            {
                "question": run.question.uuid if run.question else None,
                "attempt": run.attempt,
                "state": run.state,
                "created_at": run.created_at,
                "transcript": _whole(getattr(run, "transcript", None)),
                "evaluation": _whole(getattr(run, "evaluation", None)),
                "past_evaluations": [_whole(row) for row in run.past_evaluations.all()],
            }
            for run in runs
        ],
        "scores": getattr(getattr(session, "score", None), "card", None),
        "feedback": getattr(getattr(session, "feedback", None), "report", None),
        "comments": [
            {"author": row.author, "text": row.text, "score": row.score, "at": row.created_at}
            for share in session.shares.prefetch_related("comments")
            for row in share.comments.all()
        ],
    }


def _answer_row(session: InterviewSession, run: PipelineRun) -> Sequence[Any]:
    transcript, evaluation = getattr(run, "transcript", None), getattr(run, "evaluation", None)
    question = run.question
    return (
        session.uuid,
        question.text if question else "",
        question.category if question else "",
        run.attempt,
        transcript.text if transcript else "",
        bool(transcript and transcript.edited),
        *(getattr(evaluation, name, None) for name in ANSWER[6:]),
    )


def _write_recordings(archive: zipfile.ZipFile, session: InterviewSession) -> Iterator[str]:
    """Add the session's recordings; yield the names of those that are not in the storage any more."""
    rows = AudioAnswer.objects.filter(question__session=session).select_related("question")
    for row in rows.order_by("question__position", "attempt"):
        stem = f"question-{row.question.position:02}-attempt-{row.attempt:02}.{row.format}"
        name = f"audio/{session.uuid}/{stem}"
        try:
            source = default_storage.open(row.storage_key)
        except FileNotFoundError:
            yield name
            continue
        entry = zipfile.ZipInfo(name, row.created_at.timetuple()[:6])  # stored: sound is packed
        with source, archive.open(entry, "w", force_zip64=True) as target:
            shutil.copyfileobj(source, target)


def _fields(row: Model, names: Iterable[str]) -> dict[str, Any]:
    return {name: getattr(row, name) for name in names}


def _row(row: Model, names: Iterable[str]) -> Sequence[Any]:
    return [getattr(row, name) for name in names]


def _whole(row: Model | None) -> dict[str, Any] | None:
    return model_to_dict(row, exclude=("id", "run")) if row else None


def _write_json(archive: zipfile.ZipFile, name: str, data: Mapping[str, Any]) -> None:
    text = json.dumps(data, cls=DjangoJSONEncoder, ensure_ascii=False, indent=1)
    archive.writestr(name, text)


def _write_csv(
    archive: zipfile.ZipFile, name: str, head: Sequence[str], rows: Iterable[Sequence[Any]]
) -> None:
    archive.writestr(name, write_table(head, rows))
