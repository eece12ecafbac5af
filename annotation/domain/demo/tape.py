"""Records what a made-up agent does as OpenTelemetry spans of the GenAI conventions. Pure."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from random import Random
from typing import Any

from annotation.domain.ingest.spans import STATUS_ERROR, Span, SpanEvent

SECOND_NS = 1_000_000_000
Message = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Agent:
    """An application that is watched: its project (service), its model, what it is told, and what it costs."""

    service: str
    name: str
    model: str
    instructions: str
    input_price: float
    output_price: float
    version: str


@dataclass(frozen=True, slots=True)
class ToolError:
    """A tool call that failed."""

    type: str
    message: str
    stack: str = ""


@dataclass(slots=True)
class Tape:
    """One trace in the making; every call appends a span and moves the clock.

    `history` are the messages of the conversation so far; it grows with what is said here.
    """

    agent: Agent
    chance: Random
    start_ns: int
    history: list[Message]
    thread: str | None = None
    user: str | None = None
    tags: tuple[str, ...] = ()
    metadata: Mapping[str, Any] = field(default_factory=dict)
    trace_id: bytes = b""
    clock_ns: int = 0
    spans: list[Span] = field(default_factory=list)
    root_id: bytes = b""
    question: str = ""
    asked: list[Message] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.trace_id = self.trace_id or self.chance.randbytes(16)
        self.root_id = self.chance.randbytes(8)
        self.clock_ns = self.start_ns + self._nanoseconds(0.002, 0.02)

    def ask(self, text: str) -> None:
        """What the person says."""
        self.question = text
        self.history.append({"role": "user", "parts": [{"type": "text", "content": text}]})
        self.asked = [entry for entry in self.history if _is_spoken(entry)]

    def think(self, *calls: tuple[str, Mapping[str, Any]], text: str = "", thought: str = "") -> None:
        """The model says something, or calls tools (pairs of name and arguments), or both."""
        parts: list[dict[str, Any]] = []
        if thought:
            parts.append({"type": "reasoning", "content": thought})
        if text:
            parts.append({"type": "text", "content": text})
        for name, arguments in calls:
            identifier = f"call_{self.chance.randbytes(5).hex()}"
            parts.append({"type": "tool_call", "id": identifier, "name": name, "arguments": dict(arguments)})
        answer = {"role": "assistant", "parts": parts, "finish_reason": "tool_calls" if calls else "stop"}
        seconds = 0.35 + 0.016 * _length(parts) / 4 * self.chance.uniform(0.7, 1.4)
        self._span(f"chat {self.agent.model}", seconds, self._spoken(answer), kind=3)
        self.history.append(answer)

    def tool(
        self,
        name: str,
        arguments: Mapping[str, Any],
        result: Any = None,
        *,
        error: ToolError | None = None,
        seconds: float | None = None,
    ) -> bytes:
        """A tool runs; its span id. The result (or what the harness makes of the error) joins the conversation."""
        said = {"error": error.type, "message": error.message} if error else result
        attributes: dict[str, Any] = {
            "gen_ai.operation.name": "execute_tool",
            "gen_ai.tool.name": name,
            "gen_ai.tool.call.arguments": dict(arguments),
        }
        if not error:
            attributes["gen_ai.tool.call.result"] = result
        span_id = self._span(
            f"execute_tool {name}", seconds or self.chance.lognormvariate(-1.6, 0.7), attributes, error
        )
        identifier = self._call_of(name)
        self.history.append(
            {"role": "tool", "parts": [{"type": "tool_call_response", "id": identifier, "response": said}]}
        )
        return span_id

    def call(
        self,
        name: str,
        arguments: Mapping[str, Any],
        result: Any = None,
        *,
        text: str = "",
        thought: str = "",
        error: ToolError | None = None,
        seconds: float | None = None,
    ) -> bytes:
        """The model calls one tool and the tool runs."""
        self.think((name, arguments), text=text, thought=thought)
        return self.tool(name, arguments, result, error=error, seconds=seconds)

    def retrieve(self, query: str, documents: Sequence[Mapping[str, Any]]) -> bytes:
        """A search in the knowledge base."""
        attributes = {
            "gen_ai.operation.name": "retrieval",
            "gen_ai.retrieval.query.text": query,
            "gen_ai.retrieval.documents": [dict(document) for document in documents],
        }
        span_id = self._span("retrieval policies", self.chance.uniform(0.04, 0.2), attributes, kind=3)
        context = "\n\n".join(f"[{document['id']}] {document['content']}" for document in documents)
        self.history.append({"role": "user", "parts": [{"type": "text", "content": f"Context:\n{context}"}]})
        return span_id

    def answer(self, text: str, *, thought: str = "") -> None:
        """The model gives its final answer and the trace ends."""
        self.think(text=text, thought=thought)
        self._end(text, None)

    def fail(self, error: ToolError) -> None:
        """The agent breaks off."""
        self._end("", error)

    def _end(self, text: str, error: ToolError | None) -> None:
        said = [{"role": "assistant", "parts": [{"type": "text", "content": text}], "finish_reason": "stop"}]
        attributes = {
            "gen_ai.operation.name": "invoke_agent",
            "openinference.span.kind": "AGENT",  # for tags and metadata, which the GenAI conventions do not have
            "gen_ai.agent.name": self.agent.name,
            "gen_ai.input.messages": self.asked,
            "tag.tags": list(self.tags),
            "metadata": json.dumps({**self.metadata, "release": self.agent.version}),
        }
        if text:
            attributes["gen_ai.output.messages"] = said
        begun, ended = self.start_ns, self.clock_ns + self._nanoseconds(0.001, 0.01)
        name = f"invoke_agent {self.agent.name}"
        self.spans.append(self._made(self.root_id, None, name, begun, ended, attributes, error, 1))

    def _spoken(self, answer: Message) -> dict[str, Any]:
        asked = list(self.history)
        input_tokens = (len(self.agent.instructions) + sum(_length(entry["parts"]) for entry in asked)) // 4 + 12
        output_tokens = _length(answer["parts"]) // 4 + 4
        cost = input_tokens * self.agent.input_price + output_tokens * self.agent.output_price
        return {
            "gen_ai.operation.name": "chat",
            "gen_ai.provider.name": "atlas",
            "gen_ai.request.model": self.agent.model,
            "gen_ai.response.model": f"{self.agent.model}-2026-02",
            "gen_ai.response.id": f"resp_{self.chance.randbytes(8).hex()}",
            "gen_ai.request.temperature": 0.2,
            "gen_ai.usage.input_tokens": input_tokens,
            "gen_ai.usage.output_tokens": output_tokens,
            "gen_ai.usage.cost": round(cost / 1_000_000, 8),
            "gen_ai.system_instructions": [{"type": "text", "content": self.agent.instructions}],
            "gen_ai.input.messages": asked,
            "gen_ai.output.messages": [answer],
        }

    def _call_of(self, name: str) -> str | None:
        for entry in reversed(self.history):
            for part in entry["parts"]:
                if part["type"] == "tool_call" and part["name"] == name:
                    return str(part["id"])
        return None

    def _span(
        self, name: str, seconds: float, attributes: dict[str, Any], error: ToolError | None = None, kind: int = 1
    ) -> bytes:
        span_id = self.chance.randbytes(8)
        begun = self.clock_ns
        self.clock_ns = begun + int(seconds * SECOND_NS)
        self.spans.append(self._made(span_id, self.root_id, name, begun, self.clock_ns, attributes, error, kind))
        self.clock_ns += self._nanoseconds(0.001, 0.012)
        return span_id

    def _made(
        self,
        span_id: bytes,
        parent_id: bytes | None,
        name: str,
        begun: int,
        ended: int,
        attributes: dict[str, Any],
        error: ToolError | None,
        kind: int,
    ) -> Span:
        shared = {"session.id": self.thread, "user.id": self.user, "error.type": error.type if error else None}
        return Span(
            trace_id=self.trace_id,
            span_id=span_id,
            parent_id=parent_id,
            name=name,
            start_ns=begun,
            end_ns=ended,
            attributes={**attributes, **{key: value for key, value in shared.items() if value}},
            kind=kind,
            status_code=STATUS_ERROR if error else 1,
            status_message=error.message if error else "",
            events=[_exception(error, ended)] if error else [],
            scope_name="demo.agents",
            resource={"service.name": self.agent.service, "service.version": self.agent.version},
        )

    def _nanoseconds(self, least: float, most: float) -> int:
        return int(self.chance.uniform(least, most) * SECOND_NS)


def _exception(error: ToolError, time_ns: int) -> SpanEvent:
    attributes = {"exception.type": error.type, "exception.message": error.message}
    if error.stack:
        attributes["exception.stacktrace"] = error.stack
    return SpanEvent("exception", time_ns, attributes)


def _is_spoken(message: Message) -> bool:
    """Whether the person and the agent said it to each other; not tool calls, and not what was looked up."""
    parts = message["parts"]
    return all(part["type"] == "text" and not part["content"].startswith("Context:") for part in parts)


def _length(parts: Sequence[Mapping[str, Any]]) -> int:
    """About how many characters the parts have."""
    return sum(len(part["content"]) if "content" in part else len(str(part)) for part in parts)
