"""Queues filled with the threads of matching traces, or with the steps that a filter names."""

from __future__ import annotations

from decimal import Decimal
from typing import Literal

import pytest

from annotation.domain.queues import filling, items, subjects, unfilling
from annotation.domain.queues.reasons import Reason
from annotation.domain.traces.filters import FilterError
from annotation.models import Item, Project, Queue, Trace, User
from tests.domain.queues.filling.conftest import NOON, SEED, driven
from tests.factories import (
    ProjectFactory,
    RunFactory,
    TraceFactory,
)

pytestmark = pytest.mark.django_db


def test_threads_of_matching_traces_go_in_once_each_and_out_again(
    project: Project, queue: Queue, by: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(filling, "BATCH", 2)
    elsewhere = ProjectFactory(workspace=project.workspace)
    for said in ("a", "b", "a", "c", "b", "a", ""):
        TraceFactory(project=project, thread_id=said, latency_ms=9000)
    TraceFactory(project=project, thread_id="fast", latency_ms=10)
    TraceFactory(project=elsewhere, thread_id="a", latency_ms=9000)
    TraceFactory(thread_id="d", latency_ms=9000)  # of another workspace
    of = [subjects.of_thread(project.pk, said) for said in "abc"] + [subjects.of_thread(elsewhere.pk, "a")]
    _stands, gone = items.add(queue=queue, subjects=of[1:3], reason=Reason()).added
    items.remove(item=gone, by=by)
    plan = filling.plan(queue=queue, filter_text="latency > 2s", kind="thread", by=by, now=NOON)
    shown = filling.preview(plan, queue=queue)
    found = (shown.matched_count, shown.chosen_count, shown.new_count, shown.present_count, shown.removed_count)
    assert (found, shown.loose_count) == ((4, 4, 2, 1, 1), 11)
    job = driven(filling.start(plan, queue=queue, by=by))
    assert (job.result, job.total_count) == ({"added": 2, "restored": 0, "present": 1, "removed": 1, "over": 0}, 4)
    new = Item.objects.filter(number__gt=2).order_by("number")
    assert [(item.kind, item.subject, item.thread_id, item.trace_uuid) for item in new] == [
        ("thread", one.text, "a", None) for one in (of[0], of[3])
    ]
    assert (new[0].reason["filter"], new[0].reason["why"]) == ("latency > 2s", ["in a trace of it"])
    again = driven(filling.start(plan, queue=queue, by=by))
    assert again.result == {"added": 0, "restored": 0, "present": 3, "removed": 1, "over": 0}
    assert driven(unfilling.start(job=job, by=by)).result == {"taken_out": 2, "stayed": 0}
    assert set(Item.objects.values_list("subject", "state")) == {(of[1].text, "open"), (of[2].text, "removed")}


def test_the_steps_that_match_go_in_trace_by_trace_once_each_and_out_again(
    project: Project, queue: Queue, by: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(filling, "STEPS_BATCH", 2)
    early, late = Trace.objects.filter(latency_ms=5000).order_by("id")[:2]
    fast = Trace.objects.filter(latency_ms=10)[0]
    failed = {"type": "tool", "name": "search", "status": "error"}
    last, *wanted = [RunFactory(trace=trace, **failed) for trace in (late, early, early, early)]
    wanted.append(last)
    for other in ({"trace": early, **failed, "status": "ok"}, {"trace": late, **failed, "name": "book"}):
        RunFactory(**other)
    RunFactory(trace=fast, **failed)  # of a trace that does not match
    RunFactory(trace=TraceFactory(project=ProjectFactory(workspace=project.workspace), latency_ms=5000), **failed)
    RunFactory(trace=TraceFactory(latency_ms=5000), **failed)  # of another workspace
    of = [subjects.of_run(run.trace.uuid, run.uuid) for run in wanted]
    _stands, gone = items.add(queue=queue, subjects=of[1:3], reason=Reason()).added
    items.remove(item=gone, by=by)
    text = "run(search, type: tool, status: error) and latency > 2s and not run(hand_over)"
    plan = filling.plan(queue=queue, filter_text=text, kind="run", project=project, by=by, now=NOON)
    RunFactory(trace=early, **failed)  # came later
    shown = filling.preview(plan, queue=queue)
    found = (shown.matched_count, shown.chosen_count, shown.new_count, shown.present_count, shown.removed_count)
    assert (found, shown.loose_count, len(shown.examples)) == ((4, 4, 2, 1, 1), 0, 4)
    job = driven(filling.start(plan, queue=queue, by=by))
    assert (job.result, job.total_count) == ({"added": 2, "restored": 0, "present": 1, "removed": 1, "over": 0}, 4)
    new = Item.objects.filter(number__gt=2).order_by("number")
    assert [(item.kind, item.subject, item.trace_uuid, item.run_uuid) for item in new] == [
        ("run", one.text, one.trace_uuid, one.run_uuid) for one in (of[0], of[3])
    ]
    assert (new[0].reason["filter"], new[0].reason["why"]) == (text, [f"of {project.name}"])
    again = driven(filling.start(plan, queue=queue, by=by))
    assert again.result == {"added": 0, "restored": 0, "present": 3, "removed": 1, "over": 0}
    assert driven(unfilling.start(job=job, by=by)).result == {"taken_out": 2, "stayed": 0}
    assert set(Item.objects.values_list("subject", "state")) == {(of[1].text, "open"), (of[2].text, "removed")}


@pytest.mark.parametrize("sample", [None, 9])
def test_a_trace_that_comes_into_the_queue_by_its_first_steps_keeps_the_others(
    project: Project, queue: Queue, by: User, monkeypatch: pytest.MonkeyPatch, sample: int | None
) -> None:
    monkeypatch.setattr(filling, "STEPS_BATCH", 2)
    for trace in Trace.objects.order_by("id")[:2]:
        RunFactory.create_batch(5, trace=trace, type="tool")
        RunFactory(trace=trace, type="llm")
    text = "not in queue and run(type: tool)"
    plan = filling.plan(queue=queue, filter_text=text, kind="run", sample=sample, seed=SEED, by=by, now=NOON)
    RunFactory(trace=Trace.objects.order_by("id")[0], type="tool")  # came later
    count = sample or 10
    assert filling.preview(plan, queue=queue).chosen_count == count
    job = driven(filling.start(plan, queue=queue, by=by))
    assert (job.done_count, job.result["added"], Item.objects.count()) == (count, count, count)


def test_threads_that_are_in_no_queue_go_in_though_their_turns_are_in_one_then(
    project: Project, queue: Queue, by: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(filling, "BATCH", 2)
    for said in "abcabdaec":
        TraceFactory(project=project, thread_id=said)
    for sample, total in ((3, 3), (None, 5)):
        plan = filling.plan(
            queue=queue, filter_text="not in queue", kind="thread", sample=sample, seed=SEED, by=by, now=NOON
        )
        expected = filling.preview(plan, queue=queue).new_count
        assert driven(filling.start(plan, queue=queue, by=by)).result["added"] == expected
        assert set(Item.objects.values_list("kind", flat=True)) == {"thread"}
        assert Item.objects.count() == total


def test_steps_are_filled_only_by_a_filter_that_names_them(queue: Queue, by: User) -> None:
    for text in ("latency > 2s", "not run(type: tool)", ""):
        plan = filling.plan(queue=queue, filter_text=text, kind="run", by=by, now=NOON)
        with pytest.raises(FilterError, match="does not say which steps"):
            filling.preview(plan, queue=queue)


@pytest.mark.parametrize(("kind", "why"), [("thread", ["in a trace of it"]), ("run", [])])
def test_threads_and_steps_are_drawn_by_chance_like_traces(
    project: Project, queue: Queue, by: User, kind: Literal["thread", "run"], why: list[str]
) -> None:
    for number in range(8):
        trace = TraceFactory(project=project, thread_id=f"t{number // 2}", latency_ms=9000)
        RunFactory(trace=trace, type="tool" if number % 2 else "llm")
    text = "latency > 2s and run(type: tool)"
    plan = filling.plan(queue=queue, filter_text=text, kind=kind, sample=2, seed=SEED, by=by, now=NOON)
    shown = filling.preview(plan, queue=queue)
    assert (shown.matched_count, shown.chosen_count, shown.new_count) == (4, 2, 2)
    job = driven(filling.start(plan, queue=queue, by=by))
    noun = plan.thing.noun
    assert (job.title, job.result["added"]) == (f"Add to “{queue}”: 2 {noun}s by chance", 2)
    assert set(Item.objects.values_list("subject", "probability")) == {
        (plan.thing.subject(row).text, Decimal("0.5")) for row in shown.examples
    }
    assert Item.objects.all()[0].reason["why"] == [*why, f"2 of 4 {noun}s by chance"]
