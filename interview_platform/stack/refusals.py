"""What gunicorn refuses before the application sees it, in the words that every other refusal has."""

import json
import uuid
from datetime import UTC, datetime
from typing import Any

from gunicorn import util


def write_refusal(client: Any, status: int, reason: str, _details: str = "") -> None:
    """Refuse in the envelope, and close; gunicorn itself would show HTML, with what was sent in it."""
    error = {"code": status, "message": reason, "details": []}
    now = datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
    meta = {"timestamp": now, "request_id": uuid.uuid4().hex}
    body = json.dumps({"success": False, "data": None, "error": error, "meta": meta}).encode()
    head = (
        f"HTTP/1.1 {status} {reason}\r\nConnection: close\r\n"
        f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
    )
    util.write_nonblock(client, head.encode() + body)
