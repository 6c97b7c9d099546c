"""A chat-completions server on the loopback, which can go wrong in every way that a provider's does."""

import json
import threading
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

ANSWER = {"questions": [{"text": "What is an index?"}]}


def completion(content: str | None, *, finish: str = "stop", refusal: str | None = None) -> bytes:
    """Return the body of an answer."""
    message = {"role": "assistant", "content": content, "refusal": refusal}
    body = {
        "id": "chatcmpl-1",
        "object": "chat.completion",
        "created": 1,
        "model": "small",
        "choices": [{"index": 0, "message": message, "finish_reason": finish, "logprobs": None}],
        "usage": {"prompt_tokens": 30, "completion_tokens": 12, "total_tokens": 42},
    }
    return json.dumps(body).encode()


BODIES: dict[str, tuple[int, bytes]] = {
    "ok": (200, completion(json.dumps(ANSWER))),
    "rate limited": (429, b'{"error": {"message": "slow down", "type": "tokens"}}'),
    "server error": (500, b'{"error": {"message": "oops"}}'),
    "wrong key": (401, b'{"error": {"message": "Incorrect API key provided: sk-secret"}}'),
    "not found": (404, b"<html>nothing here</html>"),
    "garbage": (200, b"<html>a proxy's page</html>"),
    "garbage content": (200, completion("Sure! Here are your questions: 1. ")),
    "empty content": (200, completion(None)),
    "no choices": (200, b'{"id": "x", "object": "chat.completion", "choices": []}'),
    "wrong schema": (200, completion('{"questions": [{"txt": 1}]}')),
    "wrong root": (200, completion('["questions"]')),
    "deep": (200, completion("[" * 100_000)),
    "refusal": (200, completion(None, refusal="I cannot help with that.")),
    "content filter": (200, completion("", finish="content_filter")),
    "truncated": (200, completion('{"questions": [{"text": "What', finish="length")),
    "tools": (200, completion(json.dumps(ANSWER), finish="tool_calls")),
    "huge": (200, completion("x" * 2_000_000)),
}


class ChatServer(ThreadingHTTPServer):
    """Serves one fault at a time and remembers what it was asked."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.fault = "ok"
        self.asked: list[dict[str, Any]] = []
        self.keys: list[str | None] = []
        self.write: Callable[[dict[str, Any]], object] | None = None  # what it makes of a request
        self.released = threading.Event()  # ends what hangs
        self._thread = threading.Thread(
            target=self.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True
        )
        self._thread.start()

    @property
    def base_url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}/v1"

    def close(self) -> None:
        self.released.set()
        self.shutdown()
        self.server_close()
        self._thread.join()


class Handler(BaseHTTPRequestHandler):
    """Answers as the server's present fault says."""

    server: ChatServer

    def do_POST(self) -> None:
        length = int(self.headers["Content-Length"])
        self.server.asked.append({"path": self.path, **json.loads(self.rfile.read(length))})
        self.server.keys.append(self.headers.get("Authorization"))
        hanging: dict[str, Callable[[], None]] = {
            "silent": self._say_nothing,
            "dripping": self._drip,
            "breaks off": self._break_off,
        }
        hanging.get(self.server.fault, self._answer)()

    def handle(self) -> None:
        try:
            super().handle()
        except OSError:
            self.close_connection = True  # the client had enough

    def log_message(self, *arguments: Any) -> None:
        """Keep the tests' output quiet."""

    def _answer(self) -> None:
        status, body = BODIES[self.server.fault]
        if self.server.fault == "ok" and self.server.write is not None:
            body = completion(json.dumps(self.server.write(self.server.asked[-1])))
        self._begin(status, len(body))
        self.wfile.write(body)

    def _say_nothing(self) -> None:
        self.server.released.wait(10)

    def _drip(self) -> None:
        self._begin(200, 1000)
        while not self.server.released.wait(0.05):
            self.wfile.write(b" ")
            self.wfile.flush()

    def _break_off(self) -> None:
        self._begin(200, 1000)
        self.wfile.write(b"{")
        self.close_connection = True

    def _begin(self, status: int, length: int) -> None:
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(length))
        self.end_headers()
