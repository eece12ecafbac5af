"""The page that deletes, the page of retention, and the same over the REST interface."""

from __future__ import annotations

from datetime import timedelta
from uuid import uuid4

import pytest
from django.test import Client
from django.utils import timezone

from annotation.models import ApiKey, DeletedTrace, Job, Project
from tests.factories import RunFactory, TraceFactory
from tests.fixtures.people import People

pytestmark = pytest.mark.django_db
NEW = "/w/acme/deletions/new/"
JSON = "application/json"


@pytest.fixture
def admin(people: People) -> Client:
    return people.client(people.admin)


def test_a_trace_is_deleted_after_saying_what_goes_along(people: People) -> None:
    editor = people.client(people.editor)
    trace = TraceFactory(project=people.project, run_count=1)
    RunFactory(trace=trace)
    assert f"{NEW}?trace={trace.uuid}" in editor.get(f"/w/acme/traces/{trace.uuid}/").content.decode()
    page = " ".join(editor.get(f"{NEW}?trace={trace.uuid}").content.decode().split())
    assert '<b class="num">1</b> trace with <b class="num">1</b> step' in page
    refused = editor.post(f"{NEW}?trace={trace.uuid}", {"rows": "keep"})
    assert refused.status_code == 422
    assert "Tick this to go on." in refused.content.decode()
    assert not Job.objects.exists()
    begun = editor.post(f"{NEW}?trace={trace.uuid}", {"rows": "erase", "is_meant": "on"})
    job = Job.objects.get()
    assert begun["Location"] == f"/w/acme/jobs/{job.uuid}/"
    assert (job.plan["trace_ids"], job.plan["rows"]) == ([str(trace.uuid)], "erase")
    assert DeletedTrace.objects.get().trace_uuid == trace.uuid


def test_a_viewer_is_offered_no_deletion(people: People) -> None:
    trace = TraceFactory(project=people.project)
    assert NEW not in people.client(people.viewer).get(f"/w/acme/traces/{trace.uuid}/").content.decode()


def test_a_thread_and_a_user_are_deleted_whole(people: People, admin: Client) -> None:
    TraceFactory(project=people.project, thread_id="a/b", user_id="ada")
    assert f"{NEW}?thread=a%2Fb" in admin.get("/w/acme/threads/a/b/").content.decode()
    for what, title in (("thread=a/b", "Delete the thread a/b"), ("user=ada", "Delete everything of user ada")):
        assert title in admin.get(f"{NEW}?{what}").content.decode()
        admin.post(f"{NEW}?{what}", {"rows": "keep", "is_meant": "on"})
    assert list(Job.objects.order_by("id").values_list("title", flat=True)) == [
        "Delete the thread a/b", "Delete everything of user ada"
    ]  # fmt: skip
    assert people.client(people.editor).get(f"{NEW}?user=ada").status_code == 403


@pytest.mark.parametrize("what", ["", "thread=none", "user=none", "trace=x"])
def test_what_is_not_there_is_not_found(admin: Client, what: str) -> None:
    assert admin.get(f"{NEW}?{what}").status_code == 404


def test_a_project_is_deleted_by_typing_its_name(people: People, admin: Client) -> None:
    settings = "/w/acme/settings/projects/booking/"
    TraceFactory(project=people.project, run_count=2)
    assert f"{settings}delete/" in admin.get(settings).content.decode()
    page = " ".join(admin.get(f"{settings}delete/").content.decode().split())
    assert '<b class="num">1</b> trace with <b class="num">2</b> steps' in page
    refused = admin.post(f"{settings}delete/", {"rows": "keep", "name": "Booking"})
    assert (refused.status_code, "This is not its name" in refused.content.decode()) == (422, True)
    people.token(project=people.project)
    sent_to = admin.post(f"{settings}delete/", {"rows": "keep", "name": "booking"})
    assert (sent_to.status_code, "API keys send to this project: test." in sent_to.content.decode()) == (422, True)
    assert (Job.objects.count(), Project.objects.get(pk=people.project.pk).deleted_at) == (0, None)
    ApiKey.objects.update(revoked_at=timezone.now())
    begun = admin.post(f"{settings}delete/", {"rows": "erase", "name": "booking"})
    job = Job.objects.get()
    assert (begun["Location"], job.title, job.plan["rows"]) == (
        f"/w/acme/jobs/{job.uuid}/", "Delete the project booking", "erase"
    )  # fmt: skip
    assert admin.get(settings).status_code == 404
    assert "booking" not in admin.get("/w/acme/settings/projects/").content.decode()


def test_programs_delete_a_project(people: People) -> None:
    admin, base = people.client(people.admin), "/api/v1/projects/booking"
    assert admin.delete(f"{base}?rows=maybe").status_code == 400
    people.token(project=people.project)
    refused = admin.delete(base)
    assert (refused.status_code, refused.json()["error"]["code"]) == (409, "project_in_use")
    ApiKey.objects.update(revoked_at=timezone.now())
    answer = admin.delete(f"{base}?rows=erase")
    assert (answer.status_code, answer.json()["title"]) == (202, "Delete the project booking")
    assert Job.objects.get().plan["rows"] == "erase"
    assert (admin.get(base).status_code, admin.delete(base).status_code) == (404, 404)


def test_programs_delete_what_they_may_see(people: People) -> None:
    program, base = people.api(), "/api/v1/deletions"
    trace, foreign = TraceFactory(project=people.project), TraceFactory(project=people.other_project)
    answer = program.post(base, {"trace_ids": [str(trace.uuid), str(foreign.uuid)]}, JSON)
    assert (answer.status_code, answer.json()["kind"]) == (202, "delete_traces")
    assert Job.objects.get().plan["trace_ids"] == [str(trace.uuid)]
    assert program.post(base, {"trace_ids": [str(foreign.uuid)]}, JSON).status_code == 404
    wrong = program.post(base, {"thread_id": "t", "user_id": "ada"}, JSON)
    assert (wrong.status_code, "exactly one" in wrong.content.decode()) == (400, True)
    assert program.post(base, {"user_id": "ada", "rows": "erase"}, JSON).status_code == 202
    member = people.client(people.editor)
    assert member.post(base, {"user_id": "ada"}, JSON).status_code == 403
    assert member.post(base, {"trace_ids": [str(uuid4())]}, JSON).status_code == 404


def test_days_are_set_after_seeing_what_would_go(people: People, admin: Client) -> None:
    old = timezone.now() - timedelta(days=40)
    TraceFactory(project=people.project, started_at=old, created_at=old)
    page = f"/w/acme/settings/projects/{people.project.slug}/retention/"
    assert page in admin.get(f"/w/acme/settings/projects/{people.project.slug}/").content.decode()
    assert "would go tonight" not in admin.get(page).content.decode()
    html = " ".join(admin.get(f"{page}?days=30").content.decode().split())
    assert 'With 30 days, <b class="num">1</b> trace would go tonight' in html
    assert Project.objects.get(pk=people.project.pk).retention_days is None
    assert admin.post(page, {"days": "0"}).status_code == 422
    admin.post(page, {"days": "30"})
    assert Project.objects.get(pk=people.project.pk).retention_days == 30
    assert 'value="30"' in admin.get(page).content.decode()
    admin.post(page, {"days": ""})
    assert Project.objects.get(pk=people.project.pk).retention_days is None
