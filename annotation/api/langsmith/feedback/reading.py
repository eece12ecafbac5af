"""Feedback as the SDKs send it, read into our words."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from annotation.api.langsmith import wire
from annotation.api.langsmith.errors import Invalid
from annotation.domain.feedback import validation
from annotation.domain.feedback.giving import Given
from annotation.domain.feedback.targets import Target
from annotation.domain.ingest import values
from annotation.models import Feedback

Source = Feedback.Source

SOURCES = {"api": Source.API, "app": Source.USER, "model": Source.JUDGE, "auto_eval": Source.JUDGE}
"""Their types of source, as ours."""

KEPT = "langsmith"
"""Where in a feedback's metadata stands what this protocol says and no column of ours holds."""

_KEPT_FIELDS = ("feedback_group_id", "comparative_experiment_id", "extra", "start_time")
FAILED = "The evaluator failed."
_KINDS: dict[Any, str] = {str: "a text", dict: "an object"}


@dataclass(frozen=True, slots=True)
class Sent:
    """One feedback as it was sent: with a run or a trace, or with neither on the whole project `session_id`."""

    id: UUID | None
    run_id: UUID | None
    trace_id: UUID | None
    session_id: UUID | None
    content: validation.Content
    source: str
    metadata: Mapping[str, Any]
    config: Mapping[str, Any] | None
    error: str | None
    created_at: Any

    @property
    def is_on_project(self) -> bool:
        """Whether it is about a project as a whole."""
        return self.run_id is None and self.trace_id is None

    def given(self, project_id: int | None = None) -> Given:
        """The same for the domain; `project_id` is the inside id of the project that it is about, if it is."""
        target = (
            Target(project_id=project_id) if self.is_on_project else Target(run_id=self.run_id, trace_id=self.trace_id)
        )
        return Given(
            target=target,
            content=self.content,
            source=self.source,
            client_id=str(self.id) if self.id else None,
            metadata=self.metadata,
            error=self.error,
            created_at=self.created_at,
        )


def read(sent: Mapping[str, Any]) -> Sent:
    """One feedback. Raises Invalid."""
    sent = _clean(sent)
    source = _mapping(sent, "feedback_source") or {}
    created_at = sent.get("created_at")
    read = Sent(
        id=_uuid(sent, "id"),
        run_id=_uuid(sent, "run_id"),
        trace_id=_uuid(sent, "trace_id"),
        session_id=_uuid(sent, "session_id"),
        content=content(sent, key=sent.get("key")),
        source=_source(source),
        metadata=_metadata(sent, source),
        config=_mapping(sent, "feedback_config"),
        error=(_text(sent, "comment") or FAILED) if sent.get("error") else None,
        created_at=wire.parsed_time(created_at, "created_at") if created_at else None,
    )
    if read.is_on_project and read.session_id is None:
        raise Invalid("Name what the feedback is about: run_id or trace_id, or session_id for a whole project.")
    return read


def content(sent: Mapping[str, Any], *, key: Any) -> validation.Content:
    """What the feedback says. Raises Invalid."""
    if not isinstance(key, str) or not key:
        raise Invalid("key has to be a text, such as correctness.")
    value = sent.get("value")
    correction = _of_kind(sent, "correction", str, dict)
    return validation.Content(key, _score(sent), value, _text(sent, "comment") or None, correction)


def changes(sent: Mapping[str, Any]) -> dict[str, Any]:
    """What a PATCH changes: the fields that it names, null for those that it empties. Raises Invalid."""
    said = content(_clean(sent), key="any")
    return {name: getattr(said, name) for name in ("score", "value", "comment", "correction") if name in sent}


def problem_words(problems: validation.Problems) -> str:
    """What is wrong, in one line."""
    return "; ".join(f"{name}: {' '.join(words)}" for name, words in problems.items())


def _clean(sent: Mapping[str, Any]) -> dict[str, Any]:
    try:
        return dict(values.clean(sent))
    except RecursionError as problem:
        raise Invalid("The feedback is nested too deeply.") from problem


def _score(sent: Mapping[str, Any]) -> float | None:
    try:
        return validation.number(sent.get("score"))
    except (TypeError, ValueError) as problem:
        raise Invalid(f"score: {problem}") from problem


def _source(source: Mapping[str, Any]) -> str:
    named = source.get("type") or "api"
    if named not in SOURCES:
        raise Invalid(f"feedback_source.type has to be one of: {', '.join(SOURCES)}.")
    return SOURCES[named]


def _metadata(sent: Mapping[str, Any], source: Mapping[str, Any]) -> dict[str, Any]:
    """The source's metadata, and beside them what has no column."""
    kept = {name: sent[name] for name in _KEPT_FIELDS if sent.get(name) is not None}
    if source.get("type") == "auto_eval":
        kept["source_type"] = "auto_eval"
    metadata = dict(_mapping(source, "metadata") or {})
    return {**metadata, KEPT: kept} if kept else metadata


def _uuid(sent: Mapping[str, Any], name: str) -> UUID | None:
    return wire.parsed_uuid(sent[name], name) if sent.get(name) else None


def _text(sent: Mapping[str, Any], name: str) -> str | None:
    found: str | None = _of_kind(sent, name, str)
    return found


def _mapping(sent: Mapping[str, Any], name: str) -> Mapping[str, Any] | None:
    found: Mapping[str, Any] | None = _of_kind(sent, name, dict)
    return found


def _of_kind(sent: Mapping[str, Any], name: str, *kinds: type) -> Any:
    value = sent.get(name)
    if value is not None and not isinstance(value, kinds):
        raise Invalid(f"{name} has to be {' or '.join(_KINDS[kind] for kind in kinds)}.")
    return value
