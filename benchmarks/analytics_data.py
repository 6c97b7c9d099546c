"""Write as many answers as asked for into a PostgreSQL, table by table, each from one query."""

import json
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from typing import Any

from django.db import connection, models

from accounts.models import User
from media.models import AudioAnswer
from pipeline.models import EvaluationRecord, PipelineRun, SessionFeedback, SessionScore
from sessions.models import InterviewSession, Question

ANSWERS_OF_A_USER = 50  # on average; between 5 and 95
QUESTIONS_OF_A_SESSION = 5
RULES = (
    ("relevance", "topic", 61.0), ("relevance", "farthest_sentence", 0.0), ("relevance", "point_missing", 0.0),
    ("grammar", "errors_heard", 95.0), ("grammar", "agreement", -6.1), ("grammar", "article", -6.1),
    ("fluency", "pace", 31.2), ("fluency", "fillers", 12.4), ("fluency", "pauses", 20.2), ("fluency", "repetitions", 9.5),
    ("keywords", "keyword_word", 20.0), ("keywords", "keyword_form", 20.0), ("keywords", "keyword_missing", 0.0),
)  # fmt: skip


def fill(answers: int) -> None:
    """Write this many answers and all that belongs to them."""
    users = answers // ANSWERS_OF_A_USER
    with connection.cursor() as cursor:
        cursor.execute("SET session_replication_role = replica")  # the keys below fit together
        for model, columns, source in contents(users):
            insert(cursor, model, columns, source)
        cursor.execute("SET session_replication_role = DEFAULT")
        cursor.execute("VACUUM ANALYZE")


def contents(users: int) -> Iterable[tuple[type[models.Model], dict[str, str], str]]:
    """Return for each table what its columns are made from, as SQL."""
    sessions = InterviewSession._meta.db_table
    questions, runs = Question._meta.db_table, PipelineRun._meta.db_table
    yield (
        User,
        {
            "id": "u",
            "uuid": "gen_random_uuid()",
            "email": "'person' || u || '@example.com'",
            "full_name": "'Person ' || u",
            "timezone": "(ARRAY['UTC','America/New_York','Europe/Berlin','Asia/Kathmandu'])[1 + u % 4]",
        },
        f"generate_series(1, {users}) u",
    )
    yield (
        InterviewSession,
        {
            # In the order of time, so that a person's rows lie far apart, as they do in life.
            "id": "row_number() OVER (ORDER BY s DESC, u)",
            "uuid": "gen_random_uuid()",
            "owner_id": "u",
            "title": "'Interview ' || s",
            "target_role": "'Software Engineer'",
            "status": "'completed'",
            "total_score": "round((40 + 55 * random())::numeric, 1)",
            **{
                name: f"now() - s * interval '3 days' + interval '{minutes} minutes'"
                for name, minutes in (("created_at", 0), ("started_at", 5), ("completed_at", 40))
            },
        },
        # From 1 to 19 sessions a person, as people differ.
        f"generate_series(1, {users}) u, generate_series(1, 1 + (u * 7919) % 19) s "
        "ORDER BY s DESC, u",
    )
    yield (
        Question,
        {
            "id": f"s.id * {QUESTIONS_OF_A_SESSION} + n",
            "uuid": "gen_random_uuid()",
            "session_id": "s.id",
            "position": "n",
            "text": "'Tell me about project ' || n",
            "category": "(ARRAY['behavioral','technical','situational'])[1 + (s.id + n) % 3]",
            "difficulty": "'medium'",
            "skills": """('["' || (ARRAY['Python','SQL','Testing','APIs'])[1 + (s.id + n) % 4] || '"]')::jsonb""",
            "attempt_count": "1",
        },
        f"{sessions} s, generate_series(1, {QUESTIONS_OF_A_SESSION}) n",
    )
    yield (
        PipelineRun,
        {
            "id": "q.id * 2 + n",
            "uuid": "gen_random_uuid()",
            "session_id": "q.session_id",
            "question_id": "q.id",
            "attempt": "n",
            "audio_duration": "30 + 60 * random()",
            "state": "'completed'",
            "stage": "'done'",
            "created_at": "s.started_at",
        },
        # Every tenth question was answered twice.
        f"{questions} q JOIN {sessions} s ON s.id = q.session_id, "
        "generate_series(1, CASE WHEN q.id % 10 = 0 THEN 2 ELSE 1 END) n",
    )
    yield (
        AudioAnswer,
        {
            "id": "r.id",
            "uuid": "gen_random_uuid()",
            "question_id": "r.question_id",
            "run_id": "r.id",
            "attempt": "r.attempt",
            "storage_key": "'answers/' || r.id",
            "format": "'mp3'",
            "size_bytes": "140805",
            "duration": "r.audio_duration",
            "created_at": "r.created_at + r.question_id % 5 * interval '3 minutes'",
        },
        f"{runs} r",
    )
    scores = ("relevance", "grammar", "fluency", "keywords", "overall")
    yield (
        EvaluationRecord,
        {
            "id": "r.id",
            "run_id": "r.id",
            **dict.fromkeys(scores, "round((30 + 70 * random())::numeric, 1)"),
            "scorable": "r.id % 20 <> 1",
            "metrics": as_json(metrics()),
            "explanations": as_json(explanations()),
            "scorer_version": "'1'",
        },
        f"{runs} r",
    )
    yield (
        SessionScore,
        {
            "id": "s.id",
            "session_id": "s.id",
            "letter_grade": "'B'",
            "card": as_json({"rows": explanations()}),
        },
        f"{sessions} s",
    )
    yield (
        SessionFeedback,
        {
            "id": "s.id",
            "session_id": "s.id",
            "overall_rating": "'Good'",
            "readiness_score": "70",
            "report": as_json({"rows": explanations()}),
        },
        f"{sessions} s",
    )


def insert(cursor: Any, model: type[models.Model], columns: Mapping[str, str], source: str) -> None:
    """Fill a table from a query; columns that are not named get their field's default."""
    others = [
        field
        for field in model._meta.concrete_fields
        if field.column not in columns and not field.primary_key
    ]
    names = ", ".join(f'"{name}"' for name in (*columns, *(field.column for field in others)))
    made = ", ".join(columns.values()).replace("%", "%%")
    rest = ", %s" * len(others)
    statement = f'INSERT INTO "{model._meta.db_table}" ({names}) SELECT {made}{rest} FROM '  # noqa: S608 - our own words
    cursor.execute(statement + source.replace("%", "%%"), [default_of(field) for field in others])


def default_of(field: Any) -> Any:
    """Return what the field holds when nobody says anything."""
    if getattr(field, "auto_now_add", False) or getattr(field, "auto_now", False):
        return datetime.now(UTC)
    return field.get_db_prep_save(field.get_default(), connection)


def as_json(value: object) -> str:
    """Return the value as an SQL literal."""
    text = json.dumps(value).replace("'", "''")
    return f"'{text}'::jsonb"


def explanations() -> list[dict[str, Any]]:
    """Return what the judges say about one answer, as long as they usually are."""
    return [
        {
            "score": metric,
            "rule": rule,
            "value": 0.387,
            "unit": "per 100 words",
            "points": points,
            "quote": "we had to move the payment service to another team in one night",
            "start": 12.34,
            "end": 17.02,
            "message": "You spoke 151 words a minute, comfortable to follow. (38.2 of 40 points.)",
        }
        for metric, rule, points in RULES
    ]


def metrics() -> dict[str, Any]:
    """Return the measures of one answer."""
    return {
        "words": 141,
        "words_per_minute": 151.3,
        "fillers_per_100_words": 2.84,
        "mean_pause_seconds": 0.52,
        "longest_pause_seconds": 2.1,
        "filler_counts": {"um": 3, "you know": 1},
        "longest_pauses": [{"start_seconds": 3.1, "end_seconds": 5.2}] * 3,
        "keywords": [{"keyword": "team", "said": "the team", "start_seconds": 3.1}] * 5,
    }
