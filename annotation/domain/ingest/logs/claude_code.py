"""Claude Code's own logs: beside its spans they complete them; with its traces off they are all there is, one tree for
each prompt.

Source: the documentation of Claude Code, page "Monitoring", events, and what version 2.1 sends. All events of one prompt share
`prompt.id`, whatever else ran meanwhile; a tool's have its `tool_use_id`, a request's its `request_id`, both of which the spans
have too. Without spans they become the ones that Claude Code would have written, so that its dialect reads both alike.
"""

from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from typing import Any
from uuid import UUID

from annotation.domain.ingest import conversations, identity, readable
from annotation.domain.ingest.dialects.attributes import as_amount, first_text
from annotation.domain.ingest.dialects.claude_code import HIDDEN, tool_name
from annotation.domain.ingest.dialects.partial import Partial
from annotation.domain.ingest.logs.events import LogEvent
from annotation.domain.ingest.spans import STATUS_ERROR, Span, SpanEvent
from annotation.domain.ingest.values import parsed

SCOPE = "com.anthropic.claude_code"
_PREFIX = "claude_code."
_CALLS = ("api_request", "api_error")
_TOOL = ("tool_result", "tool_decision")
_BODIES = ("api_request_body", "api_response_body")
_TOLD = (*_CALLS, *_TOOL, "user_prompt", "assistant_response")
_MAX_MS = 10**9
#: By which id an event names the model's call or the use of a tool that it is about.
_IDS = {
    "api_request": "request_id",
    "api_request_body": "request_body_id",
    "api_response_body": "request_id",
    "assistant_response": "request_id",
    "tool_result": "tool_use_id",
}
#: Who asks the model: the one that a person talks to. Others name the session, sum up, or work for a tool.
_MAIN = ("repl_main_thread", "sdk")


def is_own(event: LogEvent) -> bool:
    """True for an event of Claude Code that belongs to no span, but to a prompt."""
    return event.scope_name.startswith(SCOPE) and event.span_id is None and bool(_prompt(event))


def _prompt(event: LogEvent) -> str | None:
    return first_text(event.attributes, "prompt.id")


def about(event: LogEvent) -> str | None:
    """The id that the run which the event is about has on its span; the span that it was written in may be another's."""
    if not event.scope_name.startswith(SCOPE) or kind_of(event) not in _IDS:
        return None
    return first_text(event.attributes, _IDS[kind_of(event)])


def trace_of(event: LogEvent) -> UUID:
    """The trace of the event's prompt: the same whenever one of its events comes."""
    session = first_text(event.attributes, "session.id") or ""
    return identity.named_trace_uuid("claude-code", session, _prompt(event) or "")


def body_of(event: LogEvent) -> str | None:
    """The id of the request's body that this response answers."""
    return first_text(event.attributes, "request_body_id") if kind_of(event) == "api_response_body" else None


def kind_of(event: LogEvent) -> str:
    """What happened, such as `api_request`."""
    return event.name.removeprefix(_PREFIX)


def spans(trace: UUID, events: Sequence[LogEvent]) -> list[Span]:
    """The tree that the events of one prompt tell: the interaction, in it requests to the model and tools; none if they tell
    no step of it, such as those that Claude Code writes beside its spans.
    """
    if all(kind_of(event) not in _TOLD for event in events):
        return []
    ordered = sorted(events, key=lambda event: (event.time_ns, _sequence(event)))
    root = identity.named_span_id(trace, "interaction")
    calls = [_call(trace, root, event, ordered) for event in ordered if kind_of(event) in _CALLS]
    tools = [_tool(trace, root, together) for together in _by_tool(ordered)]
    children = [*calls, *tools]
    first = min([ordered[0].time_ns, *(child.start_ns for child in children)])
    return [_interaction(trace, root, ordered, first), *children]


def read(events: Iterable[LogEvent]) -> Partial:
    """What the events say of the run they are about: an interaction's prompt, the answer, what it cost, a tool's arguments."""
    own = [event for event in events if event.scope_name.startswith(SCOPE)]
    if not own:
        return Partial()
    asked = _of(own, "user_prompt")
    costs = [as_amount(event.attributes.get("cost_usd")) for event in _of(own, "api_request")]
    known = [cost for cost in costs if cost is not None]
    partial = Partial(
        inputs=_told(asked[0], "prompt", "prompt_text") if asked else None,
        outputs=_answer(own),
        cost=sum(known, Decimal(0)) if known else None,
    )
    for event in _of(own, "tool_result"):
        partial.tool_arguments = readable.arguments(parsed(event.attributes.get("tool_input")))
        if str(event.attributes.get("success")).lower() == "false":  # of which the tool's span says nothing
            partial.failed = True
            partial.error_type = first_text(event.attributes, "error_type")
            partial.error_message = first_text(event.attributes, "error", "error_message", "error_type") or "failed"
    _read_bodies(partial, own)
    return partial


def _told(event: LogEvent, *keys: str) -> str | None:
    """The first of the attributes that says anything that is not kept back."""
    return next((text for key in keys if (text := first_text(event.attributes, key)) and text != HIDDEN), None)


def _of(events: Iterable[LogEvent], kind: str) -> list[LogEvent]:
    return [event for event in events if kind_of(event) == kind]


def _answer(events: Iterable[LogEvent]) -> str | None:
    """What was said last, by the one that a person talks to, if events tell by whom."""
    answers = _of(events, "assistant_response")
    main = [event for event in answers if str(event.attributes.get("query_source")).startswith(_MAIN)]
    return _told((main or answers)[-1], "response") if answers else None


def _read_bodies(partial: Partial, own: Sequence[LogEvent]) -> None:
    """The messages of a call, if its bodies were sent, and sent whole."""
    for event in own:
        body = parsed(_whole(event)) if kind_of(event) in _BODIES else None
        if body and kind_of(event) == "api_request_body":
            partial.inputs, partial.input_messages = body, conversations.asked(body)
        elif body:
            partial.outputs, partial.output_messages = body, conversations.answered(body)


def _sequence(event: LogEvent) -> int:
    value = as_amount(event.attributes.get("event.sequence"))
    return int(value) if value is not None else 0


def _interaction(trace: UUID, root: bytes, ordered: Sequence[LogEvent], first_ns: int) -> Span:
    asked = next((event for event in ordered if kind_of(event) == "user_prompt"), ordered[0])
    rest = [event for event in ordered if kind_of(event) not in (*_TOLD, *_BODIES)]
    said = dict(asked.attributes) if kind_of(asked) == "user_prompt" else _whose(asked.attributes)
    return _span(
        trace, root, None, "claude_code.interaction", asked, said | {"span.type": "interaction"} | _if("response", _answer(ordered)),
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
    attributes = {**event.attributes, "span.type": "llm_request"} | _if("response", _response(event, ordered))
    attributes |= _bodies(first_text(event.attributes, "request_id"), ordered)
    return _span(
        trace, identity.named_span_id(trace, f"{kind_of(event)}:{own}"), root, "claude_code.llm_request", event, attributes,
        error=first_text(event.attributes, "error") or "error" if kind_of(event) == "api_error" else None,
    )  # fmt: skip


def _bodies(request: str | None, ordered: Iterable[LogEvent]) -> dict[str, Any]:
    """What a request sent and got, if its bodies were logged whole."""
    sent = {first_text(event.attributes, "request_body_id"): event for event in _of(ordered, "api_request_body")}
    for event in _of(ordered, "api_response_body"):
        if request and first_text(event.attributes, "request_id") == request:
            asked = sent.get(body_of(event))
            return _if("response", _whole(event)) | _if("request", _whole(asked) if asked else None)
    return {}


def _whole(event: LogEvent) -> str | None:
    body = first_text(event.attributes, "body")
    return body if isinstance(parsed(body), dict) else None


def _response(call: LogEvent, ordered: Sequence[LogEvent]) -> str | None:
    """What the model answered: the response with the request's id; without ids, the next one before another call."""
    request = first_text(call.attributes, "request_id")
    for event in ordered:
        if kind_of(event) == "assistant_response" and request and first_text(event.attributes, "request_id") == request:
            return _told(event, "response")
    for event in ordered[ordered.index(call) + 1 :]:
        if kind_of(event) in _CALLS:
            return None
        if kind_of(event) == "assistant_response" and not first_text(event.attributes, "request_id"):
            return _told(event, "response")
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
    name = tool_name(last.attributes) or "tool"
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
