"""A run as the SDKs read it: each field by name, computed only where it is asked for."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.http import HttpRequest

from annotation.api.langsmith.runs import attached
from annotation.domain import access
from annotation.domain.access import Actor
from annotation.domain.feedback import stats
from annotation.domain.feedback.stats import KeyStats
from annotation.domain.ingest import attachments
from annotation.domain.ingest.dialects.attributes import as_amount
from annotation.domain.ingest.langsmith import mapping, times
from annotation.domain.ingest.langsmith.state import RUN_TYPES
from annotation.domain.traces.paths import Step, paths
from annotation.models import Attachment, Feedback, Run, RunShare

STATUSES = {"ok": "success", "error": "error", "pending": "pending"}
_TYPES = {"reranker": "retriever"}
PREVIEW = 240


@dataclass(frozen=True, slots=True)
class Shown:
    """A run with what is known about it from elsewhere."""

    run: Run
    request: HttpRequest
    path: Sequence[Step]
    feedback: Mapping[str, KeyStats]
    files: Sequence[Attachment]
    share: RunShare | None = None

    @property
    def usage(self) -> Mapping[str, Any]:
        """The usage as it was sent; empty for runs of other senders."""
        found = self.run.attributes.get(mapping.USAGE)
        return found if isinstance(found, dict) else {}

    @property
    def is_root(self) -> bool:
        """Whether nothing is above it."""
        return self.run.parent_uuid is None

    def tokens(self, name: str) -> int | None:
        """`input_tokens` and the like: the run's own, else of a root those of all its trace."""
        own: int | None = getattr(self.run, name)
        return own if own is not None or not self.is_root else getattr(self.run.trace, name)

    def cost(self, name: str) -> Decimal | None:
        """`total_cost` and the like, exactly as sent; a total that was not sent as it was computed."""
        sent = as_amount(self.usage.get(name))
        if sent is not None or name != "total_cost":
            return sent
        return self.run.cost if self.run.cost is not None or not self.is_root else self.run.trace.cost

    def amounts(self, name: str) -> dict[str, Decimal]:
        """`input_cost_details` and the like."""
        listed = self.usage.get(name)
        found = {key: as_amount(value) for key, value in listed.items()} if isinstance(listed, dict) else {}
        return {key: amount for key, amount in found.items() if amount is not None}

    def counts(self, name: str) -> dict[str, Any]:
        """`input_token_details` and the like: as sent, else what other senders counted."""
        listed = self.usage.get(name)
        if isinstance(listed, dict):
            return listed
        ours = {"input_token_details": ("cache_read", "cache_write"), "output_token_details": ("reasoning",)}[name]
        return {key: self.run.token_details[key] for key in ours if key in self.run.token_details}


Field = Callable[[Shown], Any]


def run_type(run: Run) -> str:
    """The nearest of the protocol's types."""
    return run.type if run.type in RUN_TYPES else _TYPES.get(run.type, "chain")


def _content(value: Any, name: str) -> Any:
    """Inputs and outputs are objects there."""
    return value if value is None or isinstance(value, dict) else {name: value}


def _extra(shown: Shown) -> dict[str, Any]:
    return {"metadata": {}, **mapping.extra_of(shown.run)}


def _first_token(shown: Shown) -> datetime | None:
    waited = shown.run.first_token_ms
    return None if waited is None else shown.run.started_at + timedelta(milliseconds=waited)


def _latency(shown: Shown) -> float | None:
    return None if shown.run.latency_ms is None else shown.run.latency_ms / 1000


def _files(shown: Shown) -> dict[str, Any]:
    return {
        f"attachment.{one.name}": {
            "presigned_url": attached.link(shown.request, one, share=shown.share),
            "mime_type": one.mime_type,
            "size_in_bytes": one.size,
        }
        for one in shown.files
    }


def _feedback(shown: Shown) -> dict[str, Any]:
    return {key: feedback_stats(found) for key, found in shown.feedback.items()}


def feedback_stats(found: KeyStats) -> dict[str, Any]:
    """The stats of one key."""
    return {
        "n": found.n,
        "avg": found.average,
        "min": min(found.scores, default=None),
        "max": max(found.scores, default=None),
        "stdev": found.spread,
        "errors": found.errors,
        "values": dict(found.values),
        "comments": found.comments,
        "sources": found.sources,
        "contains_thread_feedback": False,
    }


def app_path(run: Run) -> str:
    """Where people look at the run."""
    return f"/o/{run.trace.project.workspace.uuid}/projects/p/{run.trace.project.uuid}/r/{run.uuid}"


def preview(text: str | None) -> str | None:
    """The first words."""
    return text[:PREVIEW] if text else None


FIELDS: Mapping[str, tuple[Field, Collection[str]]] = {
    "id": (lambda one: one.run.uuid, ()),
    "name": (lambda one: one.run.name, ("name",)),
    "run_type": (lambda one: run_type(one.run), ("type",)),
    "status": (lambda one: STATUSES[one.run.status], ("status",)),
    "start_time": (lambda one: one.run.started_at, ()),
    "end_time": (lambda one: one.run.ended_at, ("ended_at",)),
    "latency": (_latency, ("latency_ms",)),
    "first_token_time": (_first_token, ("first_token_ms",)),
    "error": (lambda one: mapping.error_of(one.run), ("error_message", "error_stack")),
    "error_preview": (lambda one: preview(one.run.error_message), ("error_message",)),
    "inputs": (lambda one: _content(one.run.inputs, "input") or {}, ("inputs",)),
    "inputs_preview": (lambda one: preview(one.run.input_text), ("input_text",)),
    "outputs": (lambda one: _content(one.run.outputs, "output"), ("outputs",)),
    "outputs_preview": (lambda one: preview(one.run.output_text), ("output_text",)),
    "extra": (_extra, ("metadata", "resource")),
    "metadata": (lambda one: one.run.metadata, ("metadata",)),
    "events": (lambda one: mapping.events_of(one.run), ("events",)),
    "tags": (lambda one: one.run.tags, ("tags",)),
    "serialized": (lambda one: one.run.attributes.get(mapping.SERIALIZED), ()),
    "reference_example_id": (lambda one: one.run.attributes.get(mapping.EXAMPLE), ()),
    "reference_dataset_id": (lambda _one: None, ()),
    "parent_run_id": (lambda one: one.run.parent_uuid, ()),
    "parent_run_ids": (lambda one: [uuid for _, uuid in one.path[:-1]], ()),
    "trace_id": (lambda one: one.run.trace.uuid, ()),
    "dotted_order": (lambda one: times.dotted_order(one.path), ()),
    "execution_order": (lambda _one: 1, ()),
    "is_root": (lambda one: one.is_root, ()),
    "thread_id": (lambda one: one.run.thread_id or one.run.trace.thread_id, ("thread_id",)),
    "session_id": (lambda one: one.run.trace.project.uuid, ()),
    "app_path": (lambda one: app_path(one.run), ()),
    "child_run_ids": (lambda _one: None, ()),
    "manifest_id": (lambda _one: None, ()),
    "price_model_id": (lambda _one: None, ()),
    "in_dataset": (lambda _one: False, ()),
    "last_queued_at": (lambda _one: None, ()),
    "total_tokens": (lambda one: one.tokens("total_tokens"), ("total_tokens",)),
    "prompt_tokens": (lambda one: one.tokens("input_tokens"), ("input_tokens",)),
    "completion_tokens": (lambda one: one.tokens("output_tokens"), ("output_tokens",)),
    "prompt_token_details": (lambda one: one.counts("input_token_details"), ("token_details",)),
    "completion_token_details": (lambda one: one.counts("output_token_details"), ("token_details",)),
    "total_cost": (lambda one: one.cost("total_cost"), ("cost",)),
    "prompt_cost": (lambda one: one.cost("input_cost"), ()),
    "completion_cost": (lambda one: one.cost("output_cost"), ()),
    "prompt_cost_details": (lambda one: one.amounts("input_cost_details"), ()),
    "completion_cost_details": (lambda one: one.amounts("output_cost_details"), ()),
    "feedback_stats": (_feedback, ()),
    "s3_urls": (_files, ()),
    "share_url": (lambda _one: None, ()),
}  # fmt: skip
"""Field -> how it is computed, and which columns it needs beside those that every run is read with."""

_ALWAYS = ("uuid", "parent_uuid", "started_at", "start_nano", "attributes", "trace_id", "workspace_id")
_OF_TRACE = (
    "uuid", "started_at", "project_id", "root_run_uuid", "thread_id", "total_tokens", "input_tokens", "output_tokens",
    "cost", "project__uuid", "project__name", "project__workspace__uuid",
)  # fmt: skip


ALL = tuple(name for name in FIELDS if name not in {"error_preview", "metadata", "is_root", "share_url"})
"""What version 1 answers with unless told otherwise."""
IN_QUEUES = tuple(name for name in ALL if name != "feedback_stats")
"""What a reviewer sees before they judge: not how others judged."""
SHARED = (
    "id", "name", "run_type", "start_time", "end_time", "status", "error", "inputs", "outputs", "metadata", "tags", "trace_id",
    "parent_run_id", "dotted_order", "session_id", "thread_id", "total_tokens", "prompt_tokens", "completion_tokens",
    "total_cost", "app_path", "s3_urls",
)  # fmt: skip
"""What everybody may see who has a link: what the run did, not where it ran or how it was judged."""


def columns(names: Collection[str]) -> list[str]:
    """For `QuerySet.only`: what these fields need."""
    own = {column for name in names for column in FIELDS[name][1]}
    return [*_ALWAYS, *sorted(own), *(f"trace__{name}" for name in _OF_TRACE)]


def shown(
    runs: Sequence[Run],
    names: Collection[str],
    *,
    request: HttpRequest,
    actor: Actor | None = None,
    share: RunShare | None = None,
) -> list[dict[str, Any]]:
    """The fields of runs of one workspace; at most three queries for all of them.

    Feedback only as `actor` may see it; with `share`, by which it is shown, nothing is told of
    what is above its run.
    """
    asked = set(names)
    ways = _ways(runs) if asked & {"dotted_order", "parent_run_ids"} else {}
    if share is not None:
        ways = {uuid: _from(share.run_uuid, way) for uuid, way in ways.items()}
    said = _said(runs, actor) if actor and "feedback_stats" in asked else {}
    files = _files_of(runs) if "s3_urls" in asked else {}
    return [
        {name: FIELDS[name][0](one) for name in names}
        for one in (
            Shown(run, request, ways.get(run.uuid, ()), said.get(run.uuid, {}), files.get(run.uuid, ()), share)
            for run in runs
        )
    ]


def _ways(runs: Sequence[Run]) -> dict[UUID, Sequence[Step]]:
    """As the sender told them, else from the runs above."""
    told = {run.uuid: times.steps(run.attributes.get(mapping.DOTTED_ORDER) or "") for run in runs}
    missing = [run for run in runs if not told[run.uuid]]
    return {**told, **(paths(missing) if missing else {})}


def _from(top: UUID, way: Sequence[Step]) -> Sequence[Step]:
    """The part of a way that begins with a run; the last step alone if it does not lead past it."""
    start = next((place for place, (_, uuid) in enumerate(way) if uuid == top), len(way) - 1)
    return way[start:]


def _said(runs: Sequence[Run], actor: Actor) -> dict[UUID, dict[str, KeyStats]]:
    roots = {run.trace.uuid: run.uuid for run in runs if run.parent_uuid is None}
    return stats.of_runs(access.visible(actor, Feedback), roots=roots, runs=[run.uuid for run in runs])


def _files_of(runs: Sequence[Run]) -> Mapping[UUID, list[Attachment]]:
    return attachments.of_runs(workspace_id=runs[0].workspace_id, runs=[run.uuid for run in runs]) if runs else {}
