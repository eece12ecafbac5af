"""Attachments in a bucket, by the real client of S3 against a server of our own that speaks as much of it as they need."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import environ
import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import Storage, storages
from django.test import override_settings

from traceapp import storage


class Bucket(BaseHTTPRequestHandler):
    """Objects by address; only signed requests are heard."""

    objects: dict[str, bytes] = {}

    def do_PUT(self) -> None:
        """Keep an object."""
        body = self.rfile.read(int(self.headers["Content-Length"]))
        if "aws-chunked" in self.headers.get("Content-Encoding", ""):
            size, _, rest = body.partition(b"\r\n")
            body = rest[: int(size.partition(b";")[0], 16)]
        self.objects[self._name()] = body
        self._answer(200)

    def do_GET(self) -> None:
        """Give an object."""
        self._answer(200 if self._name() in self.objects else 404, self.objects.get(self._name(), b""))

    do_HEAD = do_GET  # noqa: N815 -- as above

    def do_DELETE(self) -> None:
        """Forget an object, if it is there."""
        self.objects.pop(self._name(), None)
        self._answer(204)

    def log_message(self, *_words: Any) -> None:
        """Nothing."""

    def _name(self) -> str:
        assert self.headers["Authorization"].startswith("AWS4-HMAC-SHA256 Credential=us/")
        return self.path.partition("?")[0]

    def _answer(self, status: int, body: bytes = b"") -> None:
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        self.send_header("ETag", '"tag"')
        self.send_header("Last-Modified", "Wed, 25 Nov 2026 12:00:00 GMT")
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)


@pytest.fixture
def bucket(monkeypatch: pytest.MonkeyPatch) -> Iterator[Storage]:
    """The storage that the environment describes."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), Bucket)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    given = {
        "BUCKET": "traces", "ENDPOINT": f"http://127.0.0.1:{server.server_port}", "REGION": "here",
        "ACCESS_KEY": "us", "SECRET_KEY": "secret", "ADDRESSING": "path",
    }  # fmt: skip
    for name, value in given.items():
        monkeypatch.setenv(f"ATTACHMENTS_{name}", value)
    Bucket.objects.clear()
    with override_settings(STORAGES={"attachments": storage.in_bucket(environ.Env())}):
        yield storages["attachments"]
    server.shutdown()
    server.server_close()


@pytest.mark.filterwarnings("ignore::DeprecationWarning")
@pytest.mark.filterwarnings("ignore::ResourceWarning")
def test_a_file_is_kept_read_replaced_and_deleted(bucket: Storage) -> None:
    assert bucket.save("acme/ab/file", ContentFile(b"first")) == "acme/ab/file"
    assert Bucket.objects == {"/traces/acme/ab/file": b"first"}
    assert bucket.save("acme/ab/file", ContentFile(b"second")) == "acme/ab/file"
    with bucket.open("acme/ab/file") as file:
        assert file.read() == b"second"
    bucket.delete("acme/ab/file")
    assert Bucket.objects == {}
    bucket.delete("acme/ab/file")  # again: no trouble
