"""The sweep: which traces settle, what the rules decide on them, and what comes of it."""

from __future__ import annotations

import threading
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any
from unittest import mock

import pytest
from django.db import connection, connections, transaction
from django.test.utils import CaptureQueriesContext

from annotation.domain import sampling
from annotation.domain.queues import items as queue_items
from annotation.domain.queues import reasons
from annotation.domain.rules import lifecycle, routing
from annotation.models import Decision, Item, Queue, RuleRevision, Trace, User
from tests.domain.rules.conftest import MakeRule, MakeTrace
from tests.factories import (
    FeedbackFactory,
    ProjectFactory,
    RunFactory,
)

pytestmark = pytest.mark.django_db


def quiet_again(trace: Trace, now: datetime) -> None:
    """What a write of feedback or runs does to the trace, a minute ago."""
    Trace.objects.filter(pk=trace.pk).update(settled_at=None, changed_at=now - timedelta(minutes=1))


def test_a_trace_settles_when_its_root_has_ended_and_nothing_comes_any_more(
    make_trace: MakeTrace, now: datetime
) -> None:
    at_rest = make_trace()
    busy = make_trace(changed_at=now - timedelta(seconds=1))
    unfinished = make_trace(ended_at=None)
    orphaned = make_trace(ended_at=None, root_run_uuid=None, changed_at=now - timedelta(minutes=11))
    waiting = make_trace(ended_at=None, root_run_uuid=None, changed_at=now - timedelta(minutes=9))
    assert routing.sweep(now=now) == routing.Swept(2, 2)
    settled = set(Trace.objects.filter(settled_at=now))
    assert settled == {at_rest, orphaned}
    assert set(Trace.objects.filter(settled_at=None)) == {busy, unfinished, waiting}
    assert routing.sweep(now=now) == routing.Swept(0, 0)


def test_a_match_in_the_sample_becomes_an_item_that_says_why(
    make_rule: MakeRule, make_trace: MakeTrace, queue: Queue, now: datetime
) -> None:
    rule = make_rule("status is error", priority=1000)
    bad, fine = make_trace(status="error"), make_trace(status="ok")
    FeedbackFactory(trace=bad, key="thumbs", score=0.0, source="user")
    FeedbackFactory(trace=bad, key="thumbs", score=0.0, source="reviewer")
    routing.sweep(now=now)
    decisions = {decision.trace_id: decision for decision in Decision.objects.all()}
    assert {pk: (one.is_matched, one.is_sampled) for pk, one in decisions.items()} == {
        bad.pk: (True, True),
        fine.pk: (False, False),
    }
    assert decisions[bad.pk].revision == rule.current
    assert (decisions[bad.pk].probability, decisions[bad.pk].origin) == (Decimal("1.000000"), "live")
    (item,) = Item.objects.all()
    assert (item.queue, item.trace_uuid, item.decision, item.priority) == (queue, bad.uuid, decisions[bad.pk], 1000)
    assert item.probability == Decimal("1.000000")
    assert item.reason["rule"] == "Refunds"
    assert item.reason["revision"] == 1
    assert item.reason["filter"] == "status is error"
    assert [seen["source"] for seen in item.reason["seen"]] == ["user"]


def test_an_item_names_the_first_step_that_met_the_rule(
    make_rule: MakeRule, make_trace: MakeTrace, now: datetime
) -> None:
    make_rule("run(type: tool, status: error) or verdict is bad")
    failing, elsewhere = make_trace(verdict="bad"), make_trace(verdict="bad")
    RunFactory(trace=failing, type="tool")
    later, first = (RunFactory(trace=failing, type="tool", status="error", start_nano=at) for at in (9, 7))
    RunFactory(trace=elsewhere, type="tool")
    RunFactory(trace=elsewhere, status="error")
    assert first.uuid != later.uuid

    for _ in range(2):  # delivered twice
        routing.sweep(now=now)
        quiet_again(failing, now)

    items = {item.trace_uuid: reasons.read(item.reason).run for item in Item.objects.all()}
    assert items == {failing.uuid: first.uuid, elsewhere.uuid: None}


def test_the_step_that_met_a_rule_costs_one_statement_a_batch_and_none_without_such_a_rule(
    make_rule: MakeRule, make_trace: MakeTrace, now: datetime
) -> None:
    rule, counted = make_rule("run(type: tool)"), []
    for filter_text, count in (("run(type: tool)", 1), ("run(type: tool)", 3), ("not run(type: llm)", 1)):
        RuleRevision.objects.filter(rule=rule).update(filter=filter_text)
        for _ in range(count):
            RunFactory(trace=make_trace(), type="tool")
        with CaptureQueriesContext(connection) as asked:
            routing.sweep(now=now)
        counted.append(sum("DISTINCT ON" in query["sql"] for query in asked))
    assert (counted, Item.objects.count()) == ([1, 1, 0], 5)


def test_sampling_keeps_the_chance_and_takes_the_hash_at_its_word(
    make_rule: MakeRule, make_trace: MakeTrace, now: datetime
) -> None:
    rule = make_rule(rate="0.5")
    traces = [make_trace() for _ in range(30)]
    routing.sweep(now=now)
    chosen = {trace.uuid for trace in traces if sampling.is_sampled(rule.uuid, trace.uuid, rate=Decimal("0.5"))}
    assert set(Item.objects.values_list("trace_uuid", flat=True)) == chosen
    assert set(Decision.objects.filter(is_sampled=True).values_list("trace__uuid", flat=True)) == chosen
    assert Decision.objects.filter(is_matched=True, probability=Decimal("0.5")).count() == 30


def test_a_rule_does_not_miss_a_judgement_that_comes_after_it_nor_act_twice(
    make_rule: MakeRule, make_trace: MakeTrace, now: datetime
) -> None:
    make_rule("verdict is bad")
    trace = make_trace()
    routing.sweep(now=now)
    assert [(one.is_matched, one.is_sampled) for one in Decision.objects.all()] == [(False, False)]
    for verdict in ("bad", "good", "bad"):
        Trace.objects.update(verdict=verdict)
        quiet_again(trace, now)
        routing.sweep(now=now)
        assert [(one.is_matched, one.is_sampled) for one in Decision.objects.all()] == [(True, True)]
        assert Item.objects.count() == 1


def test_an_item_that_somebody_removed_stays_removed(
    make_rule: MakeRule, make_trace: MakeTrace, admin: User, now: datetime
) -> None:
    make_rule("verdict is bad")
    trace = make_trace(verdict="bad")
    routing.sweep(now=now)
    queue_items.remove(item=Item.objects.get(), by=admin)
    make_rule("verdict is bad", name="Another rule for the same queue")
    quiet_again(trace, now)
    routing.sweep(now=now)
    assert [item.state for item in Item.objects.all()] == ["removed"]
    assert Decision.objects.filter(is_sampled=True).count() == 2


def test_only_rules_that_look_at_feedback_decide_on_traces_from_before_them(
    make_rule: MakeRule, make_trace: MakeTrace, now: datetime
) -> None:
    old = make_trace(status="error", verdict="bad", created_at=now - timedelta(days=1))
    new = make_trace(status="error", verdict="bad", created_at=now)
    by_status, by_verdict = make_rule("status is error", name="Status"), make_rule("verdict is bad", name="Verdict")
    routing.sweep(now=now)
    decided = set(Decision.objects.values_list("revision__rule", "trace"))
    assert decided == {(by_status.pk, new.pk), (by_verdict.pk, new.pk), (by_verdict.pk, old.pk)}


def test_rules_that_are_off_put_away_or_of_another_workspace_decide_nothing(
    make_rule: MakeRule, make_trace: MakeTrace, admin: User, now: datetime
) -> None:
    lifecycle.switch(rule=make_rule(name="Off"), is_enabled=False, by=admin)
    lifecycle.archive(rule=make_rule(name="Put away"), by=admin, now=now)
    make_rule(name="Mine")
    stranger = make_trace(project=ProjectFactory())
    mine = make_trace()
    routing.sweep(now=now)
    assert list(Decision.objects.values_list("revision__rule__name", "trace")) == [("Mine", mine.pk)]
    stranger.refresh_from_db()
    assert stranger.settled_at == now


@pytest.mark.django_db(transaction=True)
def test_a_sweep_that_is_killed_leaves_nothing_behind_and_the_next_one_does_it(
    make_rule: MakeRule, make_trace: MakeTrace, now: datetime
) -> None:
    """The connection dies in the middle of the transaction, as when the worker is killed."""
    make_rule("")
    for _ in range(5):
        make_trace()

    add = queue_items.add

    def add_and_die(**arguments: Any) -> None:
        add(**arguments)
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_terminate_backend(pg_backend_pid())")

    with mock.patch.object(queue_items, "add", add_and_die), pytest.raises(Exception, match=r"terminating|closed"):
        routing.sweep(now=now)
    connection.close()
    assert (Decision.objects.count(), Item.objects.count()) == (0, 0)
    assert Trace.objects.filter(settled_at=None).count() == 5
    assert routing.sweep(now=now) == routing.Swept(5, 5)
    assert (Decision.objects.count(), Item.objects.count()) == (5, 5)


@pytest.mark.django_db(transaction=True)
def test_two_sweeps_at_once_decide_every_trace_once(make_rule: MakeRule, make_trace: MakeTrace, now: datetime) -> None:
    make_rule("")
    for _ in range(40):
        make_trace()
    start, results = threading.Barrier(2), []

    def run() -> None:
        start.wait()
        with mock.patch.object(routing, "BATCH", 7):
            while (swept := routing.sweep(now=now)).seen_count:
                results.append(swept)
        connections.close_all()

    threads = [threading.Thread(target=run) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sum(swept.settled_count for swept in results) == 40
    assert Decision.objects.count() == 40
    assert sorted(Item.objects.values_list("number", flat=True)) == list(range(1, 41))


@pytest.mark.django_db(transaction=True)
def test_a_second_sweep_passes_over_traces_that_another_holds(make_trace: MakeTrace, now: datetime) -> None:
    held, free = make_trace(), make_trace()
    seen: list[routing.Swept] = []

    def run() -> None:
        seen.append(routing.sweep(now=now))
        connections.close_all()

    with transaction.atomic():
        list(Trace.objects.select_for_update().filter(pk=held.pk))
        thread = threading.Thread(target=run)
        thread.start()
        thread.join()
    assert seen == [routing.Swept(1, 1)]
    assert list(Trace.objects.filter(settled_at=None)) == [held]
    assert list(Trace.objects.exclude(settled_at=None)) == [free]
