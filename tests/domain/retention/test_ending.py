"""A project ends: nobody sees it, its name is free, nothing goes in any more, and a job empties it."""

from __future__ import annotations

from datetime import timedelta
from uuid import uuid4

import pytest
from django.utils import timezone

from annotation.domain.access import Actor, Capability, visible
from annotation.domain.projects import keys
from annotation.domain.projects.keys import BadKeyError
from annotation.domain.retention import deletion, ending, keeping
from annotation.domain.work import jobs
from annotation.models import AuditEvent, FailureMode, Feedback, Job, Project, Run, Trace
from tests.domain.ingest.test_store import key_of, send
from tests.factories import FailureModeFactory, FeedbackFactory, ProjectFactory, RunFactory, TraceFactory
from tests.fixtures.people import People
from tests.fixtures.spans import call, span

pytestmark = pytest.mark.django_db


def end(people: People, project: Project) -> Job | None:
    return ending.end(project=project, by=people.admin, now=timezone.now())


def drive(job: Job | None) -> Job:
    assert job is not None
    jobs.drive(job_id=job.pk, kinds={deletion.KIND: deletion.prepare})
    return Job.objects.get(pk=job.pk)


def full(people: People) -> Project:
    """A project with traces, and all that is said about it and in it."""
    project = ProjectFactory.create(workspace=people.workspace, name="evals", slug="evals")
    for number in range(3):
        trace = TraceFactory.create(project=project, thread_id=f"t{number}", run_count=1)
        RunFactory.create(trace=trace)
        FeedbackFactory.create(workspace=people.workspace, project=project, target="trace", trace_uuid=trace.uuid)
    FeedbackFactory.create(workspace=people.workspace, project=project, target="project", trace_uuid=None)
    FailureModeFactory.create(project=project)
    return project


def test_all_of_it_goes_and_nothing_else(people: People) -> None:
    project = full(people)
    other = TraceFactory.create(project=people.project)
    FeedbackFactory.create(workspace=people.workspace, target="trace", trace_uuid=other.uuid)
    job = end(people, project)
    actor = Actor(workspace=people.workspace, capabilities=frozenset(Capability), person=people.admin)
    assert list(visible(actor, Project).filter(name="evals")) == []
    assert end(people, project) is None
    done = drive(job)
    assert (done.status, done.title, done.done_count, done.total_count) == ("done", "Delete the project evals", 3, 3)
    ours = {"workspace": people.workspace}
    assert list(Trace.objects.filter(**ours).values_list("uuid", flat=True)) == [other.uuid]
    assert (Run.objects.filter(**ours).count(), FailureMode.objects.count()) == (0, 0)
    assert list(Feedback.objects.filter(**ours).values_list("trace_uuid", flat=True)) == [other.uuid]
    assert AuditEvent.objects.filter(action="project.deleted", actor_id=people.admin.pk).count() == 1


def test_its_name_is_free_and_what_is_known_of_its_traces_is_turned_away(people: People) -> None:
    key = key_of(people)
    send(key, span(1), project="evals")
    first = Project.objects.get(name="evals")
    drive(end(people, first))
    assert [*send(key, call(2, parent=1), project="evals").reasons] == [
        "the trace was deleted, and what arrives for it later is not stored"
    ]
    send(key, span(3, trace=uuid4().bytes), project="evals")
    second = Project.objects.get(name="evals", deleted_at=None)
    assert (second.slug, second.pk != first.pk, Trace.objects.get().project_id) == ("evals", True, second.pk)


def test_what_came_at_the_same_moment_goes_with_it(people: People) -> None:
    project = full(people)
    job = end(people, project)
    TraceFactory.create(project=project)  # whose sender had found the project before it ended
    assert drive(job).status == "done"
    assert not Trace.objects.filter(project=project).exists()
    TraceFactory.create(project=project)
    assert (keeping.start_due(now=timezone.now()), keeping.start_due(now=timezone.now())) == (1, 0)
    drive(Job.objects.get(status="waiting"))
    assert (Trace.objects.filter(project=project).count(), keeping.start_due(now=timezone.now())) == (0, 0)


def test_a_project_that_keys_send_to_stays(people: People) -> None:
    now = timezone.now()
    made = keys.create(
        workspace=people.workspace, name="CI", scopes=["ingest"], by=people.admin, now=now, project=people.project
    )
    with pytest.raises(ending.ProjectInUseError, match=r"CI\. Revoke"):
        end(people, people.project)
    keys.revoke(key=made.key, by=people.admin, now=now + timedelta(seconds=1))
    assert end(people, people.project) is not None
    with pytest.raises(BadKeyError, match="was deleted"):
        keys.create(
            workspace=people.workspace, name="CD", scopes=["ingest"], by=people.admin, now=now, project=people.project
        )
