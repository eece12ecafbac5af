"""Runs as the SDKs write them, and the ways to send them."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

import zstandard
from django.test import Client

ROOT, CHILD, OTHER = (f"018f6b0a-7d3a-7c11-8e5b-00000000000{digit}" for digit in "123")
T0, T1, T2 = "2026-03-02T09:30:00.000001+00:00", "2026-03-02T09:30:01.000002+00:00", "2026-03-02T09:30:02.5+00:00"
USAGE = {
    "input_tokens": 12,
    "output_tokens": 5,
    "total_tokens": 17,
    "input_token_details": {"cache_read": 4},
    "input_cost": 0.0000036,
    "output_cost": "0.0000000125",
    "total_cost": 0.0000036125,
}


def run(identifier: str = ROOT, **more: Any) -> dict[str, Any]:
    return {"id": identifier, "name": "agent", "run_type": "chain", "start_time": T0, "inputs": {"q": "hi"}} | more


def post(client: Client, address: str, body: Any) -> Any:
    return client.post(f"/api/v1{address}", json.dumps(body), content_type="application/json")


def patch(client: Client, identifier: str, body: Any) -> Any:
    return client.patch(f"/api/v1/runs/{identifier}", json.dumps(body), content_type="application/json")


def multipart(parts: Sequence[tuple[str, str, bytes]]) -> bytes:
    body = b""
    for name, kind, content in parts:
        head = f'--bound\r\nContent-Disposition: form-data; name="{name}"\r\nContent-Type: {kind}\r\n'
        body += head.encode() + b"Content-Length: %d\r\n\r\n" % len(content) + content + b"\r\n"
    return body + b"--bound--\r\n"


def send_parts(client: Client, parts: Sequence[tuple[str, str, bytes]], *, packed: bool = True) -> Any:
    body = multipart(parts)
    return client.generic(
        "POST",
        "/api/v1/runs/multipart",
        zstandard.compress(body) if packed else body,
        content_type="multipart/form-data; boundary=bound",
        headers={"Content-Encoding": "zstd"} if packed else {},
    )
