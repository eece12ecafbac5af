"""A program that speaks this protocol, and traces as the SDKs make them: the root run has the trace's UUID."""

from __future__ import annotations

import json
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.test import Client

from annotation.models import Project, Run, Trace
from tests.factories.traces import RunFactory, TraceFactory
from tests.fixtures.people import People

AGENT = "langsmith-py/0.15.1"


class Sdk:
    """Calls as the SDKs send them: JSON, the key, their name; a path below `/api/v1`."""

    def __init__(self, token: str) -> None:
        self._client = Client(headers={"x-api-key": token, "user-agent": AGENT})

    def __call__(self, method: str, path: str, body: Any = None, **query: Any) -> Any:
        """The answer of any call."""
        return self._client.generic(method, f"/api/v1{path}", _dumped(body), "application/json", query_params=query)

    def ok(self, method: str, path: str, body: Any = None, **query: Any) -> Any:
        """The JSON of a call that has to succeed."""
        answer = self(method, path, body, **query)
        assert 200 <= answer.status_code < 300, (answer.status_code, answer.content)
        return answer.json() if answer.content else None


def _dumped(body: Any) -> bytes:
    return b"" if body is None else json.dumps(body, default=str).encode()


@pytest.fixture
def sdk(people: People) -> Sdk:
    """With a key that may do everything in the workspace."""
    return Sdk(people.token("ingest", "write"))


def stored_trace(project: Project, *, children: int = 1) -> tuple[Trace, list[Run]]:
    """A trace whose root run has its UUID, with so many runs below the root; the root comes first."""
    uuid: UUID = uuid4()
    trace = TraceFactory.create(project=project, uuid=uuid, root_run_uuid=uuid, name="agent", run_count=1 + children)
    root = RunFactory.create(trace=trace, uuid=uuid, external_id=str(uuid), name="agent", type="chain")
    below = [RunFactory.create(trace=trace, parent_uuid=uuid, name=f"step {n}", type="tool") for n in range(children)]
    return trace, [root, *below]
