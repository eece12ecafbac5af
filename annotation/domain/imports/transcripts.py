"""A transcript in the OpenAI messages form as the runs of a trace.

Every message of the assistant is a model call whose input is the conversation before it, every answer of a tool a tool
run. All stand side by side: a transcript does not say who started what. Times come from the messages if they have any;
else the steps follow one another by a microsecond each, so that their order is kept and no duration is invented.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from hashlib import sha256
from typing import Any
from uuid import UUID

import orjson

from annotation.domain.imports.plan import ImportPlan
from annotation.domain.imports.reading import at
from annotation.domain.ingest import identity, messages
from annotation.domain.ingest.dialects.attributes import as_amount, first_count
from annotation.domain.ingest.records import ErrorRecord, RunRecord, ToolRecord, Usage
from annotation.domain.ingest.values import as_text, dumped

DIALECT = "openai-messages"
_STEP_NS = 1000


class UnreadableTranscriptError(ValueError):
    """The record holds no transcript where the plan says."""


@dataclass(frozen=True, slots=True)
class Score:
    """A judgement that came with a transcript."""

    key: str
    score: float | None
    value: Any


@dataclass(frozen=True, slots=True)
class Transcript:
    """One record as a trace."""

    trace_id: UUID
    runs: list[RunRecord]
    scores: list[Score]


def digest(record: Any) -> str:
    """What identifies a record that names no id: its whole content."""
    return sha256(orjson.dumps(record, option=orjson.OPT_SORT_KEYS)).hexdigest()


def read(record: Any, *, plan: ImportPlan, identifier: str, started_ns: int) -> Transcript:
    """The trace of a record; `started_ns` holds for records without times. Raises UnreadableTranscriptError."""
    said = at(record, plan.messages) if isinstance(record, dict) else None
    if not isinstance(said, list) or not all(isinstance(entry, dict) for entry in said):
        raise UnreadableTranscriptError(f"There is no list of messages at {plan.messages!r}.")
    trace_id = identity.named_trace_uuid(plan.project, identifier)
    began = nanoseconds(at(record, plan.started_at)) or started_ns
    runs = _Conversation(plan, record, trace_id, began).runs(said)
    if not runs:
        raise UnreadableTranscriptError("There is no message of an assistant or a tool in it.")
    return Transcript(trace_id, runs, _scores(record, plan))


def _scores(record: Mapping[str, Any], plan: ImportPlan) -> list[Score]:
    found = ((path.rpartition(".")[2], at(record, path)) for path in plan.scores)
    return [_score(key, value) for key, value in found if value is not None]


def _score(key: str, value: Any) -> Score:
    if isinstance(value, bool | int | float):
        return Score(key, float(value), None)
    return Score(key, None, value)


@dataclass(frozen=True, slots=True)
class _Conversation:
    plan: ImportPlan
    record: Mapping[str, Any]
    trace_id: UUID
    began: int

    def runs(self, said: Sequence[Mapping[str, Any]]) -> list[RunRecord]:
        """The steps in order; the first one carries what belongs to the whole trace."""
        normal = [messages.from_openai(entry) for entry in said]
        times = self._times(said)
        found: list[RunRecord] = []
        for index, entry in enumerate(said):
            role = normal[index]["role"]
            if role in ("assistant", "tool"):
                shared = self._shared(index, entry, times) | ({} if found else self._of_trace())
                is_call = role == "assistant"
                found.append(self._call(said, normal, index, shared) if is_call else self._tool(normal, index, shared))
        return found

    def _times(self, said: Sequence[Mapping[str, Any]]) -> list[int]:
        """When each message was there; never before the one before it."""
        known = [_time(entry) for entry in said]
        first = next(((index, time) for index, time in enumerate(known) if time is not None), None)
        last = self.began if first is None else first[1] - (first[0] + 1) * _STEP_NS
        times: list[int] = []
        for time in known:
            last = max(time or 0, last + _STEP_NS)
            times.append(last)
        return times

    def _shared(self, index: int, entry: Mapping[str, Any], times: Sequence[int]) -> dict[str, Any]:
        external = identity.named_span_id(self.trace_id, str(index))
        is_timed = _time(entry) is not None
        kept = {key: value for key, value in entry.items() if key not in _READ}
        return {
            "trace_id": self.trace_id,
            "id": identity.run_uuid(self.trace_id.bytes, external),
            "external_id": external.hex(),
            "parent_id": None,
            "parent_external_id": None,
            "started_ns": times[index - 1] if is_timed and index else times[index],
            "ended_ns": times[index],
            "attributes": kept | ({} if is_timed else {"import.times": "unknown"}),
            "dialect": DIALECT,
            "project": self.plan.project,
        } | _failure(entry)

    def _of_trace(self) -> dict[str, Any]:
        plan, record = self.plan, self.record
        group = self._group()
        top = plan.messages.partition(".")[0]
        rest = {key: value for key, value in record.items() if key != top}
        return {
            "thread_id": as_text(at(record, plan.thread)),
            "user_id": as_text(at(record, plan.user)),
            "metadata": rest | ({"group": group} if group else {}),
        }

    def _group(self) -> str | None:
        value = as_text(at(self.record, self.plan.group))
        return f"{self.plan.group}:{value}" if value is not None else None

    def _call(
        self, said: Sequence[Any], normal: Sequence[messages.Message], index: int, shared: dict[str, Any]
    ) -> RunRecord:
        entry, answer = said[index], normal[index]
        model = as_text(entry.get("model")) or as_text(at(self.record, self.plan.model))
        return RunRecord(
            name=model or self.plan.name,
            type="llm",
            model=model,
            model_requested=model,
            inputs={"messages": list(said[:index])},
            outputs={"messages": [entry]},
            messages=normal[: index + 1],
            input_text=messages.last_text(normal[:index], "user"),
            output_text=messages.text_of(answer),
            tool_calls=messages.tool_calls([answer]),
            usage=_usage(entry),
            cost=_cost(entry),
            **shared,
        )

    def _tool(self, normal: Sequence[messages.Message], index: int, shared: dict[str, Any]) -> RunRecord:
        part = normal[index]["parts"][0]
        asked = _asked(normal[:index], part.get("id"), part.get("name"))
        name = part.get("name") or (asked["name"] if asked else None)
        arguments = asked["arguments"] if asked else None
        result = part["result"]
        return RunRecord(
            name=name or "tool",
            type="tool",
            inputs=arguments,
            outputs=result,
            messages=[normal[index]],
            input_text=None if arguments is None else dumped(arguments),
            output_text=result if isinstance(result, str) else dumped(result),
            tool=ToolRecord(name, arguments, result),
            **shared,
        )


def _time(entry: Mapping[str, Any]) -> int | None:
    return nanoseconds(entry.get("timestamp") or entry.get("created_at"))


_READ = frozenset({"role", "content", "tool_calls", "tool_call_id", "name", "function_call"})


def _asked(before: Sequence[messages.Message], call_id: str | None, name: str | None) -> dict[str, Any] | None:
    """The tool call that a result answers: the last one with its id, else with its name."""
    calls = [part for entry in reversed(before) for part in reversed(entry["parts"]) if part["type"] == "tool_call"]
    by_id = (part for part in calls if call_id and part["id"] == call_id)
    return next(by_id, None) or next((part for part in calls if not call_id and part["name"] == name), None)


def _failure(entry: Mapping[str, Any]) -> dict[str, Any]:
    """A tool's answer that is marked as an error is one."""
    if entry.get("error") in (None, False, ""):
        return {"status": "ok"}
    content = entry.get("content")
    return {"status": "error", "error": ErrorRecord(message=content if isinstance(content, str) else None)}


def _usage(entry: Mapping[str, Any]) -> Usage | None:
    usage = entry.get("usage")
    if not isinstance(usage, dict):
        return None
    asked = first_count(usage, "prompt_tokens", "input_tokens")
    said = first_count(usage, "completion_tokens", "output_tokens")
    if asked is None and said is None:
        return None
    return Usage(asked or 0, said or 0, (asked or 0) + (said or 0))


def _cost(entry: Mapping[str, Any]) -> Decimal | None:
    return as_amount(entry.get("cost"))


def nanoseconds(value: Any) -> int | None:
    """A time as ISO 8601 text (UTC unless it says otherwise) or seconds since 1970; None for anything else."""
    if isinstance(value, int | float) and not isinstance(value, bool) and 0 < value < 1e10:
        return int(value * 1_000_000) * 1000
    if not isinstance(value, str):
        return None
    try:
        time = datetime.fromisoformat(value)
    except ValueError:
        return None
    moment = time if time.tzinfo else time.replace(tzinfo=UTC)
    seconds = (moment - datetime(1970, 1, 1, tzinfo=UTC)).total_seconds()
    return int(seconds * 1_000_000) * 1000 if seconds > 0 else None
