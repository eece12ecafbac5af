"""What the log events of one run say about it, in the words of the dialects.

* One event with everything: `gen_ai.client.inference.operation.details` (semantic conventions 1.37 and later), whose
  attributes are those of the inference span, messages included.
* One event for each message (1.28 to 1.36): `gen_ai.system.message`, `gen_ai.user.message`, `gen_ai.assistant.message`,
  `gen_ai.tool.message` and, for what the model answered, `gen_ai.choice`. Order is the order of time, then of arrival.
* Claude Code's own, beside its spans: the prompt, the answer, and the costs, which no span has.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from annotation.domain.ingest import messages
from annotation.domain.ingest.dialects import genai, genai_legacy
from annotation.domain.ingest.dialects.attributes import first_text
from annotation.domain.ingest.dialects.partial import Partial, is_absent, merge
from annotation.domain.ingest.logs import claude_code
from annotation.domain.ingest.logs.events import DETAILS, LogEvent
from annotation.domain.ingest.spans import Span
from annotation.domain.ingest.values import parsed

_ASKED = {
    "gen_ai.system.message": "system",
    "gen_ai.user.message": "user",
    "gen_ai.assistant.message": "assistant",
    "gen_ai.tool.message": "tool",
}
_ANSWERED = "gen_ai.choice"
_ELIDED = "<elided>"
"""What Google's Agent Development Kit writes for what it is told to keep back."""
_MEMBERS = ("content", "role", "tool_calls", "id", "message", "finish_reason", "index")


def read(events: Iterable[LogEvent]) -> Partial:
    """What the events of one run, in their order, say together; the one event with everything goes first."""
    listed = list(events)
    details = [event for event in reversed(listed) if event.name == DETAILS]
    parts = [*(genai.read(_span(event)) for event in details), _messages(listed), claude_code.read(listed)]
    return merge([*parts, _general(listed)])[0]


def _span(event: LogEvent) -> Span:
    """The inference span that an event repeats; some senders put the attributes into the body."""
    inside = event.body if isinstance(event.body, dict) else {}
    return Span(
        trace_id=event.trace_id or b"",
        span_id=event.span_id or b"",
        parent_id=None,
        name=event.name,
        start_ns=event.time_ns,
        end_ns=event.time_ns,
        attributes={**inside, **event.attributes},
        scope_name=event.scope_name,
    )


def _general(events: Sequence[LogEvent]) -> Partial:
    """Whose conversation it is: some senders say so on their events only."""
    partial = Partial()
    for event in events:
        partial.thread_id = partial.thread_id or first_text(event.attributes, "session.id", "gen_ai.conversation.id")
        partial.user_id = partial.user_id or first_text(event.attributes, "user.id", "enduser.id")
    return partial


def _messages(events: Sequence[LogEvent]) -> Partial:
    bodies = [(event.name, _body(event)) for event in events]
    asked, answered = genai_legacy.from_events(bodies)
    partial = Partial()
    partial.provider = next(
        (found for event in events if (found := first_text(event.attributes, "gen_ai.system"))), None
    )
    if asked := _saying(asked):
        partial.input_messages = asked
        partial.inputs = {"messages": [_named(name, body) for name, body in bodies if name in _ASKED and body]}
    if any(genai.is_streamed(event.scope_name) for event in events):
        answered = messages.of_stream(answered)
    if answered := _saying(answered):
        partial.output_messages = answered
        partial.outputs = {"messages": [_named(name, body) for name, body in bodies if name == _ANSWERED and body]}
    return partial


def _body(event: LogEvent) -> Mapping[str, Any]:
    """The body, without its nulls; the oldest senders wrote it as attributes, or the content alone."""
    body = parsed(event.body)
    if is_absent(body):
        return {key: event.attributes[key] for key in _MEMBERS if key in event.attributes}
    inside = body if isinstance(body, dict) else {"content": body}
    return {key: value for key, value in inside.items() if value is not None}


def _named(name: str, body: Mapping[str, Any]) -> dict[str, Any]:
    """A body with its role, which its event's name says."""
    return {"role": _ASKED[name], **body} if name in _ASKED else dict(body)


def _saying(entries: Iterable[messages.Message]) -> list[messages.Message]:
    """The messages that say anything: a sender that is told to keep contents back writes empty ones."""
    return [entry for entry in entries if any(_says(part) for part in entry["parts"])]


def _says(part: Mapping[str, Any]) -> bool:
    if part.get("text") == _ELIDED:
        return False
    return part != {"type": "other"} and (part["type"] != "tool_result" or part["result"] is not None)
