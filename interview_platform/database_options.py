"""What is asked of PostgreSQL beyond its address: connections that are looked after, and an end to all waiting."""

from typing import Any, Final

CONNECT_SECONDS: Final = 3
LOCK_SECONDS: Final = 15
IDLE_SECONDS: Final = 60  # within a transaction: its process hangs, and holds locks
POOL_SECONDS: Final = 5  # that a thread waits for a free connection
KEPT_SECONDS: Final = 60
KEEP_ALIVE: Final = {  # a server that vanished is noticed within a minute, idle or not
    "tcp_user_timeout": 30_000,  # milliseconds that sent bytes may stay unacknowledged
    "keepalives": 1,
    "keepalives_idle": 20,
    "keepalives_interval": 10,
    "keepalives_count": 3,
}


def postgres_settings(
    config: dict[str, Any], *, pool: int, has_pgbouncer: bool, statement_seconds: int
) -> dict[str, Any]:
    """Return what is to be changed in Django's settings for the address; what the address itself says wins."""
    given: dict[str, Any] = config.get("OPTIONS", {})
    options: dict[str, Any] = {"connect_timeout": CONNECT_SECONDS, **KEEP_ALIVE, **given}
    if has_pgbouncer:  # a session is nobody's there: no prepared statements, no settings of it
        options["prepare_threshold"] = None
    else:
        # The database takes values by themselves, so that psycopg may have statements prepared: planning costs more than most of them
        options.setdefault("server_side_binding", True)
        options["options"] = _timeouts(statement_seconds, also=str(given.get("options", "")))
    if pool:
        options["pool"] = {"min_size": 1, "max_size": pool, "timeout": POOL_SECONDS}
    return {
        "CONN_MAX_AGE": 0 if pool else KEPT_SECONDS,
        "DISABLE_SERVER_SIDE_CURSORS": has_pgbouncer,
        "OPTIONS": options,
    }


def _timeouts(statement_seconds: int, *, also: str) -> str:
    seconds = {
        "statement_timeout": statement_seconds,
        "lock_timeout": LOCK_SECONDS,
        "idle_in_transaction_session_timeout": IDLE_SECONDS,
    }
    ours = " ".join(f"-c {name}={value}s" for name, value in seconds.items())
    return f"{ours} {also}".strip()
