"""What is known of a run after some of its messages, and how messages are put together.

None says that no message spoke of a field. A run is begun by one message and ended by another, which may come first,
come twice, or come together with the other.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, fields, replace
from typing import Any
from uuid import UUID

from annotation.domain.ingest.langsmith import address, times
from annotation.domain.ingest.values import clean

RUN_TYPES = frozenset({"tool", "chain", "llm", "retriever", "embedding", "prompt", "parser"})


class UnusableRunError(ValueError):
    """The message can never be taken; the text says why, to the one who sent it."""


@dataclass(frozen=True, slots=True)
class RunState:
    """One run in the protocol's words. Times are nanoseconds since 1970; `extra` holds metadata, runtime and more.

    `project` is a name, `project_uuid` an id that the sender gave instead. `rest` is what the protocol may learn later.
    """

    id: UUID
    trace_id: UUID | None = None
    parent_id: UUID | None = None
    dotted_order: str | None = None
    name: str | None = None
    type: str | None = None
    started_ns: int | None = None
    ended_ns: int | None = None
    inputs: Any = None
    outputs: Any = None
    error: str | None = None
    events: Sequence[Any] | None = None
    tags: Sequence[str] | None = None
    serialized: Any = None
    reference_example_id: str | None = None
    project: str | None = None
    project_uuid: UUID | None = None
    extra: Mapping[str, Any] = field(default_factory=dict)
    rest: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Message:
    """One message about a run: it begins the run (`is_post`), or tells more about it."""

    said: RunState
    is_post: bool


_PLAIN = tuple(one.name for one in fields(RunState) if one.name not in ("id", "extra", "rest"))


def together(first: RunState, second: RunState) -> RunState:
    """Both, where they differ the second; of `extra` and its parts, key by key."""
    changes = {name: value for name in _PLAIN if (value := getattr(second, name)) is not None}
    return replace(first, **changes, extra=_extra(first.extra, second.extra), rest={**first.rest, **second.rest})


def _extra(first: Mapping[str, Any], second: Mapping[str, Any]) -> dict[str, Any]:
    merged = {**first, **second}
    for name in ("metadata", "runtime"):
        one, other = first.get(name), second.get(name)
        if isinstance(one, dict) and isinstance(other, dict):
            merged[name] = {**one, **other}
    return merged


def after(known: RunState | None, message: Message) -> RunState:
    """What is known after a message. A message that begins a run adds only what is not known yet: it may be late, or
    come again.
    """
    if known is None:
        return message.said
    return together(message.said, known) if message.is_post else together(known, message.said)


_READ = frozenset(
    {"id", "trace_id", "parent_run_id", "dotted_order", "name", "run_type", "start_time", "end_time", "inputs",
     "outputs", "error", "events", "tags", "serialized", "reference_example_id", "session_name", "session_id",
     "extra", "attachments", "address", "child_runs", "execution_order"}
)  # fmt: skip


def read(body: Any, *, is_post: bool) -> Message:
    """The message in a JSON object. Raises UnusableRunError."""
    if not isinstance(body, dict):
        raise UnusableRunError("a run has to be a JSON object")
    body = clean(body)
    identifier = _uuid(body, "id")
    if identifier is None:
        raise UnusableRunError("a run needs an id")
    said = RunState(
        id=identifier,
        trace_id=_uuid(body, "trace_id"),
        parent_id=_uuid(body, "parent_run_id"),
        dotted_order=_text(body, "dotted_order"),
        name=_text(body, "name"),
        type=_type(body),
        started_ns=_time(body, "start_time"),
        ended_ns=_time(body, "end_time"),
        inputs=body.get("inputs"),
        outputs=body.get("outputs"),
        error=_text(body, "error"),
        events=_list(body, "events"),
        tags=_tags(body),
        serialized=body.get("serialized"),
        reference_example_id=_text(body, "reference_example_id"),
        project=_project(body),
        project_uuid=_uuid(body, "session_id"),
        extra=_object(body, "extra"),
        rest={name: value for name, value in body.items() if name not in _READ and value is not None},
    )
    return Message(_completed(said), is_post)


def _completed(said: RunState) -> RunState:
    """With what the dotted order tells besides."""
    path = times.steps(said.dotted_order or "")
    is_ours = bool(path) and path[-1][1] == said.id and said.trace_id in (None, path[0][1])
    if said.parent_id == said.id:
        raise UnusableRunError(f"the run {said.id} cannot be its own parent")
    if not is_ours:
        return replace(said, dotted_order=None)
    return replace(
        said,
        trace_id=path[0][1],
        parent_id=said.parent_id or (path[-2][1] if len(path) > 1 else None),
        started_ns=said.started_ns or path[-1][0],
    )


def _uuid(body: Mapping[str, Any], name: str) -> UUID | None:
    value = body.get(name)
    if value is None:
        return None
    try:
        return UUID(str(value))
    except ValueError as problem:
        raise UnusableRunError(f"{name} has to be a UUID") from problem


def _text(body: Mapping[str, Any], name: str) -> str | None:
    value = body.get(name)
    if value is None or isinstance(value, str):
        return value
    raise UnusableRunError(f"{name} has to be a text")


def _type(body: Mapping[str, Any]) -> str | None:
    value = _text(body, "run_type")
    if value is None or value in RUN_TYPES:
        return value
    raise UnusableRunError(f"run_type has to be one of {', '.join(sorted(RUN_TYPES))}")


def _time(body: Mapping[str, Any], name: str) -> int | None:
    value = body.get(name)
    if value is None:
        return None
    found = times.nanoseconds(value)
    if found is None:
        raise UnusableRunError(f"{name} has to be a time such as 2026-03-02T09:30:00.000001Z")
    return found


def _list(body: Mapping[str, Any], name: str) -> list[Any] | None:
    value = body.get(name)
    if value is None or isinstance(value, list):
        return value
    raise UnusableRunError(f"{name} has to be a list")


def _object(body: Mapping[str, Any], name: str) -> dict[str, Any]:
    value = body.get(name)
    if value is None:
        return {}
    if not isinstance(value, dict):
        raise UnusableRunError(f"{name} has to be an object")
    return {key: member for key, member in value.items() if member is not None}


def _tags(body: Mapping[str, Any]) -> list[str] | None:
    found = _list(body, "tags")
    return None if found is None else [str(tag) for tag in found if tag is not None]


def _project(body: Mapping[str, Any]) -> str | None:
    """The project's name, or that of the agent's environment that newer SDKs send to instead."""
    sent_to = body.get("address")
    if sent_to is None:
        return _text(body, "session_name") or None
    found = address.named(sent_to)
    if found is None:
        raise UnusableRunError("address has to be lrn:agents/ID/environments/ENVIRONMENT")
    return found
