"""The verdict of a trace, derived from all that was said about it; its only writer."""

import json
from collections import defaultdict
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

import orjson

from annotation.domain import statements
from annotation.domain.feedback import meanings, verdict
from annotation.models import Feedback, Trace

_FEEDBACK, _TRACE = Feedback._meta.db_table, Trace._meta.db_table  # noqa: SLF001 -- the only way to a table's name


@dataclass(frozen=True, slots=True)
class Judged:
    """A stored trace with the verdict that it shows."""

    pk: int
    uuid: UUID
    project_id: int
    verdict: str | None
    verdict_source: str | None
    verdict_feedback_uuid: UUID | None


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


def recompute(*, workspace_id: int, traces: Collection[UUID]) -> None:
    """Derive the verdicts of the workspace's traces with these UUIDs anew."""
    held = hold(workspace_id=workspace_id, traces=traces)
    words = ask_words(workspace_id, held)
    decided = _decided(held, words, meanings.of(meanings.configs_of(workspace_id)) if held else {})
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
    tell_of(held, words, meanings.of(meanings.configs_of(workspace_id)) if held else {})


def tell_of(held: Sequence[Judged], words: Words, known: Mapping[str, verdict.Meaning]) -> None:
    """The same with all words on the traces, and with the meanings of keys, read since the traces were held."""
    _write(_decided(held, words, known), is_said=True)


_Shown = tuple[str | None, str | None, UUID | None]
"""A verdict, its source and the feedback that decided, as a trace keeps them."""


def _shown(trace: Judged) -> _Shown:
    return trace.verdict, trace.verdict_source, trace.verdict_feedback_uuid


def _decided(held: Sequence[Judged], words: Words, known: Mapping[str, verdict.Meaning]) -> dict[Judged, _Shown]:
    said = words()
    decided = {trace: verdict.decide(_heard(trace, said), known) for trace in held}
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
