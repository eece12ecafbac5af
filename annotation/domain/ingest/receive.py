"""Taking an export request of a key: decode, find the projects, store, count what could not be taken."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.db import DataError

from annotation.domain.ingest import mapping, otlp, store
from annotation.domain.ingest.records import Rejections, RunRecord
from annotation.domain.ingest.store import Destination
from annotation.domain.projects import registry
from annotation.models import ApiKey

UNSTORABLE = "the span cannot be stored"


class ForeignProjectError(Exception):
    """The request names another project than the one its key is bound to."""


@dataclass(frozen=True, slots=True)
class Sender:
    """Who sends, and where to: `project` is the name that the request itself gives, if any."""

    key: ApiKey
    project: str | None = None


def receive(*, sender: Sender, body: bytes, encoding: otlp.Encoding, received_ns: int) -> Rejections:
    """Store the spans of an uncompressed request; on return they are committed.

    Raises MalformedPayloadError, WrongSignalError, ForeignProjectError, and the database's OperationalError when it is away.
    """
    _check(sender)
    decoded = otlp.decode(body, encoding=encoding)
    runs = mapping.to_runs(decoded.spans, received_ns=received_ns)
    stored = _store(runs, destination(sender, runs)) if runs else Rejections()
    return _together([decoded.rejections, stored])


def _check(sender: Sender) -> None:
    own = sender.key.project
    if own and sender.project and sender.project not in (own.name, own.slug):
        raise ForeignProjectError(f"this key may only write to the project {own.name!r}")


def destination(sender: Sender, runs: Iterable[RunRecord]) -> Destination:
    """The projects that the runs go to: the key's own, else the request's, else the one that each run names."""
    key, names = sender.key, {run.project for run in runs}
    if key.project_id is not None:
        return Destination(key.workspace_id, dict.fromkeys(names, key.project_id), key.project_id)
    chosen = {name: sender.project or name or registry.DEFAULT_NAME for name in names}
    ids = registry.ensure(workspace_id=key.workspace_id, names=chosen.values())
    return Destination(key.workspace_id, {name: ids[project] for name, project in chosen.items()})


def _store(runs: Sequence[RunRecord], target: Destination) -> Rejections:
    """Store all at once; if the database refuses a value that no rule foresaw, store one by one what it takes."""
    try:
        return store.write(runs=runs, destination=target).rejections
    except DataError:
        if len(runs) == 1:
            return Rejections({UNSTORABLE: 1})
        return _together([_store([run], target) for run in runs])


def _together(parts: Iterable[Rejections]) -> Rejections:
    counted: Counter[str] = Counter()
    for part in parts:
        counted.update(part.reasons)
    return Rejections(dict(counted))
