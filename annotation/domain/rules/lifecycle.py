"""Rules are made, changed by new revisions, switched on and off, put away and deleted; all of it audited."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from django.db import transaction

from annotation.domain import audit
from annotation.domain.rules import actions
from annotation.domain.rules.actions import Action
from annotation.domain.traces import matching
from annotation.domain.traces.filters import FilterError, to_text
from annotation.models import Decision, Item, Queue, Rule, RuleRevision, User, Workspace

SMALLEST_RATE = Decimal("0.000001")
LONGEST_NAME = 120


@dataclass(frozen=True, slots=True)
class RuleDraft:
    """All that a person may say about a rule; `sample_rate` is a share above 0 and up to 1."""

    name: str
    filter: str = ""
    sample_rate: Decimal = Decimal(1)
    actions: tuple[Action, ...] = ()


class RuleInvalidError(Exception):
    """The draft cannot become a rule; `problems` says why, by field, and a FilterError where in the filter."""

    def __init__(self, problems: Mapping[str, FilterError | str]) -> None:
        super().__init__("; ".join(f"{field}: {problem}" for field, problem in problems.items()))
        self.problems = dict(problems)


@dataclass(frozen=True, slots=True)
class Effects:
    """What deleting a rule takes along, and what it leaves."""

    decision_count: int
    matched_count: int
    item_count: int


def draft_of(rule: Rule) -> RuleDraft:
    """The rule as it stands."""
    revision = rule.current
    if revision is None:
        return RuleDraft(rule.name)
    return RuleDraft(rule.name, revision.filter, revision.sample_rate, actions.read(revision.actions))


def create(*, workspace: Workspace, draft: RuleDraft, by: User, now: datetime, is_enabled: bool = True) -> Rule:
    """Make a rule with its first revision; raises RuleInvalidError."""
    checked = _checked(workspace, draft, now, rule=None)
    with transaction.atomic():
        rule = Rule.objects.create(workspace=workspace, name=checked.name, is_enabled=is_enabled, created_by=by)
        _revise(rule, checked, by, now)
        audit.record("rule.created", by=by, workspace=workspace, target=rule, detail=_told(checked))
    return rule


def edit(*, rule: Rule, draft: RuleDraft, by: User, now: datetime) -> Rule:
    """Change a rule: another meaning becomes a new revision, the old ones stay; raises RuleInvalidError."""
    checked = _checked(rule.workspace, draft, now, rule=rule)
    with transaction.atomic():
        locked = Rule.objects.select_for_update(of=("self",)).select_related("workspace", "current").get(pk=rule.pk)
        before = draft_of(locked)
        if before == checked:
            return locked
        locked.name = checked.name
        locked.save(update_fields=["name"])
        if _meaning(before) != _meaning(checked):
            _revise(locked, checked, by, now)
        audit.record("rule.changed", by=by, workspace=locked.workspace, target=locked, detail=_told(checked))
    return locked


def _meaning(draft: RuleDraft) -> tuple[object, ...]:
    return draft.filter, draft.sample_rate, draft.actions


def _revise(rule: Rule, draft: RuleDraft, by: User, now: datetime) -> None:
    """Append a revision and make it the current one; what failed before gets a fresh chance."""
    rule.current = RuleRevision.objects.create(
        rule=rule,
        number=rule.revisions.count() + 1,
        filter=draft.filter,
        sample_rate=draft.sample_rate,
        actions=actions.documents(draft.actions),
        created_by=by,
        created_at=now,
    )
    rule.failure_count, rule.failure = 0, ""
    rule.save(update_fields=["current", "failure_count", "failure"])


def _told(draft: RuleDraft) -> dict[str, object]:
    return {"filter": draft.filter, "sample_rate": str(draft.sample_rate), "actions": actions.documents(draft.actions)}


def _checked(workspace: Workspace, draft: RuleDraft, now: datetime, *, rule: Rule | None) -> RuleDraft:
    """The draft in its canonical form; raises RuleInvalidError with every problem at once."""
    problems: dict[str, FilterError | str] = {}
    name, text = " ".join(draft.name.split()), draft.filter
    if problem := _name_problem(workspace, name, rule):
        problems["name"] = problem
    try:
        text = to_text(matching.compile(draft.filter, workspace=workspace, now=now).tree)
    except FilterError as error:
        problems["filter"] = error
    if not SMALLEST_RATE <= draft.sample_rate <= 1:
        problems["sample_rate"] = "Give a share above 0 and up to 100 %."
    if problem := _actions_problem(workspace, draft.actions):
        problems["actions"] = problem
    if problems:
        raise RuleInvalidError(problems)
    rate = draft.sample_rate.quantize(SMALLEST_RATE)
    return RuleDraft(name, text, rate, draft.actions)


def _name_problem(workspace: Workspace, name: str, rule: Rule | None) -> str:
    if not name:
        return "Give the rule a name."
    if len(name) > LONGEST_NAME:
        return f"A name has at most {LONGEST_NAME} characters."
    taken = Rule.objects.filter(workspace=workspace, name__iexact=name, archived_at__isnull=True)
    if (taken.exclude(pk=rule.pk) if rule else taken).exists():
        return f"There is a rule called “{name}” already."
    return ""


def _actions_problem(workspace: Workspace, wanted: tuple[Action, ...]) -> str:
    if not wanted:
        return "Choose what happens to the sampled traces."
    closed = (Queue.Status.COMPLETED, Queue.Status.ARCHIVED)
    queues = Queue.objects.filter(workspace=workspace, uuid__in=[action.queue for action in wanted])
    if queues.exclude(status__in=closed).count() < len({action.queue for action in wanted}):
        return "Choose a queue of this workspace that takes items."
    return ""


def switch(*, rule: Rule, is_enabled: bool, by: User) -> Rule:
    """Switch a rule on or off; twice is once. On again, its failures are forgotten."""
    with transaction.atomic():
        locked = Rule.objects.select_for_update(of=("self",)).select_related("workspace", "current").get(pk=rule.pk)
        if locked.is_enabled == is_enabled or locked.archived_at is not None:
            return locked
        locked.is_enabled = is_enabled
        if is_enabled:
            locked.failure_count, locked.failure = 0, ""
        locked.save(update_fields=["is_enabled", "failure_count", "failure"])
        action = "rule.enabled" if is_enabled else "rule.disabled"
        audit.record(action, by=by, workspace=locked.workspace, target=locked)
    return locked


def archive(*, rule: Rule, by: User, now: datetime) -> Rule:
    """Put a rule away: it decides no more, its name is free, its decisions and items stay. Twice is once."""
    with transaction.atomic():
        locked = Rule.objects.select_for_update(of=("self",)).select_related("workspace").get(pk=rule.pk)
        if locked.archived_at is None:
            locked.archived_at, locked.is_enabled = now, False
            locked.save(update_fields=["archived_at", "is_enabled"])
            audit.record("rule.archived", by=by, workspace=locked.workspace, target=locked)
    return locked


def effects(rule: Rule) -> Effects:
    """What deleting the rule would take along (its decisions) and leave (items, without the link to a decision)."""
    decisions = Decision.objects.filter(revision__rule=rule)
    items = Item.objects.filter(decision__revision__rule=rule)
    return Effects(decisions.count(), decisions.filter(is_matched=True).count(), items.count())


def delete(*, rule: Rule, by: User) -> Effects:
    """Delete a rule with its revisions and decisions for good; items stay, with the reason written on them."""
    with transaction.atomic():
        locked = Rule.objects.select_for_update(of=("self",)).select_related("workspace").get(pk=rule.pk)
        taken = effects(locked)
        detail = {"decisions": taken.decision_count, "items_kept": taken.item_count}
        audit.record("rule.deleted", by=by, workspace=locked.workspace, target=locked, detail=detail)
        Rule.objects.filter(pk=locked.pk).update(current=None)
        locked.current = None
        locked.delete()
    return taken
