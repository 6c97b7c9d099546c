"""The texts of `pipeline.statements`; what stands in braces is put in once a process."""

from typing import Final

# The database's own clock, at the moment of the change and not of the wait for it; and how late a lease then runs out
CLOCKS: Final = {
    "postgresql": {
        "now": "CLOCK_TIMESTAMP()",
        "lease": "CLOCK_TIMESTAMP() + MAKE_INTERVAL(secs => %(lease)s)",
    },
    "sqlite": {
        "now": "STRFTIME('%%Y-%%m-%%d %%H:%%M:%%f', 'NOW')",
        "lease": "STRFTIME('%%Y-%%m-%%d %%H:%%M:%%f', 'NOW', %(lease)s || ' seconds')",
    },
}
PARTS: Final = {
    # Not the session's key: a row that refers to it may be written meanwhile, and nobody who commits one has to wait
    "held": """
SELECT {session_columns} FROM "{sessions}" session
WHERE session."id" = (SELECT "session_id" FROM "{runs}" WHERE "id" = %(run)s)
FOR NO KEY UPDATE""",
    "taking": """
"state" = 'running', "attempts" = run."attempts" + 1,
"lost_count" = run."lost_count" + CASE WHEN run."state" = 'running' THEN 1 ELSE 0 END,
"lease_token" = %(token)s, "lease_until" = {lease}, "heartbeat_at" = {now},
"next_run_at" = NULL, "started_at" = COALESCE(run."started_at", {now})""",
    "claimable": """
run."id" = %(run)s AND run."stage" = %(stage)s AND run."state" IN ({in_work})
AND (run."lease_until" IS NULL OR run."lease_until" < {now})
AND (run."next_run_at" IS NULL OR run."next_run_at" <= {now})
AND run."attempts" < %(most)s
AND run."lost_count" < %(losses)s
AND (run."question_id" IS NOT NULL OR NOT EXISTS (
  SELECT 1 FROM "{runs}" answer WHERE answer."session_id" = run."session_id"
  AND answer."question_id" IS NOT NULL AND answer."state" IN ({in_work})))""",
    "noting": """
INSERT INTO "{tries}" ("run_id", "stage", "attempt", "token", "worker", "started_at", "outcome", "error_code")
SELECT run."id", run."stage", run."attempts", run."lease_token", %(worker)s, {now}, 'running', ''""",
    # Celery sends the next link of the chain: it counts as published
    "moving": """
"stage" = %(following)s, "state" = %(state)s, "attempts" = 0, "lost_count" = 0,
"lease_token" = NULL, "lease_until" = NULL, "heartbeat_at" = NULL,
"publish_count" = 1, "published_at" = {now},
"finished_at" = CASE WHEN %(is_last)s THEN {now} END""",
    "ours": """
run."id" = %(run)s AND run."stage" = %(stage)s AND run."state" = 'running'
AND run."lease_token" = %(token)s""",
    "ending": """
UPDATE "{tries}" SET "outcome" = 'ok', "ended_at" = {now} WHERE "token" = %(token)s""",
}
TAKE: Final = 'UPDATE "{runs}" AS run SET {taking} WHERE {claimable}'
NOTE_TRY: Final = """{noting} FROM "{runs}" run WHERE run."id" = %(run)s"""
TAKEN: Final = """
SELECT {taken_columns} FROM "{runs}" run
JOIN "{sessions}" session ON session."id" = run."session_id"
LEFT JOIN "{questions}" question ON question."id" = run."question_id"
LEFT JOIN "{transcripts}" transcript ON transcript."run_id" = run."id" AND run."stage" = 'evaluate'
WHERE run."id" = %(run)s
"""
TAKE_AT_ONCE: Final = """
WITH session AS MATERIALIZED ({held}),
taken AS (
  UPDATE "{runs}" AS run SET {taking} FROM session
  WHERE run."session_id" = session."id" AND {claimable} RETURNING run.*
),
try AS ({noting} FROM taken run)
SELECT {taken_columns} FROM taken run CROSS JOIN session
LEFT JOIN "{questions}" question ON question."id" = run."question_id"
LEFT JOIN "{transcripts}" transcript ON transcript."run_id" = run."id" AND run."stage" = 'evaluate'
"""
MOVE: Final = 'UPDATE "{runs}" AS run SET {moving} WHERE {ours}'
SESSION_OF_RUN: Final = """
SELECT {session_columns} FROM "{runs}" run
JOIN "{sessions}" session ON session."id" = run."session_id" WHERE run."id" = %(run)s
"""
END_TRY: Final = "{ending}"
MOVE_AT_ONCE: Final = """
WITH session AS MATERIALIZED ({held}),
moved AS (
  UPDATE "{runs}" AS run SET {moving} FROM session
  WHERE run."session_id" = session."id" AND {ours} RETURNING run."id"
),
try AS ({ending} AND EXISTS (SELECT 1 FROM moved))
SELECT {session_columns} FROM session CROSS JOIN moved
"""
PUBLISHED: Final = """
UPDATE "{runs}" SET "published_at" = {now}, "publish_count" = "publish_count" + 1
WHERE "id" = %(run)s AND "stage" = %(stage)s
"""
JUDGED: Final = """
SELECT {judged_columns} FROM "{questions}" question
LEFT JOIN ("{runs}" run
  JOIN "{evaluations}" evaluation ON evaluation."run_id" = run."id"
  JOIN "{transcripts}" transcript ON transcript."run_id" = run."id"
) ON run."question_id" = question."id"
WHERE question."session_id" = %(session)s
ORDER BY question."position", run."attempt"
"""
UNFINISHED: Final = """
SELECT "id", "question_id" IS NOT NULL FROM "{runs}"
WHERE "session_id" = %(session)s AND "state" IN ({in_work}) LIMIT 2
"""
COMPLETED: Final = """
SELECT count(*) FROM "{sessions}" WHERE "owner_id" = %(owner)s AND "status" = 'completed'
"""
TOTAL: Final = 'UPDATE "{sessions}" SET "total_score" = %(total)s WHERE "id" = %(session)s'
THERE: Final = """
SELECT EXISTS (SELECT 1 FROM "{transcripts}" WHERE "run_id" = %(run)s AND "heard" IS NOT NULL),
  EXISTS (SELECT 1 FROM "{evaluations}" WHERE "run_id" = %(run)s),
  EXISTS (SELECT 1 FROM "{past_evaluations}" WHERE "run_id" = %(run)s)
"""
REPLACE: Final = """
INSERT INTO "{table}" ({columns}) VALUES ({values}) ON CONFLICT ("{key}") DO UPDATE SET {changes}
"""
