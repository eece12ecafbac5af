"""A project in which three failure modes were given: in reviews, inline and in a draft."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import pytest

from annotation.domain.feedback import inline
from annotation.domain.feedback.inline import Subject
from annotation.domain.queues import items, rubric_versions, subjects
from annotation.domain.queues.reasons import Reason
from annotation.domain.reviews import drafts, submit
from annotation.domain.reviews.content import Evidence, ReviewInput, StepJudgement
from annotation.models import Draft, FailureMode, Feedback, Item, Membership, Project, Review, User
from tests.factories.accounts import MembershipFactory
from tests.factories.queues import QueueFactory
from tests.factories.traces import RunFactory, TraceFactory

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Coded:
    """`items` are three traces in a queue; `one` and `other` review, `editor` works on the taxonomy."""

    project: Project
    items: list[Item]
    one: User
    other: User
    editor: User

    def review(self, number: int, by: User, *labels: str, quote: str = "") -> Review:
        """Submit labels on an item, the first with a passage."""
        evidence = (Evidence(label=labels[0], text=quote),) if quote else ()
        given = ReviewInput(answers={"thumbs": "down"}, labels=labels, evidence=evidence)
        return submit.submit(item=self.items[number], by=by, answers=given, now=NOON)

    def mode(self, name: str) -> FailureMode:
        """The mode of this name."""
        return FailureMode.objects.get(project=self.project, name=name)

    def uses(self) -> dict[str, int]:
        """How often each mode is given, by feedback."""
        found: dict[str, int] = {}
        for name in Feedback.objects.filter(key="label").values_list("failure_mode__name", flat=True):
            found[str(name)] = found.get(str(name), 0) + 1
        return found

    def everything(self) -> dict[str, Any]:
        """All that a change may touch."""
        said = Feedback.objects.filter(key="label").order_by("pk")
        return {
            "modes": set(
                FailureMode.objects.filter(merged_into=None).values_list("uuid", "name", "definition", "group")
            ),
            "feedback": list(said.values_list("pk", "failure_mode__uuid", "value")),
            "reviews": list(Review.objects.order_by("pk").values_list("pk", "labels", "steps", "modified_at")),
            "drafts": list(Draft.objects.order_by("pk").values_list("pk", "content", "saved_at")),
        }


@pytest.fixture
def coded(db: None) -> Coded:
    """Wrong policy 3 times (once inline), Tone twice (once on a step), Policy old twice; one draft names Policy old and Tone."""
    queue = QueueFactory(reviewers_per_item=2)
    people = [
        MembershipFactory(workspace=queue.workspace, role=role).user
        for role in (Membership.Role.REVIEWER, Membership.Role.REVIEWER, Membership.Role.EDITOR)
    ]
    rubric_versions.current(queue)
    first = TraceFactory(project__workspace=queue.workspace)
    traces = [first, *(TraceFactory(project=first.project) for _ in range(2))]
    added = items.add(queue=queue, subjects=[subjects.of_trace(one.uuid) for one in traces], reason=Reason()).added
    made = Coded(first.project, list(added), *people)
    made.review(0, made.one, "Wrong policy", "Tone", quote="all of it")
    made.review(0, made.other, "Policy old", "Wrong policy", quote="by the old rules")
    made.review(1, made.one, "Policy old", quote="as of 2019")
    run = RunFactory(trace=traces[1])
    given = ReviewInput(answers={"thumbs": "down"}, steps=(StepJudgement(run=run.uuid, labels=("Tone",)),))
    submit.submit(item=added[1], by=made.other, answers=given, now=NOON)
    inline.label(subject=Subject(traces[2]), name="Wrong policy", by=made.editor, now=NOON)
    typed = ReviewInput(labels=("policy OLD", "Tone"), evidence=(Evidence(label="policy OLD", text="hm"),), note="so")
    drafts.save(item=added[2], by=made.one, content=typed, now=NOON)
    return made
