"""Claude Code's own logs as a trace: with its traces off they are all there is, one tree for each prompt.

Source: the documentation of Claude Code, page "Monitoring", events. All events of one prompt share `prompt.id`; a tool's have
its `tool_use_id`. They become the spans that Claude Code would have written, so that its dialect reads both alike.
"""

from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from typing import Any
from uuid import UUID

from annotation.domain.ingest import identity
from annotation.domain.ingest.dialects.attributes import as_amount, first_text
from annotation.domain.ingest.dialects.partial import Partial
from annotation.domain.ingest.logs.events import LogEvent
from annotation.domain.ingest.spans import STATUS_ERROR, Span, SpanEvent

SCOPE = "com.anthropic.claude_code"
_PREFIX = "claude_code."
_CALLS = ("api_request", "api_error")
_TOOL = ("tool_result", "tool_decision")
_MAX_MS = 10**9


def is_own(event: LogEvent) -> bool:
    """True for an event of Claude Code that belongs to no span, but to a prompt."""
    return event.scope_name.startswith(SCOPE) and event.span_id is None and bool(_prompt(event))


def _prompt(event: LogEvent) -> str | None:
    return first_text(event.attributes, "prompt.id")


def trace_of(event: LogEvent) -> UUID:
    """The trace of the event's prompt: the same whenever one of its events comes."""
    session = first_text(event.attributes, "session.id") or ""
    return identity.named_trace_uuid("claude-code", session, _prompt(event) or "")


def kind_of(event: LogEvent) -> str:
    """What happened, such as `api_request`."""
    return event.name.removeprefix(_PREFIX)


def spans(trace: UUID, events: Sequence[LogEvent]) -> list[Span]:
    """The tree that the events of one prompt tell: the interaction, in it requests to the model and tools."""
    ordered = sorted(events, key=lambda event: (event.time_ns, _sequence(event)))
    root = identity.named_span_id(trace, "interaction")
    calls = [_call(trace, root, event, ordered) for event in ordered if kind_of(event) in _CALLS]
    tools = [_tool(trace, root, together) for together in _by_tool(ordered)]
    children = [*calls, *tools]
    first = min([ordered[0].time_ns, *(child.start_ns for child in children)])
    return [_interaction(trace, root, ordered, first), *children]


def read(events: Iterable[LogEvent]) -> Partial:
    """What the events say of the interaction whose span is there: its prompt, the last answer, and what it cost."""
    own = [event for event in events if event.scope_name.startswith(SCOPE)]
    asked = [event.attributes for event in own if kind_of(event) == "user_prompt"]
    answered = [event.attributes for event in own if kind_of(event) == "assistant_response"]
    costs = [as_amount(event.attributes.get("cost_usd")) for event in own if kind_of(event) == "api_request"]
    known = [cost for cost in costs if cost is not None]
    return Partial(
        inputs=first_text(asked[0], "prompt") if asked else None,
        outputs=first_text(answered[-1], "response") if answered else None,
        cost=sum(known, Decimal(0)) if known else None,
    )


def _sequence(event: LogEvent) -> int:
    value = as_amount(event.attributes.get("event.sequence"))
    return int(value) if value is not None else 0


def _interaction(trace: UUID, root: bytes, ordered: Sequence[LogEvent], first_ns: int) -> Span:
    asked = next((event for event in ordered if kind_of(event) == "user_prompt"), ordered[0])
    answers = [event for event in ordered if kind_of(event) == "assistant_response"]
    answer = first_text(answers[-1].attributes, "response") if answers else None
    rest = [event for event in ordered if kind_of(event) not in (*_CALLS, *_TOOL, "user_prompt", "assistant_response")]
    said = dict(asked.attributes) if kind_of(asked) == "user_prompt" else _whose(asked.attributes)
    return _span(
        trace, root, None, "claude_code.interaction", asked, said | {"span.type": "interaction"} | _if("response", answer),
        start_ns=first_ns, end_ns=ordered[-1].time_ns,
        events=tuple(SpanEvent(event.name, event.time_ns, event.attributes) for event in rest),
    )  # fmt: skip


def _whose(attributes: Mapping[str, Any]) -> dict[str, Any]:
    """What is the same on all events: whose they are."""
    return {key: attributes[key] for key in ("session.id", "user.id", "prompt.id") if key in attributes}


def _if(key: str, value: Any) -> dict[str, Any]:
    return {} if value is None else {key: value}


def _call(trace: UUID, root: bytes, event: LogEvent, ordered: Sequence[LogEvent]) -> Span:
    own = first_text(event.attributes, "request_id") or f"{event.time_ns}/{_sequence(event)}"
    attributes = dict(event.attributes) | {"span.type": "llm_request"} | _if("response", _response(event, ordered))
    return _span(
        trace, identity.named_span_id(trace, f"{kind_of(event)}:{own}"), root, "claude_code.llm_request", event, attributes,
        error=first_text(event.attributes, "error") or "error" if kind_of(event) == "api_error" else None,
    )  # fmt: skip


def _response(call: LogEvent, ordered: Sequence[LogEvent]) -> str | None:
    """What the model answered: the response with the request's id; without ids, the next one before another call."""
    request = first_text(call.attributes, "request_id")
    for event in ordered:
        if kind_of(event) == "assistant_response" and request and first_text(event.attributes, "request_id") == request:
            return first_text(event.attributes, "response")
    for event in ordered[ordered.index(call) + 1 :]:
        if kind_of(event) in _CALLS:
            return None
        if kind_of(event) == "assistant_response" and not first_text(event.attributes, "request_id"):
            return first_text(event.attributes, "response")
    return None


def _by_tool(ordered: Iterable[LogEvent]) -> list[list[LogEvent]]:
    """The events of each use of a tool; a decision without an id goes to the next result of its tool."""
    uses: dict[str, list[LogEvent]] = {}
    waiting: dict[str, list[LogEvent]] = {}
    for event in ordered:
        if kind_of(event) not in _TOOL:
            continue
        name, own = first_text(event.attributes, "tool_name") or "", first_text(event.attributes, "tool_use_id")
        if not own and kind_of(event) == "tool_decision":
            waiting.setdefault(name, []).append(event)
            continue
        key = own or f"{event.time_ns}/{_sequence(event)}"
        uses.setdefault(key, waiting.pop(name, [])).append(event)
    return [*uses.values(), *(events for events in waiting.values() if events)]


def _tool(trace: UUID, root: bytes, together: Sequence[LogEvent]) -> Span:
    last = together[-1]
    name = first_text(last.attributes, "tool_name") or "tool"
    own = first_text(last.attributes, "tool_use_id") or f"{last.time_ns}/{_sequence(last)}"
    attributes: dict[str, Any] = {}
    for event in together:
        attributes |= event.attributes
    is_refused = kind_of(last) == "tool_decision" and str(attributes.get("decision")).lower() == "reject"
    is_done = kind_of(last) == "tool_result" or is_refused
    failed = str(attributes.get("success")).lower() == "false"
    words = first_text(attributes, "error", "error_message") or ("the call was rejected" if is_refused else "failed")
    return _span(
        trace, identity.named_span_id(trace, f"tool:{own}"), root, name, last, attributes | {"span.type": "tool"},
        end_ns=last.time_ns if is_done else 0, error=words if failed or is_refused else None,
    )  # fmt: skip


def _span(  # noqa: PLR0913 -- a span with all that differs between the kinds
    trace: UUID,
    span_id: bytes,
    parent: bytes | None,
    name: str,
    event: LogEvent,
    attributes: Mapping[str, Any],
    *,
    start_ns: int | None = None,
    end_ns: int | None = None,
    error: str | None = None,
    events: tuple[SpanEvent, ...] = (),
) -> Span:
    """A span whose event is written when it ends, with its duration."""
    return Span(
        trace_id=trace.bytes,
        span_id=span_id,
        parent_id=parent,
        name=name,
        start_ns=event.time_ns - _duration_ns(attributes) if start_ns is None else start_ns,
        end_ns=event.time_ns if end_ns is None else end_ns,
        attributes=attributes,
        status_code=STATUS_ERROR if error else 0,
        status_message=error or "",
        events=events,
        scope_name=event.scope_name,
        scope_version=event.scope_version,
        resource=event.resource,
    )


def _duration_ns(attributes: Mapping[str, Any]) -> int:
    milliseconds = as_amount(attributes.get("duration_ms"))
    return int(milliseconds * 1_000_000) if milliseconds is not None and milliseconds < _MAX_MS else 0
