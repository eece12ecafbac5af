"""Taking an export request of a key: decode, find the projects, store, count what could not be taken."""

import dataclasses
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.conf import settings
from django.db import DatabaseError
from django.utils import timezone

from annotation.domain import unstorable
from annotation.domain.ingest import grouping, mapping, otlp
from annotation.domain.ingest.logs import joining, judging, keeping, verdicts
from annotation.domain.ingest.otlp_limits import Limits
from annotation.domain.ingest.records import Rejections, RunRecord
from annotation.domain.ingest.spans import Span
from annotation.domain.ingest.store import Destination
from annotation.domain.projects import registry
from annotation.models import ApiKey

UNSTORABLE = "the span cannot be stored"
#: How many characters of its readable input and output a run keeps if the text index refuses the whole.
READABLE_WHEN_REFUSED = 20_000


class ForeignProjectError(Exception):
    """The request names another project than the one its key is bound to."""


@dataclass(frozen=True, slots=True)
class Sender:
    """Who sends, and where to: `project` is the name that the request itself gives, if any."""

    key: ApiKey
    project: str | None = None


def receive(*, sender: Sender, body: bytes, encoding: otlp.Encoding, received_ns: int) -> Rejections:
    """Store the spans of an uncompressed request; on return they are committed.

    Raises MalformedPayloadError, WrongSignalError, TooManyError, ForeignProjectError, and the database's OperationalError when it is away.
    """
    check(sender)
    decoded = otlp.decode(body, encoding=encoding, limits=limits())
    runs = mapping.to_runs(decoded.spans, received_ns=received_ns)
    stored = _store(runs, destination(sender, runs), sender) if runs else Rejections()
    return together([decoded.rejections, stored, _judge(sender, decoded.spans)])


def _store(runs: Sequence[RunRecord], target: Destination, sender: Sender) -> Rejections:
    """Store runs together with what log events said of them before, and let go what was parked for them."""
    workspace_id = target.workspace_id
    events, parked = keeping.awaiting(runs, workspace_id=workspace_id)
    runs = joining.completed(runs, events, lambda run: target.project_ids[run.project])
    rejections = store_what_can_be(runs, target)
    if events:
        keeping.mark_joined(events.keys(), workspace_id=workspace_id)
    if parked:
        judging.release(parked, workspace=sender.key.workspace, now=timezone.now())
    return rejections


def _judge(sender: Sender, spans: Sequence[Span]) -> Rejections:
    """Keep the verdicts that spans carry; one that cannot be kept does not lose its span."""
    now, key = timezone.now(), sender.key
    given = verdicts.of_spans(spans, received=now)
    if not given:
        return Rejections()
    refused = judging.give(given, workspace=key.workspace, project=key.only_project, now=now)
    return Rejections(warnings=refused.reasons)


def limits() -> Limits:
    """What one request may hold."""
    return Limits(members=settings.MAX_SPANS_PER_REQUEST, attribute_bytes=settings.MAX_ATTRIBUTE_BYTES)


def check(sender: Sender) -> None:
    """Raises ForeignProjectError for a project that the key may not write to."""
    own = sender.key.only_project
    if own and sender.project and sender.project not in (own.name, own.slug):
        raise ForeignProjectError(f"this key may only write to the project {own.name!r}")


def destination(sender: Sender, runs: Iterable[RunRecord]) -> Destination:
    """The projects that the runs go to: the one that the key is confined to, else the request's, else the one that
    each run names, else the key's.
    """
    key, names = sender.key, {run.project for run in runs}
    if only := key.only_project:
        return Destination(key.workspace_id, dict.fromkeys(names, only.pk), only.pk)
    nameless = key.project.name if key.project else registry.DEFAULT_NAME
    chosen = {name: sender.project or name or nameless for name in names}
    ids = registry.ensure(workspace_id=key.workspace_id, names=chosen.values())
    return Destination(key.workspace_id, {name: ids[project] for name, project in chosen.items()})


def store_what_can_be(runs: Sequence[RunRecord], target: Destination, *, replace: bool = False) -> Rejections:
    """Store all at once; if the database refuses a value that no rule foresaw, store what it takes, half by half.
    `replace` as in `store.write`.

    One by one would sum up the trace anew for every run of it.
    """
    try:
        return grouping.write(runs=runs, destination=target, replace=replace).rejections
    except DatabaseError as error:
        if not unstorable.is_refusal(error):
            raise
    if len(runs) > 1:
        half = len(runs) // 2
        return together([store_what_can_be(part, target, replace=replace) for part in (runs[:half], runs[half:])])
    return _store_shortened(runs[0], target, replace=replace)


def _store_shortened(run: RunRecord, target: Destination, *, replace: bool) -> Rejections:
    """Store a run with less of its readable text, which is what the text index may refuse; the values stay whole."""
    short = dataclasses.replace(run, input_text=_head(run.input_text), output_text=_head(run.output_text))
    try:
        return grouping.write(runs=[short], destination=target, replace=replace).rejections
    except DatabaseError as error:
        if not unstorable.is_refusal(error):
            raise
        return Rejections({UNSTORABLE: 1})


def _head(text: str | None) -> str | None:
    return text[:READABLE_WHEN_REFUSED] if text else text


def together(parts: Iterable[Rejections]) -> Rejections:
    """All rejections as one."""
    reasons, warnings = Counter[str](), Counter[str]()
    for part in parts:
        reasons.update(part.reasons)
        warnings.update(part.warnings)
    return Rejections(dict(reasons), dict(warnings))
