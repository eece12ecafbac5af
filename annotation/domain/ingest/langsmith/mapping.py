"""What is known of a run as a record to store, and the reverse, without loss: what has no column of its own is kept
among the attributes, under names that begin with `langsmith.`.
"""

import re
from collections.abc import Mapping, Sequence
from typing import Any, Protocol
from uuid import UUID

from annotation.domain.ingest import answers
from annotation.domain.ingest.langsmith import times, usage
from annotation.domain.ingest.langsmith.content import content
from annotation.domain.ingest.langsmith.state import RunState
from annotation.domain.ingest.records import ErrorRecord, RunRecord
from annotation.domain.ingest.values import as_text

DIALECT = "langsmith"
UNSAID = "langsmith.unsaid"
ERROR = "langsmith.error"
EXTRA = "langsmith.extra"
USAGE = "langsmith.usage"
DOTTED_ORDER = "langsmith.dotted_order"
EXAMPLE = "langsmith.reference_example_id"
SERIALIZED = "langsmith.serialized"
REST = "langsmith.rest"

#: A thread is named by the first of these that a run's metadata hold.
THREAD_KEYS = ("session_id", "conversation_id", "thread_id")
_USER_KEYS = ("user_id", "ls_user_id")
_TRACEBACK = re.compile(r"\n*Traceback \(most recent call last\)")
#: An exception as Python shows it, `LookupError('no such city')`, and as JavaScript does, `Error: no such city`.
_EXCEPTION = re.compile(
    r"(?P<type>[\w.]*(?:Error|Exception|Exit|Interrupt))(?:\((?P<quote>['\"])(?P<argument>.*)(?P=quote),?\)|: (?P<message>.+))",
    re.DOTALL,
)


def to_record(state: RunState, *, trace_id: UUID, received_ns: int) -> RunRecord:
    """The record of a run of this trace; `received_ns` stands in for a start that nobody told yet."""
    metadata = _object(state.extra.get("metadata"))
    counted = usage.found(state.outputs, metadata)
    kind = state.type or "chain"
    started = state.started_ns or state.ended_ns or received_ns
    return RunRecord(
        trace_id=trace_id,
        id=state.id,
        external_id=str(state.id),
        parent_id=state.parent_id,
        parent_external_id=str(state.parent_id) if state.parent_id else None,
        name=state.name or "",
        type=kind,
        status=_status(state),
        started_ns=started,
        ended_ns=state.ended_ns,
        error=_error(state.error) if state.error else None,
        provider=_provider(metadata),
        model=_answering_model(state) or _model(state, metadata),
        model_requested=_model(state, metadata),
        inputs=state.inputs,
        outputs=state.outputs,
        **content(kind, state.name, state.inputs, state.outputs),
        usage=usage.tokens(counted),
        cost=usage.cost(counted),
        thread_id=_first(metadata, THREAD_KEYS),
        user_id=_first(metadata, _USER_KEYS),
        tags=list(state.tags or ()),
        metadata=metadata,
        attributes=_attributes(state, counted),
        resource=_object(state.extra.get("runtime")),
        events=[_event(event) for event in state.events or ()],
        first_token_ms=_first_token_ms(state.events or (), started),
        dialect=DIALECT,
        project=state.project,
    )


def _object(value: Any) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}


def _status(state: RunState) -> str:
    if state.error:
        return "error"
    return "pending" if state.ended_ns is None else "ok"


def _error(text: str) -> ErrorRecord:
    """Clients send the error and its traceback as one text; a person wants the error."""
    found = _TRACEBACK.search(text)
    head, stack = (text[: found.start()].strip(), text[found.start() :].strip()) if found else (text, None)
    named = _EXCEPTION.fullmatch(head or text.strip().rpartition("\n")[2])
    if not named:
        return ErrorRecord(None, head or text.strip().rpartition("\n")[2], stack)
    return ErrorRecord(named["type"], named["argument"] or named["message"] or "", stack)


def _provider(metadata: Mapping[str, Any]) -> str | None:
    name = as_text(metadata.get("ls_provider"))
    return name.lower() if name else None


def _model(state: RunState, metadata: Mapping[str, Any]) -> str | None:
    parameters = _object(state.extra.get("invocation_params"))
    named = (metadata.get("ls_model_name"), parameters.get("model"), parameters.get("model_name"))
    return next((name for value in named if (name := as_text(value))), None) or _answering_model(state)


def _answering_model(state: RunState) -> str | None:
    return answers.read(state.outputs).model if state.type in ("llm", "embedding") else None


def _first(metadata: Mapping[str, Any], keys: Sequence[str]) -> str | None:
    return next((text for key in keys if (text := as_text(metadata.get(key)))), None)


def _event(event: Any) -> dict[str, Any]:
    """An event with a name in front, whatever it is; the rest stays as it was sent."""
    if not isinstance(event, dict):
        return {"name": "", "attributes": {"value": event}}
    name = event.get("name")
    named = isinstance(name, str) and bool(name)
    rest = {key: value for key, value in event.items() if not (named and key == "name")}
    moment = times.nanoseconds(event.get("time"))
    return {"name": name if named else "", "time_unix_nano": str(moment) if moment else None, "attributes": rest}


def _first_token_ms(events: Sequence[Any], started_ns: int) -> float | None:
    told = [
        times.nanoseconds(one.get("time")) for one in events if isinstance(one, dict) and one.get("name") == "new_token"
    ]
    known = [moment for moment in told if moment is not None and moment >= started_ns]
    return (min(known) - started_ns) / 1e6 if known else None


def _attributes(state: RunState, counted: Mapping[str, Any]) -> dict[str, Any]:
    required = {
        "name": state.name,
        "run_type": state.type,
        "start_time": state.started_ns,
        "session_name": state.project,
    }
    unsaid = [name for name, value in required.items() if value is None]
    kept = {
        UNSAID: unsaid,
        DOTTED_ORDER: state.dotted_order,
        ERROR: state.error if state.error and _error(state.error).message != state.error else None,
        EXTRA: {name: value for name, value in state.extra.items() if name not in ("metadata", "runtime")},
        USAGE: counted,
        EXAMPLE: state.reference_example_id,
        SERIALIZED: state.serialized,
        REST: state.rest,
    }
    return {name: value for name, value in kept.items() if value not in (None, "", [], {})}


class StoredRun(Protocol):
    """The columns of a run that its message came down to."""

    uuid: UUID
    parent_uuid: UUID | None
    name: str
    type: str
    error_message: str | None
    error_stack: str | None
    inputs: Any
    outputs: Any
    events: Any
    tags: list[str]
    metadata: Any
    attributes: Any
    resource: Any


def to_state(run: StoredRun, *, started_ns: int, ended_ns: int | None, project: str) -> RunState:
    """The reverse of `to_record`, for the next message; the trace is told by nobody."""
    attributes = run.attributes
    unsaid = attributes.get(UNSAID, ())
    return RunState(
        id=run.uuid,
        parent_id=run.parent_uuid,
        dotted_order=attributes.get(DOTTED_ORDER),
        name=None if "name" in unsaid else run.name,
        type=None if "run_type" in unsaid else run.type,
        started_ns=None if "start_time" in unsaid else started_ns,
        ended_ns=ended_ns,
        inputs=run.inputs,
        outputs=run.outputs,
        error=error_of(run),
        events=events_of(run) or None,
        tags=run.tags or None,
        serialized=attributes.get(SERIALIZED),
        reference_example_id=attributes.get(EXAMPLE),
        project=None if "session_name" in unsaid else project,
        extra=extra_of(run),
        rest=attributes.get(REST, {}),
    )


def extra_of(run: StoredRun) -> dict[str, Any]:
    """`extra` as it was sent."""
    parts = {"metadata": run.metadata, "runtime": run.resource}
    return {**run.attributes.get(EXTRA, {}), **{name: part for name, part in parts.items() if part}}


def error_of(run: StoredRun) -> str | None:
    """The error as one text, as it was sent."""
    whole = run.attributes.get(ERROR)
    if whole is not None or run.error_message is None:
        return whole if whole is None or isinstance(whole, str) else str(whole)
    return f"{run.error_message}\n\n{run.error_stack}" if run.error_stack else run.error_message


def events_of(run: StoredRun) -> list[Any]:
    """The events as they were sent."""
    return [
        {**({"name": one["name"]} if one.get("name") else {}), **_object(one.get("attributes"))}
        for one in run.events
        if isinstance(one, dict)
    ]
