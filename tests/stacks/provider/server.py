"""The stand-in's HTTP server."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import count
from typing import Any

from tests.stacks.provider import gemini
from tests.stacks.provider.anthropic import messages
from tests.stacks.provider.chat import Answer, chat, embeddings
from tests.stacks.provider.responses import responses
from tests.stacks.provider.turns import REFUSAL

_WAYS: Mapping[str, Callable[[Mapping[str, Any], int], Answer]] = {
    "/v1/chat/completions": chat,
    "/v1/responses": responses,
    "/v1/embeddings": embeddings,
    "/v1/messages": messages,
    f"/v1beta/models/{gemini.MODEL}:generateContent": gemini.generate_content,
}


class Provider(ThreadingHTTPServer):
    """Serves on a free port of loopback."""

    daemon_threads = True

    def __init__(self) -> None:
        self.numbers = count(1)
        super().__init__(("127.0.0.1", 0), _Handler)

    @property
    def address(self) -> str:
        """Such as "http://127.0.0.1:41234"."""
        return f"http://127.0.0.1:{self.server_port}"


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: Provider

    def log_message(self, *_arguments: Any) -> None:
        """Stay quiet."""

    def do_POST(self) -> None:
        """Answer one call of a model."""
        body = json.loads(self.rfile.read(int(self.headers["content-length"])))
        way = _WAYS.get(self.path.partition("?")[0])
        if way is None:
            self._send(404, {"error": {"message": f"The stand-in has no {self.path}."}})
            return
        number = next(self.server.numbers)
        answer = way(body, number)
        if answer is None:
            error = {"message": REFUSAL, "type": "invalid_request_error", "code": "refused"}
            self._send(400, {"error": error})
        elif isinstance(answer, dict):
            self._send(200, answer, number)
        else:
            self._stream(answer, number)

    def _send(self, status: int, answer: Mapping[str, Any], number: int = 0) -> None:
        body = json.dumps(answer).encode()
        self._begin(status, number)
        self.send_header("content-type", "application/json")
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def _begin(self, status: int, number: int) -> None:
        self.send_response(status)
        self.send_header("request-id", f"req_{number:06d}")  # as Anthropic names each of its answers

    def _stream(self, events: Iterator[str], number: int) -> None:
        self._begin(200, number)
        self.send_header("content-type", "text/event-stream")
        self.send_header("connection", "close")
        self.end_headers()
        for event in events:
            self.wfile.write(event.encode())
        self.close_connection = True
