"""Rules that cannot do what they ask for: what they hold up, what is said, and when they are switched off."""

from __future__ import annotations

from datetime import datetime, timedelta
from functools import partial

import pytest

from annotation.domain.queues import reasons
from annotation.domain.rules import routing
from annotation.domain.rules.actions import AddToQueue
from annotation.domain.traces import matching
from annotation.domain.traces.matching import pointing
from annotation.models import AuditEvent, Decision, Item, Queue, Rule, RuleRevision
from tests.domain.rules.conftest import MakeRule, MakeTrace
from tests.factories import (
    ProjectFactory,
    RuleFactory,
    RuleRevisionFactory,
    RunFactory,
    TraceFactory,
)

pytestmark = pytest.mark.django_db

SLOW = r"/^(x+)(x+)(x+)y\1\2\3$/"


def broken_rule(queue: Queue, filter_text: str) -> Rule:
    """A rule that became broken after it was made."""
    rule = RuleFactory(workspace=queue.workspace, name="Broken")
    documents = [AddToQueue(queue=queue.uuid).model_dump(mode="json")]
    rule.current = RuleRevisionFactory(rule=rule, filter=filter_text, actions=documents)
    rule.save()
    return rule


def test_a_rule_that_fails_three_times_is_switched_off_and_holds_nothing_up_then(
    make_rule: MakeRule, make_trace: MakeTrace, queue: Queue, now: datetime
) -> None:
    rule, works = broken_rule(queue, "output matches /(/"), make_rule("")
    trace, elsewhere = make_trace(), TraceFactory(changed_at=now - timedelta(hours=1))
    for failures in (1, 2):
        routing.sweep(now=now)
        rule.refresh_from_db()
        assert (rule.is_enabled, rule.failure_count) == (True, failures)
        assert "parentheses () not balanced" in rule.failure
        trace.refresh_from_db()
        assert trace.settled_at is None
    elsewhere.refresh_from_db()
    assert elsewhere.settled_at == now
    routing.sweep(now=now)
    rule.refresh_from_db()
    trace.refresh_from_db()
    assert (rule.is_enabled, rule.failure_count, trace.settled_at) == (False, 3, now)
    event = AuditEvent.objects.get(action="rule.switched_off")
    assert (event.actor, event.target) == ("system", "Broken")
    assert Decision.objects.filter(revision__rule=works).count() == 1
    assert Item.objects.count() == 1


def test_a_pattern_that_takes_too_long_is_a_failure_of_the_rule(
    make_trace: MakeTrace, queue: Queue, now: datetime, settings: object
) -> None:
    settings.FILTER_TIMEOUT_MILLISECONDS = 100  # type: ignore[attr-defined]  # the fixture is untyped
    rule = broken_rule(queue, f"output matches {SLOW}")
    make_trace(output="x" * 3000 + "y" + "x" * 2999)
    routing.sweep(now=now)
    rule.refresh_from_db()
    assert rule.failure == (
        "This filter takes longer than 0.1 s on these traces. Narrow it, for example with `time > -24h`, or look for "
        "words instead of a pattern."
    )


def test_a_step_that_takes_too_long_to_find_costs_no_decision(
    make_rule: MakeRule, make_trace: MakeTrace, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(
        pointing, "bounded", partial(matching.bounded, milliseconds=100)
    )  # and nothing else of the sweep
    rule, trace = make_rule(rf"status is error or run(output matches {SLOW})"), make_trace(status="error")
    step = RunFactory(trace=trace, output_text="x" * 3000 + "y" + "x" * 2999)
    routing.sweep(now=now)
    rule.refresh_from_db()
    item = Item.objects.get()
    assert (rule.failure, Decision.objects.get().is_sampled, item.trace_uuid) == ("", True, trace.uuid)
    assert reasons.read(item.reason).run is None, f"the step {step} would have been"


def test_a_queue_that_takes_no_items_is_a_failure_and_leaves_no_decision_behind(
    make_rule: MakeRule, make_trace: MakeTrace, queue: Queue, now: datetime
) -> None:
    rule = make_rule("")
    make_trace()
    Queue.objects.update(status=Queue.Status.COMPLETED)
    routing.sweep(now=now)
    rule.refresh_from_db()
    assert "Refund promises" in rule.failure
    assert Decision.objects.count() == 0
    Queue.objects.update(status=Queue.Status.ACTIVE)
    routing.sweep(now=now)
    rule.refresh_from_db()
    assert (rule.failure_count, rule.failure) == (0, "")
    assert Item.objects.count() == 1


def test_a_rule_that_cannot_be_read_holds_up_its_own_workspace_only(
    make_rule: MakeRule, make_trace: MakeTrace, now: datetime
) -> None:
    rule, own, other = make_rule(), make_trace(), make_trace(project=ProjectFactory())
    RuleRevision.objects.update(actions=[{"kind": "of a later version"}])
    assert routing.sweep(now=now) == routing.Swept(2, 1)
    own.refresh_from_db()
    other.refresh_from_db()
    rule.refresh_from_db()
    assert (own.settled_at, other.settled_at, rule.failure_count) == (None, now, 1)
    assert "of a later version" in rule.failure
