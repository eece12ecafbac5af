"""A queue of the workspace "acme" with traces to review, and the addresses of its pages."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.test import Client
from playwright.sync_api import Page

from annotation.domain.queues import rubric, rubric_versions
from annotation.domain.queues.rubric import Rubric
from annotation.models import FailureMode, Item, Queue, Run, Trace
from tests.factories.queues import ItemFactory, QueueFactory
from tests.factories.traces import RunFactory, TraceFactory
from tests.fixtures.browser import SignIn
from tests.fixtures.people import People

STARTED_AT = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)
ANSWER = "Your rate is fully refundable, so you can cancel free of charge."


@dataclass(frozen=True, slots=True)
class Line:
    """A queue, its items in order, and where things are."""

    queue: Queue
    items: list[Item]

    @property
    def start(self) -> str:
        """Where the next item is taken."""
        return f"/w/acme/queues/{self.queue.uuid}/review/"

    def page(self, number: int, act: str = "") -> str:
        """The page of an item, or what is done there."""
        return f"/w/acme/queues/{self.queue.uuid}/items/{number}/{act + '/' if act else ''}"

    def table(self, rest: str = "") -> str:
        """Where a page of items is judged in rows, or what is done there."""
        return f"/w/acme/queues/{self.queue.uuid}/table/{rest}"

    def form(self, number: int, **given: Any) -> dict[str, Any]:
        """What the page's form sends; `thumbs` is the default rubric's question."""
        return {"item": number, "rubric_version": 1, "seen": 0, "active_ms": 1000, **given}


def booking_trace(people: People, number: int, answer: str = ANSWER) -> Trace:
    """A booking agent's trace: agent, tool that failed, final answer."""
    trace = TraceFactory(
        project=people.project,
        name="booking_agent",
        input=f"Can I cancel booking TX-{number}?",
        output=answer,
        started_at=STARTED_AT + timedelta(minutes=number),
        latency_ms=6400.0,
        total_tokens=5812,
        run_count=3,
    )
    at = trace.started_at
    agent = RunFactory(trace=trace, name="booking_agent", type="agent", started_at=at, latency_ms=6400.0)
    RunFactory(
        trace=trace, name="get_rate_rules", type="tool", parent_uuid=agent.uuid, started_at=at + timedelta(seconds=1),
        status="error", error_type="TimeoutError", error_message="no answer after 30 s", latency_ms=30_000.0,
        tool={"name": "get_rate_rules", "arguments": {"rate": "ADVANCE_SAVER"}, "result": None},
    )  # fmt: skip
    RunFactory(
        trace=trace, name="final_answer", type="llm", parent_uuid=agent.uuid, started_at=at + timedelta(seconds=2),
        latency_ms=1100.0, output_text=answer, input_text=trace.input,
        messages=[
            {"role": "user", "parts": [{"type": "text", "text": trace.input}], "direction": "input"},
            {"role": "assistant", "parts": [{"type": "text", "text": answer}], "direction": "output"},
        ],
    )  # fmt: skip
    Trace.objects.filter(pk=trace.pk).update(root_run_uuid=agent.uuid)
    trace.refresh_from_db()
    return trace


@pytest.fixture
def make_line(people: People) -> Callable[..., Line]:
    """`make_line(3, asked=Rubric(…), **fields of the queue)`: a queue with so many items."""

    def make(count: int = 1, asked: Rubric | None = None, answer: str = ANSWER, **fields: Any) -> Line:
        queue = QueueFactory(workspace=people.workspace, name="Refund promises", **fields)
        rubric_versions.publish(queue=queue, asked=asked or rubric.default(), by=None)
        items = [
            ItemFactory(queue=queue, number=number, trace=booking_trace(people, number, answer))
            for number in range(1, count + 1)
        ]
        return Line(queue, items)

    return make


@pytest.fixture
def client(people: People) -> Client:
    """A client of the reviewer."""
    return people.client(people.reviewer)


@pytest.fixture
def page(browser_page: Page, people: People, sign_in: SignIn) -> Page:
    """A page of the reviewer."""
    sign_in(people.reviewer)
    return browser_page


@pytest.fixture
def modes(people: People) -> list[FailureMode]:
    """Two failure modes of the project."""
    return [FailureMode.objects.create(project=people.project, name=name) for name in ("Wrong policy", "Tone")]


def run_of(item: Item, name: str) -> Run:
    assert item.trace_uuid is not None
    return Run.objects.get(trace__uuid=item.trace_uuid, name=name)
