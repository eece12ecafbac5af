"""Real requests with bytes changed, cut, doubled and swapped: stored or refused, soon, and never a fault of the server."""

import json
import random
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import orjson
import pytest
from django.conf import settings as django_settings
from django.db import transaction
from django.test import Client
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.fixtures.logs import log_request, record
from tests.fixtures.people import People
from tests.fixtures.spans import call, request, span

pytestmark = pytest.mark.django_db

IS_LONG = settings.get_current_profile_name() == "long"
SECONDS = 10.0
ANSWERS = {200, 201, 202, 207, 400, 408, 413, 415, 422}
HOSTILE: list[Any] = [
    None, True, -1, 2**53, 2**63, 2**64, -(2**63), 1e308, 5e-324, "", "\0", "\ud800", "é" * 3000, "x" * 9000,
    "NaN", "Infinity", "-1", "1e999", "{", '{"a": [' * 50, [], {}, [[[[[]]]]], {"": {"": ""}}, "2026-13-45T99:99:99Z",
    "9999-12-31T23:59:59.999999999Z", "00000000-0000-0000-0000-000000000000", "'; DROP TABLE run; --",
]  # fmt: skip

_FOLDER = Path(django_settings.BASE_DIR) / "tests" / "payloads"
_EVENTS = log_request(
    [
        record("gen_ai.user.message", span=1, body={"content": "Hello", "role": "user"}),
        record(
            "gen_ai.evaluation.result", span=1, attributes={"gen_ai.evaluation.name": "k", "gen_ai.response.id": "r"}
        ),
        record("claude_code.user_prompt", attributes={"session.id": "s", "prompt": "p"}),
    ]
)
_RUN = {
    "id": "0af76519-16cd-43dd-8448-eb211c80319c",
    "trace_id": "0af76519-16cd-43dd-8448-eb211c80319c",
    "dotted_order": "20260302T093000000000Z0af76519-16cd-43dd-8448-eb211c80319c",
    "name": "agent",
    "run_type": "llm",
    "start_time": "2026-03-02T09:30:00.000000Z",
    "end_time": "2026-03-02T09:30:02.000000Z",
    "inputs": {"messages": [{"role": "user", "content": [{"type": "text", "text": "Hello"}]}]},
    "outputs": {"generations": [[{"message": {"kwargs": {"content": "Hi", "usage_metadata": {"input_tokens": 3}}}}]]},
    "error": None,
    "tags": ["a"],
    "events": [{"name": "new_token", "time": "2026-03-02T09:30:01Z"}],
    "extra": {"metadata": {"thread_id": "t", "ls_model_name": "m"}, "runtime": {"sdk": "x"}},
    "session_name": "booking",
}
PROTOBUF = {path.parent.name: path.read_bytes() for path in sorted(_FOLDER.glob("*/trace.pb"))}
DOCUMENTS: dict[str, tuple[str, Any]] = {
    **{path.parent.name: ("/v1/traces", orjson.loads(path.read_bytes())) for path in sorted(_FOLDER.glob("*/trace.json"))},
    "runs": ("/api/v1/runs/batch", {"post": [_RUN], "patch": [_RUN]}),
    "run": ("/api/v1/runs", _RUN),
    "scores": ("/api/public/scores", [{"id": "s", "traceId": "0af7651916cd43dd8448eb211c80319c", "name": "k", "value": 1}]),
    "annotations": (
        "/v1/span_annotations",
        {"data": [{"span_id": "b7ad6b7169203331", "name": "k", "annotator_kind": "HUMAN", "result": {"score": 1, "label": "good"}}]},
    ),
    "feedback": ("/api/v1/feedback", {"run_id": _RUN["id"], "key": "k", "score": 1, "value": "v", "comment": "c", "extra": {}}),
}  # fmt: skip


def damaged(body: bytes, chance: random.Random) -> bytes:
    """The body with one to six places changed."""
    changed = bytearray(body)
    for _ in range(chance.randint(1, 6)):
        place = chance.randrange(len(changed) or 1)
        end = place + chance.randint(1, 40)
        chance.choice(_DAMAGES)(changed, place, end, chance)
    return bytes(changed)


def _flip(body: bytearray, place: int, _end: int, chance: random.Random) -> None:
    if body:
        body[place] ^= 1 << chance.randrange(8)


def _noise(body: bytearray, place: int, end: int, chance: random.Random) -> None:
    body[place:end] = chance.randbytes(end - place)


def _extreme(body: bytearray, place: int, _end: int, chance: random.Random) -> None:
    body[place : place + 1] = chance.choice([b"\0", b"\x7f", b"\xff", b"\xff" * 9 + b"\x01", b"\x80\x80\x80\x00"])


def _double(body: bytearray, place: int, end: int, _chance: random.Random) -> None:
    body[end:end] = body[place:end]


def _drop(body: bytearray, place: int, end: int, _chance: random.Random) -> None:
    del body[place:end]


def _cut(body: bytearray, place: int, _end: int, _chance: random.Random) -> None:
    del body[place:]


_DAMAGES: list[Callable[[bytearray, int, int, random.Random], None]] = [
    _flip, _flip, _noise, _extreme, _extreme, _double, _drop, _cut
]  # fmt: skip


def bent(document: Any, chance: random.Random) -> Any:
    """The JSON value with one to four of its members replaced, renamed, removed or repeated."""
    copied = json.loads(json.dumps(document))
    for _ in range(chance.randint(1, 4)):
        containers = list(_containers(copied))
        if containers:
            _bend(chance.choice(containers), chance)
    return copied


def _containers(value: Any) -> Any:
    if isinstance(value, dict | list):
        if value:
            yield value
        for member in value.values() if isinstance(value, dict) else value:
            yield from _containers(member)


def _bend(container: Any, chance: random.Random) -> None:
    name = chance.choice(list(container) if isinstance(container, dict) else range(len(container)))
    way = chance.randrange(4)
    if way == 0:
        del container[name]
    elif way == 1 and isinstance(container, list):
        container.append(container[name])
    elif way == 2:
        container[name] = [container[name]] * chance.randint(0, 3)
    else:
        container[name] = chance.choice(HOSTILE)


class Sender:
    """Sends, and takes back what was stored; `wrong` collects what no sender may meet."""

    def __init__(self, people: People) -> None:
        self.client = Client(headers={"x-api-key": people.token("ingest", "write")}, raise_request_exception=False)
        self.wrong: dict[str, str] = {}
        self.answers: Counter[int] = Counter()

    def send(self, path: str, body: bytes, content_type: str, what: str) -> None:
        """One request."""
        began = time.monotonic()
        with transaction.atomic():
            answer = self.client.post(path, body, content_type=content_type)
            transaction.set_rollback(True)
        took = time.monotonic() - began
        self.answers[answer.status_code] += 1
        if answer.status_code not in ANSWERS or took > SECONDS:
            self.wrong.setdefault(
                f"{what}: {answer.status_code}", f"{body!r} after {took:.1f} s, {answer.content[:300]!r}"
            )


trying = settings(
    max_examples=8_000 if IS_LONG else 40,
    derandomize=not IS_LONG,
    database=None,
    deadline=None,
    suppress_health_check=list(HealthCheck),
)


@trying
@given(st.sampled_from(sorted(PROTOBUF)), st.integers(0, 2**32))
def _spans(sender: Sender, name: str, seed: int) -> None:
    body = damaged(PROTOBUF[name], random.Random(seed))
    sender.send("/v1/traces", body, "application/x-protobuf", f"protobuf {name}")


@trying
@given(st.sampled_from(["traces", "logs"]), st.integers(0, 2**32))
def _small(sender: Sender, signal: str, seed: int) -> None:
    whole = _EVENTS if signal == "logs" else request([call(1, attributes={"session.id": "é"}), span(2, parent=1)])
    sender.send(f"/v1/{signal}", damaged(whole, random.Random(seed)), "application/x-protobuf", f"small {signal}")


@trying
@given(st.sampled_from(sorted(DOCUMENTS)), st.integers(0, 2**32))
def _documents(sender: Sender, name: str, seed: int) -> None:
    path, document = DOCUMENTS[name]
    chance = random.Random(seed)
    body = json.dumps(bent(document, chance)).encode()
    body = damaged(body, chance) if chance.random() < 0.2 else body
    sender.send(path, body, "application/json", f"json {name}")


@pytest.mark.parametrize("fuzz", [_spans, _small, _documents])
def test_damaged_requests_are_stored_or_refused(people: People, fuzz: Callable[[Sender], None]) -> None:
    sender = Sender(people)
    fuzz(sender)
    assert not sender.wrong, "\n".join(f"{what} for {asked}" for what, asked in sender.wrong.items())
    assert sender.answers[200] + sender.answers[202] > 3
