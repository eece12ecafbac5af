"""Rules as lists show them, their revisions, and the log of what they decided."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from uuid import UUID

from django.db.models import Count, Prefetch, Q, QuerySet

from annotation.domain.rules import actions
from annotation.domain.rules.actions import Action
from annotation.models import Decision, Item, Queue, Rule, RuleRevision

DECISION_ORDER = ("-id",)


@dataclass(frozen=True, slots=True)
class Step:
    """One action with the queue that it names, `None` when that was deleted."""

    action: Action
    queue: Queue | None


@dataclass(frozen=True, slots=True)
class RuleCard:
    """A rule in a list, with what its current revision did over the last day."""

    rule: Rule
    revision: RuleRevision
    steps: tuple[Step, ...]
    matched_count: int = 0
    sampled_count: int = 0


def percent(rate: Decimal) -> str:
    """A share as people write it: 0.125 is `12.5`."""
    return f"{(rate * 100).normalize():f}"


def shown(rules: QuerySet[Rule]) -> QuerySet[Rule]:
    """The rules that are not put away."""
    return rules.filter(archived_at__isnull=True, current__isnull=False)


def cards(rules: Iterable[Rule], *, now: datetime) -> list[RuleCard]:
    """The rules, which are of one workspace and have their `current` loaded, with their last day."""
    pairs = [(rule, rule.current) for rule in rules if rule.current is not None]
    counts = _counts([revision for _, revision in pairs], now - timedelta(days=1))
    steps = steps_of([revision for _, revision in pairs])
    return [RuleCard(rule, revision, steps[revision.pk], *counts.get(revision.pk, (0, 0))) for rule, revision in pairs]


def _counts(revisions: Sequence[RuleRevision], since: datetime) -> dict[int, tuple[int, int]]:
    rows = Decision.objects.filter(revision__in=revisions, is_matched=True, decided_at__gte=since).order_by()
    counted = rows.values("revision").annotate(matched=Count("pk"), sampled=Count("pk", filter=Q(is_sampled=True)))
    found = counted.values_list("revision", "matched", "sampled")
    return {revision: (matched, sampled) for revision, matched, sampled in found}


def steps_of(revisions: Sequence[RuleRevision]) -> dict[int, tuple[Step, ...]]:
    """What each revision does, by its inside id, with one query for the queues of all."""
    read = {revision.pk: actions.read(revision.actions) for revision in revisions}
    wanted = {action.queue for found in read.values() for action in found}
    queues = {queue.uuid: queue for queue in Queue.objects.filter(uuid__in=wanted)}
    return {pk: tuple(Step(action, queues.get(action.queue)) for action in found) for pk, found in read.items()}


def revisions(rule: Rule) -> QuerySet[RuleRevision]:
    """The rule's history, the latest first."""
    return rule.revisions.select_related("created_by").order_by("-number")


def decisions(rule: Rule, *, is_sampled: bool | None = None) -> QuerySet[Decision]:
    """What the rule's revisions matched, with trace, revision and items; sampled or not, or both."""
    rows = Decision.objects.filter(revision__rule=rule, is_matched=True)
    if is_sampled is not None:
        rows = rows.filter(is_sampled=is_sampled)
    items = Prefetch("items", queryset=Item.objects.select_related("queue"))
    return rows.select_related("revision", "trace").prefetch_related(items)


def queue_of(*, queues: QuerySet[Queue], uuid: UUID) -> Queue | None:
    """One of the queues by its outside id."""
    return queues.filter(uuid=uuid).first()
