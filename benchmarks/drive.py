"""
Runs among the parts of a private stack: makes runs as an upload does, and reports what the rows say of them afterwards.

`python -m benchmarks.drive`, an order as JSON on its standard input, a report as JSON on its last line.
"""

import hashlib
import json
import sys
import time
from collections.abc import Callable, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any, Final

import django

django.setup()

from django.conf import settings  # noqa: E402 - the settings are there now
from django.core.files.base import ContentFile  # noqa: E402 - likewise
from django.core.files.storage import default_storage  # noqa: E402 - likewise
from django.db import connection, transaction  # noqa: E402 - likewise

from accounts.models import User  # noqa: E402 - likewise
from interview_platform.operations.selectors import count_live_workers  # noqa: E402 - likewise
from pipeline.models import PipelineRun, StageRun  # noqa: E402 - likewise
from pipeline.runs.services import start_run  # noqa: E402 - likewise
from sessions.models import InterviewSession, Question  # noqa: E402 - likewise

PER_SESSION: Final = 5
PATIENCE_SECONDS: Final = 300.0
LOOK_SECONDS: Final = 0.1
FLUSH_SECONDS: Final = 1.5  # PostgreSQL's processes report once a second
SOUND: Final = b"this is not looked at by a stand-in" * 1000
STATISTICS: Final = """
SELECT sum(xact_commit), sum(tup_inserted + tup_updated + tup_deleted), pg_database_size(current_database())
FROM pg_stat_database WHERE datname = current_database()
"""


def main() -> None:
    """Carry out the order."""
    order = json.load(sys.stdin)
    report = _people(order) if "people" in order else _play(order)
    print(json.dumps(report))  # noqa: T201 - the report


def _people(order: dict[str, Any]) -> dict[str, Any]:
    """Make people with something to poll, once the workers are there."""
    from benchmarks.people import count_queries, make_people

    _wait_for_workers(order.get("workers", {}))
    report = make_people(order["people"])
    return {**report, "queries": count_queries(report["people"][0])}


def _play(order: dict[str, Any]) -> dict[str, Any]:
    """Let answers come, and report what became of them."""
    _wait_for_workers(order["workers"])
    questions = make_questions(order["answers"])
    key, digest = _keep_recording()
    before = _statistics()
    begin = time.time()
    runs = _feed(questions, arrivals=order.get("arrivals"), key=key, digest=digest)
    fed = time.time()
    if gate := order.get("gate"):
        begin = time.time()
        Path(gate).unlink()
    _wait(lambda: not PipelineRun.objects.filter(state__in=PipelineRun.UNFINISHED).exists())
    time.sleep(FLUSH_SECONDS)
    after = _statistics()
    return {
        "begin": begin,
        "fed_seconds": fed - begin,
        "runs": _timings(runs),
        "commits": after[0] - before[0],
        "rows_written": after[1] - before[1],
        "bytes": after[2] - before[2],
    }


def make_questions(count: int) -> list[Question]:
    """Return questions of sessions with a few each, of one person each."""
    questions: list[Question] = []
    for number in range(0, count, PER_SESSION):
        user = User.objects.create(email=f"person-{time.time_ns()}@example.com", full_name="A B")
        session = InterviewSession.objects.create(
            owner=user, title="Practice", target_role="Engineer"
        )
        questions += [
            Question.objects.create(
                session=session,
                position=position + 1,
                text="Tell me about a project that was late.",
                category="behavioral",
                difficulty="medium",
                expected_keywords=["team", "project"],
            )
            for position in range(min(PER_SESSION, count - number))
        ]
    return questions


def _feed(
    questions: Sequence[Question], *, arrivals: Sequence[float] | None, key: str, digest: str
) -> list[int]:
    """Start a run for each question, at once or at its time; return their ids."""
    begin = time.monotonic()
    made = []
    for number, question in enumerate(questions):
        if arrivals:
            time.sleep(max(0.0, begin + arrivals[number] - time.monotonic()))
        with transaction.atomic():
            InterviewSession.objects.select_for_update().get(pk=question.session_id)
            run = start_run(
                question=question,
                attempt=1,
                audio_key=key,
                audio_sha256=digest,
                audio_format="wav",
                audio_duration=60.0,
                language="en",
            )
        made.append(run.pk)
    return made


def _keep_recording() -> tuple[str, str]:
    name = f"bench/{time.time_ns()}.wav"
    return default_storage.save(name, ContentFile(SOUND)), hashlib.sha256(SOUND).hexdigest()


def _timings(runs: Sequence[int]) -> list[dict[str, Any]]:
    stages: dict[int, dict[str, list[float]]] = {run: {} for run in runs}
    for row in StageRun.objects.filter(run__in=runs, outcome=StageRun.Outcome.OK):
        stages[row.run_id][row.stage] = [_seconds(row.started_at), _seconds(row.ended_at)]
    return [
        {
            "created": _seconds(run.created_at),
            "finished": _seconds(run.finished_at),
            "state": run.state,
            "stages": stages[run.pk],
        }
        for run in PipelineRun.objects.filter(pk__in=runs).order_by("created_at")
    ]


def _seconds(moment: datetime | None) -> float:
    return moment.timestamp() if moment else 0.0


def _wait_for_workers(wanted: dict[str, int]) -> None:
    def are_there() -> bool:
        found = count_live_workers()
        return all(found[queue] >= count for queue, count in wanted.items())

    _wait(are_there)


def _wait(done: Callable[[], bool]) -> None:
    deadline = time.monotonic() + PATIENCE_SECONDS
    while not done():
        if time.monotonic() > deadline:
            raise TimeoutError(f"nothing more happens; logs in {settings.DATA_DIR}")
        time.sleep(LOOK_SECONDS)


def _statistics() -> tuple[int, int, int]:
    with connection.cursor() as cursor:
        cursor.execute(STATISTICS)
        commits, rows, size = cursor.fetchone()
    return int(commits), int(rows), int(size)


if __name__ == "__main__":
    main()
