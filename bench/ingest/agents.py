"""Made-up but life-like agent traces: a system prompt, a history that grows up to a window, tools that answer.

Everything follows from the seed, so that every run measures the same bytes.
"""

import json
import random
from collections.abc import Iterable, Iterator
from itertools import islice
from typing import Any

from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from opentelemetry.proto.common.v1.common_pb2 import AnyValue, KeyValue
from opentelemetry.proto.trace.v1.trace_pb2 import Span

START = 1_772_443_800_000_000_000
_TEXT = """the booking flight passenger moved to Friday because policy allows one change of date without a fee when the
ticket was bought less than a day ago and the airline confirms seat luggage refund voucher card payment please"""
WORDS = _TEXT.split()
#: How many of the latest messages a model is shown beside the system prompt and the question.
KEPT_MESSAGES = 8
TOOLS = ("find_booking", "search_flights", "move_booking", "refund", "ask_policy")


class Agents:
    """Makes export requests; `spans_per_request` is how many spans one exporter sends at once."""

    def __init__(self, *, seed: int = 7, spans_per_request: int = 100) -> None:
        """The same seed gives the same bytes."""
        self._random = random.Random(seed)
        self._size = spans_per_request
        self._system = self.words(110)
        self._tools = json.dumps([{"type": "function", "name": name, "description": self.words(12)} for name in TOOLS])

    def requests(self, count: int) -> Iterator[bytes]:
        """Export requests as one exporter sends them: trace after trace, cut wherever a request is full."""
        spans = self._spans()
        for _ in range(count):
            yield self._request(islice(spans, self._size))

    def one_trace(self, *, question: str = "") -> bytes:
        """A request that holds one trace, as long as a request; with `question`, that is what the user says first."""
        return self._request(self.trace(self._size, question=question))

    @staticmethod
    def _request(spans: Iterable[Span]) -> bytes:
        request = ExportTraceServiceRequest()
        resource = request.resource_spans.add()
        resource.resource.attributes.extend(pairs({"service.name": "booking", "telemetry.sdk.language": "python"}))
        scope = resource.scope_spans.add()
        scope.scope.name = "booking.agent"
        scope.spans.extend(spans)
        return request.SerializeToString()

    def _spans(self) -> Iterator[Span]:
        while True:
            yield from self.trace()

    def words(self, count: int) -> str:
        """Some text."""
        return " ".join(self._random.choices(WORDS, k=count))

    def trace(self, length: int | None = None, *, question: str = "") -> list[Span]:
        """One trace (of 8 to 40 spans) in the order of their ends: model calls, the tools they ask for, the agent last."""
        length = length or self._random.randint(8, 40)
        trace_id, clock = self._random.randbytes(16), START + self._random.randrange(10**15)
        dialect = _openinference if self._random.random() < 0.4 else _genai
        history: list[dict[str, Any]] = [{"role": "system", "content": self._system}]
        history.append({"role": "user", "content": question or self.words(30)})
        root, began = self._random.randbytes(8), clock
        spans: list[Span] = []
        while len(spans) < length - 1:
            answer = self._answer(len(spans), most_calls=length - 2 - len(spans))
            clock += self._random.randrange(10**9)
            shown = [*history[:2], *history[2:][-KEPT_MESSAGES:]]
            spans.append(self._span(trace_id, root, clock, "chat small", dialect.call(shown, answer, self._tools)))
            history.append(answer)
            for call in answer.get("tool_calls", ()):
                result = {"found": [self.words(12) for _ in range(self._random.randint(2, 8))]}
                spans.append(self._span(trace_id, root, clock, "execute_tool", dialect.tool(call, result)))
                history.append({"role": "tool", "tool_call_id": call["id"], "content": json.dumps(result)})
        agent = self._span(trace_id, b"", began, "invoke_agent booking", dialect.agent(history))
        agent.span_id, agent.end_time_unix_nano = root, clock + 10**9
        return [*spans, agent]

    def _answer(self, step: int, *, most_calls: int) -> dict[str, Any]:
        if most_calls < 1 or self._random.random() < 0.3:
            return {"role": "assistant", "content": self.words(60)}
        calls = [self._call(step + number) for number in range(min(self._random.choice((1, 1, 2)), most_calls))]
        return {"role": "assistant", "content": self.words(8), "tool_calls": calls}

    def _call(self, step: int) -> dict[str, Any]:
        name, arguments = self._random.choice(TOOLS), json.dumps({"booking": step, "reason": self.words(4)})
        return {"id": f"call_{step}", "type": "function", "function": {"name": name, "arguments": arguments}}

    def _span(self, trace_id: bytes, parent: bytes, clock: int, name: str, attributes: dict[str, Any]) -> Span:
        return Span(
            trace_id=trace_id,
            span_id=self._random.randbytes(8),
            parent_span_id=parent,
            name=name,
            kind=Span.SPAN_KIND_INTERNAL,
            start_time_unix_nano=clock,
            end_time_unix_nano=clock + self._random.randrange(10**9),
            attributes=pairs(attributes),
        )


class _genai:  # noqa: N801 -- used as a name for a set of functions
    """OpenTelemetry's conventions."""

    @staticmethod
    def call(history: list[dict[str, Any]], answer: dict[str, Any], tools: str) -> dict[str, Any]:
        return {
            "gen_ai.operation.name": "chat",
            "gen_ai.provider.name": "example",
            "gen_ai.request.model": "small",
            "gen_ai.response.model": "small-2026-01-15",
            "gen_ai.response.id": f"chatcmpl-{len(history)}",
            "gen_ai.conversation.id": "conv-1",
            "gen_ai.request.temperature": 0.2,
            "gen_ai.usage.input_tokens": 300 * len(history),
            "gen_ai.usage.output_tokens": 60,
            "gen_ai.usage.cache_read.input_tokens": 128,
            "gen_ai.tool.definitions": tools,
            "gen_ai.input.messages": json.dumps([_parts(message) for message in history]),
            "gen_ai.output.messages": json.dumps([_parts(answer)]),
        }

    @staticmethod
    def tool(call: dict[str, Any], result: dict[str, Any]) -> dict[str, Any]:
        return {
            "gen_ai.operation.name": "execute_tool",
            "gen_ai.tool.name": call["function"]["name"],
            "gen_ai.tool.call.id": call["id"],
            "gen_ai.tool.call.arguments": call["function"]["arguments"],
            "gen_ai.tool.call.result": json.dumps(result),
        }

    @staticmethod
    def agent(history: list[dict[str, Any]]) -> dict[str, Any]:
        return {
            "gen_ai.operation.name": "invoke_agent",
            "gen_ai.agent.name": "booking",
            "gen_ai.conversation.id": "conv-1",
            "gen_ai.input.messages": json.dumps([_parts(history[1])]),
            "gen_ai.output.messages": json.dumps([_parts(history[-1])]),
        }


class _openinference:  # noqa: N801 -- as above
    """OpenInference."""

    @staticmethod
    def call(history: list[dict[str, Any]], answer: dict[str, Any], tools: str) -> dict[str, Any]:
        return {
            "openinference.span.kind": "LLM",
            "llm.system": "example",
            "llm.model_name": "small-2026-01-15",
            "llm.invocation_parameters": '{"model": "small", "temperature": 0.2}',
            "llm.tools.0.tool.json_schema": tools,
            "llm.token_count.prompt": 300 * len(history),
            "llm.token_count.completion": 60,
            "llm.token_count.total": 300 * len(history) + 60,
            "session.id": "session-1",
            "user.id": "user-1",
            "input.value": json.dumps({"model": "small", "messages": history}),
            "input.mime_type": "application/json",
            "output.value": json.dumps({"model": "small", "choices": [{"message": answer}]}),
            "output.mime_type": "application/json",
            **_numbered("llm.input_messages", history),
            **_numbered("llm.output_messages", [answer]),
        }

    @staticmethod
    def tool(call: dict[str, Any], result: dict[str, Any]) -> dict[str, Any]:
        return {
            "openinference.span.kind": "TOOL",
            "tool.name": call["function"]["name"],
            "input.value": call["function"]["arguments"],
            "output.value": json.dumps(result),
        }

    @staticmethod
    def agent(history: list[dict[str, Any]]) -> dict[str, Any]:
        return {
            "openinference.span.kind": "AGENT",
            "input.value": history[1]["content"],
            "output.value": str(history[-1]["content"]),
            "session.id": "session-1",
        }


def _parts(message: dict[str, Any]) -> dict[str, Any]:
    if message["role"] == "tool":
        answered = {"type": "tool_call_response", "id": message["tool_call_id"], "response": message["content"]}
        return {"role": "tool", "parts": [answered]}
    calls = [{"type": "tool_call", "id": call["id"], **call["function"]} for call in message.get("tool_calls", ())]
    return {"role": message["role"], "parts": [{"type": "text", "content": message["content"]}, *calls]}


def _numbered(prefix: str, listed: list[dict[str, Any]]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for index, message in enumerate(listed):
        base = f"{prefix}.{index}.message"
        found |= {f"{base}.role": message["role"], f"{base}.content": message["content"]}
        for number, call in enumerate(message.get("tool_calls", ())):
            named = f"{base}.tool_calls.{number}.tool_call"
            function = call["function"]
            found |= {f"{named}.id": call["id"], f"{named}.function.name": function["name"],
                      f"{named}.function.arguments": function["arguments"]}  # fmt: skip
    return found


def pairs(attributes: dict[str, Any]) -> list[KeyValue]:
    """Attributes of texts and numbers."""
    return [KeyValue(key=key, value=_any(value)) for key, value in attributes.items()]


def _any(value: Any) -> AnyValue:
    if isinstance(value, int):
        return AnyValue(int_value=value)
    return AnyValue(double_value=value) if isinstance(value, float) else AnyValue(string_value=value)
