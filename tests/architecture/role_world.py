"""Two workspaces with one of everything in each, and everybody who may come along."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

from django.test import Client
from django.utils import timezone

from annotation.domain.notices import wishes
from annotation.domain.projects import accounts, invitations, keys
from annotation.models import (
    ApiKey,
    Dataset,
    DatasetVersion,
    Delivery,
    Example,
    FailureMode,
    Feedback,
    FeedbackConfig,
    FeedbackLink,
    Item,
    Job,
    Membership,
    ModelPrice,
    Notice,
    Project,
    Queue,
    Review,
    RubricVersion,
    Rule,
    RuleRevision,
    Run,
    RunShare,
    SavedView,
    TaxonomyChange,
    Trace,
    User,
    Webhook,
    Workspace,
)

Role, Scope = Membership.Role, ApiKey.Scope
LONG_AGO, MUCH_LATER = datetime(2026, 1, 1, tzinfo=UTC), datetime(2099, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class World:
    """`ours` and `theirs` name one thing of each kind by what stands for it in addresses."""

    ours: dict[str, str]
    theirs: dict[str, str]
    clients: dict[str, Client]


def build() -> World:
    """`clients` are the personas; the queue of the items is open to `invited`, not to `reviewer`."""
    acme, other = (Workspace.objects.create(slug=slug, name=slug.title()) for slug in ("acme", "other"))
    members = {role: _member(acme, role.value, role) for role in Role}
    invited, outsider = _member(acme, "invited", Role.REVIEWER), _member(other, "outsider", Role.ADMIN)
    ours = _things(acme, members[Role.ADMIN], members[Role.VIEWER], invited)
    theirs = _things(other, outsider, outsider, outsider)
    project = Project.objects.get(workspace=acme)
    clients = {
        "anonymous": Client(),
        "outsider": _signed_in(outsider),
        "viewer": _signed_in(members[Role.VIEWER]),
        "reviewer": _signed_in(members[Role.REVIEWER]),
        "invited": _signed_in(invited),
        "editor": _signed_in(members[Role.EDITOR]),
        "admin": _signed_in(members[Role.ADMIN]),
        "ingest key": _program(acme, members[Role.ADMIN], Scope.INGEST),
        "read key": _program(acme, members[Role.ADMIN], Scope.READ),
        "write key": _program(acme, members[Role.ADMIN], Scope.WRITE),
        "project key": _program(acme, members[Role.ADMIN], Scope.INGEST, Scope.WRITE, project=project),
        "foreign key": _program(other, outsider, Scope.WRITE, Scope.INGEST),
        "revoked key": _program(acme, members[Role.ADMIN], Scope.WRITE, revoked=True),
        "expired key": _program(acme, members[Role.ADMIN], Scope.WRITE, expires_in=timedelta(seconds=1)),
    }
    for client in clients.values():
        client.raise_request_exception = False  # a crash is an answer too, and a wrong one
    ApiKey.objects.filter(expires_at__isnull=False).update(expires_at=LONG_AGO)
    return World(ours, theirs, clients)


def _member(workspace: Workspace, name: str, role: str) -> User:
    user = User.objects.create_user(f"{name}@{workspace.slug}.example", "correct horse", name=name)
    Membership.objects.create(workspace=workspace, user=user, role=role)
    return user


def _signed_in(user: User) -> Client:
    client = Client()
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    return client


def _program(
    workspace: Workspace,
    by: User,
    *scopes: str,
    project: Project | None = None,
    expires_in: timedelta | None = None,
    revoked: bool = False,
) -> Client:
    now = timezone.now()
    made = keys.create(
        workspace=workspace,
        name="of the table",
        scopes=scopes,
        by=by,
        now=now,
        project=project,
        expires_at=now + expires_in if expires_in else None,
    )
    if revoked:
        keys.revoke(key=made.key, by=by, now=now)
    return Client(headers={"x-api-key": made.token})


def _things(workspace: Workspace, admin: User, viewer: User, reviewer: User) -> dict[str, str]:
    """One of everything. Addresses of both workspaces differ in every id."""
    project = Project.objects.create(workspace=workspace, name=f"p-{workspace.slug}", slug=f"p-{workspace.slug}")
    trace = Trace.objects.create(
        workspace=workspace,
        project=project,
        uuid=uuid4(),
        name="trip",
        started_at=LONG_AGO,
        thread_id=f"t-{workspace.slug}",
    )
    run = Run.objects.create(
        workspace=workspace,
        trace=trace,
        uuid=uuid4(),
        external_id="00f067aa0ba902b7",
        started_at=LONG_AGO,
        start_nano=1,
    )
    things = _work(workspace, project, trace, admin, reviewer) | _settings(workspace, project, admin)
    feedback = Feedback.objects.create(
        workspace=workspace,
        project=project,
        target="trace",
        trace_uuid=trace.uuid,
        key="thumbs",
        score=1,
        source="user",
    )
    things |= {
        "workspace": workspace.slug,
        "project": project.slug,
        "project uuid": str(project.uuid),
        "tenant": str(workspace.uuid),
        "session": project,
        "trace": trace,
        "run": run,
        "thread": f"t-{workspace.slug}",
        "number": "1",
    }
    link = FeedbackLink.objects.create(
        workspace=workspace, run_uuid=run.uuid, key="thumbs", client_id=str(uuid4()), expires_at=MUCH_LATER
    )
    share = RunShare.objects.create(workspace=workspace, run_uuid=run.uuid)
    things |= {"feedback link": link, "run share": share}
    things |= {"feedback": feedback, "member": viewer, "viewer": viewer}
    return {name: thing if isinstance(thing, str) else str(thing.uuid) for name, thing in things.items()}


def _work(workspace: Workspace, project: Project, trace: Trace, admin: User, reviewer: User) -> dict[str, Any]:
    dataset = Dataset.objects.create(workspace=workspace, name="rows", version=1, example_count=1)
    DatasetVersion.objects.create(dataset=dataset, number=1, added_count=1, example_count=1)
    example = Example.objects.create(
        dataset=dataset, uuid=uuid4(), number=1, valid_from=1, inputs={"q": "1"}, outputs={"a": "2"}
    )
    queue = Queue.objects.create(workspace=workspace, name="Refunds", is_open_to_all=False, target_dataset=dataset)
    queue.reviewers.add(reviewer)
    queue.rubric = RubricVersion.objects.create(queue=queue, number=1)
    queue.save(update_fields=["rubric"])
    item = Item.objects.create(
        workspace=workspace, queue=queue, number=1, kind="trace", subject=f"trace:{trace.uuid}", trace_uuid=trace.uuid
    )
    reviewed = Item.objects.create(
        workspace=workspace, queue=queue, number=2, kind="run", subject=f"run:{uuid4()}", trace_uuid=trace.uuid
    )
    review = Review.objects.create(item=reviewed, reviewer=reviewer, rubric=queue.rubric, correction_state="none")
    rule = Rule.objects.create(workspace=workspace, name="Errors", is_enabled=False)
    rule.current = RuleRevision.objects.create(rule=rule, number=1, filter="status = error", sample_rate=1)
    rule.save(update_fields=["current"])
    job = Job.objects.create(workspace=workspace, kind="of the table", title="Job", status=Job.Status.DONE)
    view = SavedView.objects.create(workspace=workspace, name="Errors", filter="status = error")
    return {
        "dataset": dataset,
        "example": example,
        "queue": queue,
        "item": item,
        "review": review,
        "rule": rule,
        "job": job,
        "view": view,
    }


def _settings(workspace: Workspace, project: Project, admin: User) -> dict[str, Any]:
    invited = invitations.invite(
        workspace=workspace, email=f"guest@{workspace.slug}.example", role=Role.VIEWER, by=admin, now=timezone.now()
    )
    key = keys.create(workspace=workspace, name="a key", scopes=[Scope.READ], by=admin, now=timezone.now()).key
    config = FeedbackConfig.objects.create(workspace=workspace, key="csat", kind="number", good_from=4)
    price = ModelPrice.objects.create(workspace=workspace, model="small", input=1, output=2, valid_from=LONG_AGO.date())
    forgetful = _member(workspace, "forgetful", Role.VIEWER)  # signing in would end the link
    mode = FailureMode.objects.create(project=project, name="Wrong date")
    change = TaxonomyChange.objects.create(project=project, kind="grouped", detail={"groups": {}, "to": "Dates"})
    hook = Webhook.objects.create(workspace=workspace, name="Chat", url="https://127.0.0.1/", kinds=["queue.done"])
    notice = Notice.objects.create(workspace=workspace, kind="queue.done", happened_at=LONG_AGO)
    delivery = Delivery.objects.create(webhook=hook, notice=notice, due_at=LONG_AGO)
    who, token = accounts.reset_path(forgetful).strip("/").split("/")[-2:]
    return {
        "invitation": invited.invitation,
        "invitation token": invited.token,
        "key": key,
        "feedback config": config,
        "price": price,
        "failure mode": mode,
        "taxonomy change": change,
        "unsubscribe token": wishes.stop_token(forgetful, ["queue.done"]),
        "webhook": hook,
        "delivery": delivery,
        "reset who": who,
        "reset token": token,
    }
