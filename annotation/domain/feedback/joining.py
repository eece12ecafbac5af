"""Feedback and its traces find each other, whichever came first; the only writer of a trace's verdict."""

import json
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol
from uuid import UUID

import orjson
from django.db import connection
from django.db.models import OuterRef, Q, Subquery

from annotation.domain import statements
from annotation.domain.feedback import verdict
from annotation.models import Feedback, FeedbackConfig, Run, Trace


class Arrived(Protocol):
    """A run that has just been stored."""

    @property
    def id(self) -> UUID:
        """Its UUID."""

    @property
    def trace_id(self) -> UUID:
        """The UUID of its trace."""

    @property
    def external_id(self) -> str:
        """The client's id of it."""


@dataclass(frozen=True, slots=True)
class Located:
    """A stored run's ids."""

    id: UUID
    trace_id: UUID
    external_id: str


@dataclass(frozen=True, slots=True)
class Judged:
    """A stored trace with the verdict that it shows."""

    pk: int
    uuid: UUID
    project_id: int
    verdict: str | None
    verdict_source: str | None
    verdict_feedback_uuid: UUID | None


_FEEDBACK, _TRACE = Feedback._meta.db_table, Trace._meta.db_table  # noqa: SLF001 -- the only way to a table's name

#: The first half of the advisory lock between those who store runs (shared) and those whose feedback waits for one.
_LOCK = 0x7A_FB


def wait_for_givers(*, workspace_id: int) -> None:
    """To be called first by whoever stores runs: feedback that comes early and its trace cannot miss each other."""
    _lock("pg_advisory_xact_lock_shared", workspace_id)


def wait_for_arrivals(*, workspace_id: int) -> None:
    """To be called before giving feedback on something that is not there: afterwards nothing is on its way."""
    _lock("pg_advisory_xact_lock", workspace_id)


def _lock(function: str, workspace_id: int) -> None:
    statements.send(f"SELECT {function}(%s, %s)", [_LOCK, workspace_id])


_HOLD = f"""
    SELECT id, uuid, project_id, verdict, verdict_source, verdict_feedback_uuid
    FROM {_TRACE} WHERE workspace_id = %s AND uuid = ANY((SELECT %s)::uuid[]) ORDER BY uuid FOR NO KEY UPDATE
"""  # noqa: S608 -- our own words
# Behind a SELECT, PostgreSQL does not look how many there are: else it plans anew each time, which takes ten times as long.


def hold(*, workspace_id: int, traces: Collection[UUID]) -> list[Judged]:
    """To be called before writing feedback on these traces: whoever stores runs takes the trace first, its feedback then.

    Who took them the other way round would wait for that writer while that writer waits for them. Those that are stored.
    """
    return ask_to_hold(workspace_id=workspace_id, traces=traces)()


def ask_to_hold(*, workspace_id: int, traces: Collection[UUID]) -> Callable[[], list[Judged]]:
    """The same in two steps: what is sent before the second one happens while the traces are held, too."""
    if not traces:
        return list
    rows = statements.ask(_HOLD, [workspace_id, statements.uuids(traces)])
    return lambda: [Judged(*row) for row in rows()]


def join(*, workspace_id: int, traces: Mapping[UUID, int], runs: Sequence[Arrived]) -> None:
    """Give feedback that was waiting for these runs its trace, and bring the verdicts of the traces up to date."""
    arrived = [run for run in runs if run.trace_id in traces]
    if not _is_any_about(workspace_id, list(traces), arrived):
        return
    _name_runs(workspace_id, arrived)
    judged = Feedback.objects.filter(workspace_id=workspace_id, trace_uuid__in=traces.keys())
    judged.filter(project__isnull=True).update(project=_project_of_trace())
    recompute(workspace_id=workspace_id, traces={uuid for (uuid,) in judged.values_list("trace_uuid") if uuid})


def _is_any_about(workspace_id: int, traces: Sequence[UUID], runs: Sequence[Arrived]) -> bool:
    """Whether there is any feedback to join: asked for every request that stores runs, and mostly answered with no."""
    conditions = ("trace_uuid = ANY(%s)", "run_uuid = ANY(%s)", "run_external_id = ANY(%s)")
    found = (f"EXISTS (SELECT FROM {_FEEDBACK} WHERE workspace_id = %s AND {one})" for one in conditions)
    ids = (list(traces), [run.id for run in runs], [run.external_id for run in runs])
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {' OR '.join(found)}", [part for one in ids for part in (workspace_id, one)])
        return bool(cursor.fetchone()[0])


def _project_of_trace() -> Subquery:
    traces = Trace.objects.filter(workspace_id=OuterRef("workspace_id"), uuid=OuterRef("trace_uuid"))
    return Subquery(traces.values("project_id")[:1])


def _name_runs(workspace_id: int, runs: Sequence[Arrived]) -> None:
    """Complete the ids of feedback that named one of the runs before it came."""
    waiting = Feedback.objects.select_for_update().filter(
        Q(run_uuid__in=[run.id for run in runs]) | Q(run_external_id__in=[run.external_id for run in runs]),
        workspace_id=workspace_id,
        target=Feedback.Target.RUN,
    )
    found = [(feedback, run) for feedback in waiting for run in runs if _is_about(feedback, run)]
    for feedback, run in found:
        feedback.run_uuid, feedback.run_external_id, feedback.trace_uuid = run.id, run.external_id, run.trace_id
    Feedback.objects.bulk_update([feedback for feedback, _ in found], ["run_uuid", "run_external_id", "trace_uuid"])


def _is_about(feedback: Feedback, run: Arrived) -> bool:
    if feedback.trace_uuid not in (None, run.trace_id):
        return False
    return feedback.run_uuid == run.id or feedback.run_external_id == run.external_id


def follow(*, workspace_id: int, trace: UUID, project_id: int) -> None:
    """A trace has moved to another project: what was said about it goes with it."""
    Feedback.objects.filter(workspace_id=workspace_id, trace_uuid=trace).update(project_id=project_id)


def recompute(*, workspace_id: int, traces: Collection[UUID]) -> None:
    """Derive the verdicts of the workspace's traces with these UUIDs anew."""
    held = hold(workspace_id=workspace_id, traces=traces)
    words = ask_words(workspace_id, held)
    decided = _decided(held, words, meanings_of(configs_of(workspace_id)) if held else {})
    _write({trace: shown for trace, shown in decided.items() if shown != _shown(trace)}, is_said=False)


_Said = tuple[int | None, verdict.Word]
"""A word, and the project that its giver was bound to or that it is about, if any."""

Words = Callable[[], Mapping[UUID, Sequence[_Said]]]
"""Waits for what was said about some traces."""


def tell(*, workspace_id: int, held: Sequence[Judged]) -> None:
    """Say that feedback of these traces, held since before it was written, changed; the last step of its transaction.

    Their verdicts are derived anew, and rules that look at feedback see them again.
    """
    words = ask_words(workspace_id, held)
    tell_of(held, words, meanings_of(configs_of(workspace_id)) if held else {})


def tell_of(held: Sequence[Judged], words: Words, meanings: Mapping[str, verdict.Meaning]) -> None:
    """The same with all words on the traces, and with the meanings of keys, read since the traces were held."""
    _write(_decided(held, words, meanings), is_said=True)


_Shown = tuple[str | None, str | None, UUID | None]
"""A verdict, its source and the feedback that decided, as a trace keeps them."""


def _shown(trace: Judged) -> _Shown:
    return trace.verdict, trace.verdict_source, trace.verdict_feedback_uuid


def _decided(held: Sequence[Judged], words: Words, meanings: Mapping[str, verdict.Meaning]) -> dict[Judged, _Shown]:
    said = words()
    decided = {trace: verdict.decide(_heard(trace, said), meanings) for trace in held}
    return {
        trace: (one.verdict, one.source, one.feedback_id) if one else (None, None, None)
        for trace, one in decided.items()
    }


def _heard(trace: Judged, said: Mapping[UUID, Sequence[_Said]]) -> list[verdict.Word]:
    """A key that is bound to another project has no say here, even if it knew the trace's id before it came."""
    return [word for project_id, word in said.get(trace.uuid, ()) if project_id in {None, trace.project_id}]


def _write(decided: Mapping[Judged, _Shown], *, is_said: bool) -> None:
    """All at once; a row is written once, since each version of it costs its indexes."""
    if not decided:
        return
    rows = [
        {"id": trace.pk, "verdict": verdict, "source": source, "feedback": feedback}
        for trace, (verdict, source, feedback) in decided.items()
    ]
    ids = "{" + ",".join(str(trace.pk) for trace in decided) + "}"
    statements.send(_TELL if is_said else _DERIVE, [orjson.dumps(rows).decode(), ids])


_VERDICT = f"""
    UPDATE {_TRACE} AS trace
    SET verdict = new.verdict, verdict_source = new.source, verdict_feedback_uuid = new.feedback%s
    FROM json_to_recordset(%%s::json) AS new (id bigint, verdict text, source text, feedback uuid)
    WHERE trace.id = new.id AND trace.id = ANY((SELECT %%s)::bigint[])
"""  # noqa: S608 -- our own words
# The ids once more, as above: PostgreSQL takes a document for a hundred rows, and would read all of some thousand traces.
_DERIVE, _TELL = _VERDICT % "", _VERDICT % ", changed_at = statement_timestamp(), settled_at = NULL"


_WORDS = f"""
    SELECT trace_uuid, project_id, uuid, key, source, is_adjudicated, score, value, created_at
    FROM {_FEEDBACK} WHERE workspace_id = %s AND trace_uuid = ANY(%s::uuid[]) AND error IS NULL AND target <> %s
"""  # noqa: S608 -- our own words


def ask_words(workspace_id: int, traces: Sequence[Judged]) -> Words:
    """What was said about each trace and its runs; words on a whole thread are not words on one trace."""
    if not traces:
        return dict
    asked = [workspace_id, statements.uuids(trace.uuid for trace in traces), Feedback.Target.THREAD.value]
    rows = statements.ask(_WORDS, asked)

    def words() -> dict[UUID, list[_Said]]:
        found: dict[UUID, list[_Said]] = defaultdict(list)
        for trace, project, uuid, key, source, is_adjudicated, score, value, created_at in rows():
            said = None if value is None else json.loads(value)
            found[trace].append((project, verdict.Word(uuid, key, source, is_adjudicated, score, said, created_at)))
        return found

    return words


@dataclass(frozen=True, slots=True)
class KeyConfig:
    """What is said about one feedback key; `categories` are `[{"value", "label", "verdict", "score"}]`."""

    key: str
    kind: str
    minimum: float | None
    maximum: float | None
    good_from: float | None
    bad_below: float | None
    categories: Sequence[Any]


_CONFIGS = f"""
    SELECT key, kind, minimum, maximum, good_from, bad_below, categories
    FROM {FeedbackConfig._meta.db_table} WHERE workspace_id = %s
"""  # noqa: S608, SLF001 -- our own words, and the only way to a table's name


def configs_of(workspace_id: int) -> list[KeyConfig]:
    """What is said about the workspace's feedback keys."""
    return ask_configs(workspace_id)()


def ask_configs(workspace_id: int) -> Callable[[], list[KeyConfig]]:
    """The same in two steps."""
    rows = statements.ask(_CONFIGS, [workspace_id])
    return lambda: [KeyConfig(*(*said, json.loads(categories))) for *said, categories in rows()]


def meanings_of(configs: Iterable[KeyConfig]) -> dict[str, verdict.Meaning]:
    """What the keys mean, for a trace."""
    return {config.key: _meaning_of(config) for config in configs}


def _meaning_of(config: KeyConfig) -> verdict.Meaning:
    categories = {
        str(entry["value"]): entry.get("verdict")
        for entry in config.categories
        if isinstance(entry, dict) and "value" in entry
    }
    return verdict.Meaning(config.kind, config.good_from, config.bad_below, categories)


_LOCATE = f"""
    SELECT run.uuid, trace.uuid, run.external_id
    FROM {Run._meta.db_table} AS run JOIN {_TRACE} AS trace ON trace.id = run.trace_id
    WHERE run.workspace_id = %s AND (run.uuid = ANY(%s::uuid[]) OR run.external_id = ANY(%s::text[]))
"""  # noqa: S608, SLF001 -- our own words, and the only way to a table's name


def locate(*, workspace_id: int, run_uuids: Collection[UUID], external_ids: Collection[str]) -> list[Located]:
    """Runs that exist, by UUID or by the client's id."""
    if not run_uuids and not external_ids:
        return []
    rows = statements.ask(_LOCATE, [workspace_id, statements.uuids(run_uuids), list(external_ids)])
    return [Located(*row) for row in rows()]
