"""What each kind of caller sees of each model."""

from __future__ import annotations

from uuid import uuid4

import pytest
from django.utils import timezone

from annotation.domain.access import Actor, Capability, found, member_actor, open_queues, visible
from annotation.domain.projects import keys
from annotation.models import (
    ApiKey,
    Dataset,
    Feedback,
    Item,
    Membership,
    Project,
    Queue,
    Review,
    RubricVersion,
    Run,
    Trace,
    User,
    Workspace,
)
from tests.fixtures.people import People

pytestmark = pytest.mark.django_db


def _actor(people: People, user: User) -> Actor:
    return member_actor(Membership.objects.select_related("workspace", "user").get(user=user))


def _trace(workspace: Workspace, project: Project, thread: str | None = None) -> Trace:
    return Trace.objects.create(
        workspace=workspace, project=project, uuid=uuid4(), started_at=timezone.now(), thread_id=thread
    )


def _item(queue: Queue, number: int, **what: object) -> Item:
    return Item.objects.create(workspace=queue.workspace, queue=queue, number=number, **what)


def _queue(people: People, name: str, **how: object) -> Queue:
    return Queue.objects.create(workspace=people.workspace, name=name, **how)


def test_nobody_sees_another_workspace(people: People) -> None:
    ours, theirs = _trace(people.workspace, people.project), _trace(people.elsewhere, people.other_project)
    for user in (people.viewer, people.editor, people.admin):
        assert list(visible(_actor(people, user), Trace)) == [ours]
    assert list(visible(_actor(people, people.outsider), Trace)) == [theirs]
    with pytest.raises(Trace.DoesNotExist):
        found(_actor(people, people.admin), Trace, theirs.uuid)


def test_a_reviewer_sees_the_queues_that_are_open(people: People) -> None:
    _queue(people, "for all")
    _queue(people, "draft", status="draft")
    _queue(people, "archived", status="archived")
    _queue(people, "paused", status="paused")
    _queue(people, "for others", is_open_to_all=False).reviewers.add(people.editor)
    _queue(people, "named", is_open_to_all=False).reviewers.add(people.reviewer, people.editor)
    seen = open_queues(_actor(people, people.reviewer)).order_by("name")
    assert [queue.name for queue in seen] == ["for all", "named", "paused"]


def test_a_reviewer_sees_what_stands_in_those_queues(people: People) -> None:
    """A trace by its own item, as one of a pair, or as part of a thread of the same project; never by a removed item."""
    queue = _queue(people, "open")
    closed = _queue(people, "closed", is_open_to_all=False)
    other = Project.objects.create(workspace=people.workspace, name="other", slug="other")
    own, left, right, turn, foreign_turn, hidden, removed = (
        _trace(people.workspace, project, thread)
        for project, thread in [
            (people.project, None), (people.project, None), (people.project, None), (people.project, "t"),
            (other, "t"), (people.project, None), (people.project, None),
        ]
    )  # fmt: skip
    _item(queue, 1, kind="trace", subject=f"trace:{own.uuid}", trace_uuid=own.uuid)
    _item(queue, 2, kind="pair", subject="pair", trace_uuid=left.uuid, other_trace_uuid=right.uuid)
    _item(queue, 3, kind="thread", subject=f"thread:{people.project.pk}:t", thread_id="t")
    _item(closed, 1, kind="trace", subject=f"trace:{hidden.uuid}", trace_uuid=hidden.uuid)
    _item(queue, 4, kind="trace", subject=f"trace:{removed.uuid}", trace_uuid=removed.uuid, state="removed")
    run = Run.objects.create(
        workspace=people.workspace, trace=own, uuid=uuid4(), external_id="a", started_at=own.started_at, start_nano=1
    )
    Run.objects.create(
        workspace=people.workspace, trace=hidden, uuid=uuid4(), external_id="b", started_at=own.started_at, start_nano=1
    )
    actor = _actor(people, people.reviewer)
    assert set(visible(actor, Trace)) == {own, left, right, turn}
    assert foreign_turn not in visible(actor, Trace)
    assert list(visible(actor, Run)) == [run]
    assert {item.number for item in visible(actor, Item)} == {1, 2, 3}
    assert not visible(actor, Dataset).exists()
    assert not visible(actor, Membership).exists()


def test_a_reviewer_sees_their_own_reviews_and_words_only(people: People) -> None:
    queue = _queue(people, "open")
    rubric = RubricVersion.objects.create(queue=queue, number=1)
    trace = _trace(people.workspace, people.project)
    item = _item(queue, 1, kind="trace", subject=f"trace:{trace.uuid}", trace_uuid=trace.uuid)
    reviews = {
        user: Review.objects.create(item=item, reviewer=user, rubric=rubric)
        for user in (people.reviewer, people.editor)
    }
    words = {
        user: Feedback.objects.create(
            workspace=people.workspace,
            target="trace",
            trace_uuid=trace.uuid,
            key="thumbs",
            source="reviewer",
            author=user,
        )
        for user in (people.reviewer, people.editor)
    }
    actor = _actor(people, people.reviewer)
    assert list(visible(actor, Review)) == [reviews[people.reviewer]]
    assert list(visible(actor, Feedback)) == [words[people.reviewer]]
    assert visible(_actor(people, people.viewer), Review).count() == 2


def test_a_key_of_one_project_stays_in_it(people: People) -> None:
    other = Project.objects.create(workspace=people.workspace, name="other", slug="other")
    inside, _outside = _trace(people.workspace, people.project), _trace(people.workspace, other)
    _queue(people, "open")
    made = keys.create(
        workspace=people.workspace,
        name="bound",
        scopes=ApiKey.Scope.values,
        by=people.admin,
        now=timezone.now(),
        project=people.project,
    )
    actor = keys.authenticate(made.token, now=timezone.now())
    assert list(visible(actor, Trace)) == [inside]
    assert list(visible(actor, Project)) == [people.project]
    assert not visible(actor, Queue).exists()
    assert actor.capabilities == {Capability.INGEST, Capability.READ, Capability.GIVE_FEEDBACK}


def test_a_model_that_nobody_placed_is_refused(people: People) -> None:
    with pytest.raises(KeyError):
        visible(_actor(people, people.admin), User)
