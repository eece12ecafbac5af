"""The published Python client, unmodified, and what it sends to a real server."""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from langsmith import Client

from tests.fixtures.people import People

BEGAN = datetime.now(UTC).replace(microsecond=7) - timedelta(minutes=5)
USAGE = {"input_tokens": 5, "output_tokens": 2, "total_tokens": 7, "input_cost": "0.0000012", "total_cost": "0.0000012"}


@pytest.fixture
def client(live: str, people: People) -> Iterator[Client]:
    """It may send and change everything, and sends at once."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # it warns of its own methods that will go
        made = Client(
            api_url=f"{live}/api/v1", api_key=people.token("ingest", "write"), auto_batch_tracing=False, web_url=live
        )
        yield made
        made.close(timeout=5)


def run(name: str, second: int, *, above: dict[str, Any] | None = None, **fields: Any) -> dict[str, Any]:
    """A finished run of the project "calls", below another or the root of a trace."""
    uuid, start = uuid4(), BEGAN + timedelta(seconds=second)
    step = f"{start:%Y%m%dT%H%M%S%fZ}{uuid}"
    placed = (
        {"trace_id": above["trace_id"], "parent_run_id": above["id"], "dotted_order": f"{above['dotted_order']}.{step}"}
        if above
        else {"trace_id": uuid, "dotted_order": step}
    )
    ended = {"start_time": start, "end_time": start + timedelta(seconds=1), "inputs": {"q": name}, "outputs": {"a": 1}}
    return {"id": uuid, "name": name, "run_type": "chain", "session_name": "calls", **ended, **placed, **fields}


def three_traces(client: Client) -> list[dict[str, Any]]:
    """An agent with a model call and a tool that failed, and a turn that follows it, each by another way of sending."""
    agent = run("agent", 0, tags=["beta"], extra={"metadata": {"thread_id": "talk", "tier": "gold"}})
    model = run("model", 1, above=agent, run_type="llm", outputs={"a": "hello world", "usage_metadata": USAGE})
    tool = run("tool", 2, above=agent, run_type="tool", error="TimeoutError('late')\n\nTraceback: …", outputs=None)
    turn = run("turn", 60, extra={"metadata": {"thread_id": "talk"}})
    alone = run("alone", 120)
    client.batch_ingest_runs(create=[agent, model])
    client.multipart_ingest(create=[tool, turn])
    ending = ("end_time", "outputs")
    client.create_run(**{name: value for name, value in alone.items() if name not in (*ending, "session_name")},
                      project_name="calls")  # fmt: skip
    client.update_run(alone["id"], end_time=alone["end_time"], outputs=alone["outputs"])
    return [agent, model, tool, turn, alone]
