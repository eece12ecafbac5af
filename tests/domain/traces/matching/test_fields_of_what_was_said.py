"""Fields that ask for feedback, labels and queues, against rows in PostgreSQL."""

from __future__ import annotations

from uuid import uuid4

import pytest

from annotation.domain.queues import subjects
from annotation.models import Item, Project
from tests.domain.traces.matching.conftest import Passing
from tests.factories import (
    FailureModeFactory,
    FeedbackFactory,
    ItemFactory,
    QueueFactory,
    TraceFactory,
)


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ('feedback("thumbs", source: user) < 1', "one"),
        ('feedback("thumbs") = 1', "two"),
        ('feedback("thumbs") exists', "one two"),
        ("feedback(source any of (user, judge))", "one three"),
        ('feedback("topic") is billing', "three"),
        ('feedback("topic") any of (billing, refunds)', "two three"),
        ('feedback("topic") contains REF', "two"),
        ('feedback("topic") matches /^bill/', "three"),
        ('feedback("topic") is not billing', "two"),
        ('not feedback("topic") is billing', "one two four"),
        ('feedback(comment contains "wrong date")', "one"),
        ("feedback(score exists)", "one two"),
        ("feedback(value exists)", "two three"),
        ("feedback(key: stars, score > 3.5)", "two"),
        ("not feedback()", "four"),
    ],
)
def test_one_feedback_meets_all_conditions_at_once(project: Project, passing: Passing, text: str, names: str) -> None:
    one, two, three, _ = (TraceFactory(project=project, name=name) for name in ("one", "two", "three", "four"))
    FeedbackFactory(trace=one, key="thumbs", score=0.0, source="user", comment="Wrong date again")
    FeedbackFactory(trace=two, key="thumbs", score=1.0, source="reviewer")
    FeedbackFactory(trace=two, key="stars", score=4.0, source="api")
    FeedbackFactory(trace=two, key="topic", value=["refunds", "tone"], source="reviewer")
    FeedbackFactory(trace=three, key="topic", value="billing", source="judge")
    assert passing(text) == set(names.split())


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ('label is "Wrong policy"', "one two"),
        ("label is tone", "two"),
        ('label any of ("wrong POLICY", Tone)', "one two"),
        ("label contains polic", "one two"),
        ("label matches /^Wrong/", "one two"),
        ('label is "Policy outdated"', "one two"),  # what it became
        ("label_group is policies", "one two"),
        ("label_group exists", "one two"),
        ("label_group is not policies", "three"),
        ("label exists", "one two"),
        ("not label exists", "three"),
        ('label is not "Policy outdated"', "three"),
        ("layer is harness", "one"),
        ("layer any of (harness, context)", "one three"),
        ("layer is not harness", "two three"),
        ("layer exists", "one three"),
    ],
)
def test_labels_and_layers(project: Project, passing: Passing, text: str, names: str) -> None:
    one, two, three = (TraceFactory(project=project, name=name) for name in ("one", "two", "three"))
    policy, tone = (
        FailureModeFactory(project=project, name="Wrong policy", group="Policies"),
        FailureModeFactory(project=project, name="Tone"),
    )
    outdated = FailureModeFactory(project=project, name="Policy outdated", group="Policies", merged_into=policy)
    FeedbackFactory(trace=one, key="label", failure_mode=outdated, source="reviewer")
    FeedbackFactory(trace=two, key="label", failure_mode=policy, source="reviewer")
    FeedbackFactory(trace=two, key="label", failure_mode=tone, source="reviewer")
    FeedbackFactory(trace=one, key="layer", value="harness", source="reviewer")
    FeedbackFactory(trace=three, key="layer", value="context", source="reviewer")
    assert passing(text) == set(names.split())


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("in queue", "one two five six"),
        ("not in any queue", "three four"),
        ("in queue Talks", "five six"),
        ('in queue "refund PROMISES"', "one"),
        ("queue any of (Other, Third)", "two"),
        ("queue contains promise", "one"),
        ("queue is not Other", "one three four five six"),
    ],
)
def test_queues(project: Project, passing: Passing, text: str, names: str) -> None:
    one, two, three, four = (TraceFactory(project=project, name=name) for name in ("one", "two", "three", "four"))
    promises = QueueFactory(workspace=project.workspace, name="Refund promises")
    other = QueueFactory(workspace=project.workspace, name="Other")
    ItemFactory(queue=promises, trace=one, state=Item.State.DONE)
    ItemFactory(queue=other, trace=two)
    ItemFactory(queue=other, trace=three, state=Item.State.REMOVED)
    five, six = (
        TraceFactory(project=project, name=name, thread_id=thread) for name, thread in (("five", "t"), ("six", ""))
    )
    talks = QueueFactory(workspace=project.workspace, name="Talks")
    thread = subjects.of_thread(project.pk, "t")
    ItemFactory(queue=talks, trace=five, trace_uuid=None, kind="thread", thread_id="t", subject=thread.text)
    ItemFactory(queue=talks, trace=four, trace_uuid=uuid4(), other_trace_uuid=six.uuid, kind="pair")
    assert passing(text) == set(names.split())
