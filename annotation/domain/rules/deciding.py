"""One revision's word on a set of traces: decided by one statement, written once, acted on at once."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import connection
from django.db.models import BigIntegerField, BooleanField, ExpressionWrapper, QuerySet, Value
from django.db.models.functions import Coalesce
from django.db.models.lookups import LessThan

from annotation.domain import sampling
from annotation.domain.queues import items, subjects
from annotation.domain.queues.reasons import Origin, Reason, SeenFeedback
from annotation.domain.rules import actions
from annotation.domain.rules.actions import AddToQueue
from annotation.domain.traces.matching import TraceFilter, pointing
from annotation.domain.traces.matching.chance import SampleNumber
from annotation.models import Feedback, Queue, RuleRevision, Trace

MOST_SEEN = 5
SHOWN_SOURCES = (Feedback.Source.USER, Feedback.Source.SIGNAL, Feedback.Source.JUDGE, Feedback.Source.RULE)
"""Not the word of other reviewers: whoever reviews next is to judge without it."""


class QueueGoneError(Exception):
    """The queue that a rule adds to does not exist any more."""

    def __init__(self) -> None:
        super().__init__("The queue that this rule adds to was deleted; choose another one.")


def in_sample(revision: RuleRevision) -> LessThan:
    """Whether a trace is in the sample of a revision, matched or not."""
    threshold = Value(sampling.threshold(revision.sample_rate), output_field=BigIntegerField())
    return LessThan(SampleNumber(revision.rule.uuid), threshold)


@dataclass(frozen=True, slots=True)
class Decided:
    """What was newly said: of how many traces, how many of them matched, were sampled, and became new items."""

    trace_count: int = 0
    matched_count: int = 0
    sampled_count: int = 0
    item_count: int = 0


@dataclass(frozen=True, slots=True)
class _Word:
    decision_id: int
    trace_uuid: UUID
    is_matched: bool
    is_sampled: bool


def decide(
    *, revision: RuleRevision, passing: TraceFilter, traces: QuerySet[Trace], origin: str, now: datetime
) -> Decided:
    """Decide on each of the traces that this revision has not matched before, and act on those that it samples.

    A trace that did not match may match later (feedback, late runs); one that matched stays so, since the decision
    explains what was done. Safe to call twice and by two at once. Must run inside a transaction and inside `bounded()`.
    Raises FilterTooSlow by way of it, QueueGoneError and QueueClosedError.
    """
    words = _written(revision, passing, traces, origin, now)
    sampled = [word for word in words if word.is_sampled]
    wanted = actions.read(revision.actions) if sampled else ()
    causes = pointing.first_runs(passing, [word.trace_uuid for word in sampled]) if wanted else {}
    added = sum(_add(action, revision, sampled, causes, now) for action in wanted)
    return Decided(len(words), sum(word.is_matched for word in words), len(sampled), added)


def _written(
    revision: RuleRevision, passing: TraceFilter, traces: QuerySet[Trace], origin: str, now: datetime
) -> list[_Word]:
    """Writes the decisions in one statement; returns those that are new or have become a match."""
    is_matched = Coalesce(ExpressionWrapper(passing.condition(), output_field=BooleanField()), Value(False))
    rows = traces.filter(workspace_id=passing.scope.workspace_id).order_by()
    answers = rows.values_list("pk", "uuid", is_matched, in_sample(revision))
    select, parameters = answers.query.sql_with_params()
    with connection.cursor() as cursor:
        cursor.execute(_INSERT.format(select=select), [*parameters, revision.pk, revision.sample_rate, origin, now])
        return [_Word(*row) for row in cursor.fetchall()]


_INSERT = """
WITH answer (trace_id, trace_uuid, is_matched, is_in_sample) AS ({select}),
written AS (
    INSERT INTO annotation_decision AS decision
        (revision_id, trace_id, is_matched, is_sampled, probability, origin, decided_at)
    SELECT %s, trace_id, is_matched, is_matched AND is_in_sample, %s, %s, %s FROM answer ORDER BY trace_id
    ON CONFLICT (revision_id, trace_id) DO UPDATE
        SET is_matched = TRUE, is_sampled = excluded.is_sampled, origin = excluded.origin,
            decided_at = excluded.decided_at
        WHERE excluded.is_matched AND NOT decision.is_matched
    RETURNING id, trace_id, is_matched, is_sampled
)
SELECT written.id, answer.trace_uuid, written.is_matched, written.is_sampled
FROM written JOIN answer USING (trace_id) ORDER BY written.id
"""


def _add(
    action: AddToQueue, revision: RuleRevision, sampled: Sequence[_Word], causes: Mapping[UUID, UUID], now: datetime
) -> int:
    queue = Queue.objects.filter(uuid=action.queue, workspace_id=revision.rule.workspace_id).first()
    if queue is None:
        raise QueueGoneError
    common = reason_of(revision)
    seen = _seen(revision.rule.workspace_id, [word.trace_uuid for word in sampled])
    wanted = [
        subjects.of_trace(word.trace_uuid).because(
            common.model_copy(update={"seen": seen.get(word.trace_uuid, ()), "run": causes.get(word.trace_uuid)}),
            decision_id=word.decision_id,
        )
        for word in sampled
    ]
    added = items.add(
        queue=queue,
        subjects=wanted,
        reason=common,
        probability=revision.sample_rate,
        priority=action.priority,
        now=now,
    )
    return added.added_count


def reason_of(revision: RuleRevision) -> Reason:
    """What an item says of the rule that sent it."""
    return Reason(
        origin=Origin.RULE,
        rule=revision.rule.name,
        rule_uuid=revision.rule.uuid,
        revision=revision.number,
        probability=float(revision.sample_rate),
        filter=revision.filter,
    )


def _seen(workspace_id: int, traces: Iterable[UUID]) -> Mapping[UUID, tuple[SeenFeedback, ...]]:
    """The first few judgements that stand on each trace now."""
    rows = Feedback.objects.filter(workspace_id=workspace_id, trace_uuid__in=traces, source__in=SHOWN_SOURCES)
    seen: dict[UUID, tuple[SeenFeedback, ...]] = defaultdict(tuple)
    for row in rows.order_by("created_at", "id"):
        if row.trace_uuid and len(seen[row.trace_uuid]) < MOST_SEEN:
            seen[row.trace_uuid] += (
                SeenFeedback(
                    source=row.source, key=row.key, score=row.score, value=row.value, comment=(row.comment or "")[:500]
                ),
            )
    return seen
