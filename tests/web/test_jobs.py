"""Long work on its pages."""

from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.test import Client

from annotation.models import AuditEvent, Job
from tests.fixtures.people import People

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
PART = {"HX-Request": "true"}


@pytest.fixture
def job(people: People) -> Job:
    return Job.objects.create(
        workspace=people.workspace,
        kind="import",
        title="Import <b>all</b>",
        status=Job.Status.RUNNING,
        total_count=400,
        done_count=100,
        started_at=NOW - timedelta(minutes=1),
        problem_count=1,
        problems=[{"place": "line 7", "message": "No messages."}],
    )


@time_machine.travel(NOW, tick=False)
def test_a_running_job_says_how_far_it_is_and_asks_again(people: People, job: Job) -> None:
    answer = people.client(people.viewer).get(f"/w/acme/jobs/{job.uuid}/")
    page = " ".join(answer.content.decode().split())
    for words in ("100 of 400", "100 a minute", "until about 12:03:00 UTC", "line 7", "No messages."):
        assert words in page
    assert 'hx-trigger="every 2s"' in page
    assert "Import &lt;b&gt;all&lt;/b&gt;" in page
    assert "data-confirm" not in page


def test_an_ended_job_ends_the_asking(people: People, job: Job) -> None:
    client = people.client(people.viewer)
    assert client.get(f"/w/acme/jobs/{job.uuid}/", headers=PART).status_code == 200
    Job.objects.update(status=Job.Status.DONE, finished_at=NOW)
    part = client.get(f"/w/acme/jobs/{job.uuid}/", headers=PART)
    assert part.status_code == 286
    page = " ".join(part.content.decode().split())
    assert page.startswith('<section class="content narrow" id="job" >')
    assert "hx-trigger" not in page


def test_an_editor_stops_a_job_once(people: People, job: Job) -> None:
    client = people.client(people.editor)
    assert client.post(f"/w/acme/jobs/{job.uuid}/cancel/")["Location"] == f"/w/acme/jobs/{job.uuid}/"
    assert "The job is stopped." in client.get(f"/w/acme/jobs/{job.uuid}/").content.decode()
    client.post(f"/w/acme/jobs/{job.uuid}/cancel/")
    assert AuditEvent.objects.filter(action="job.cancelled").count() == 1


def test_jobs_are_listed_page_by_page(people: People, job: Job) -> None:
    Job.objects.bulk_create(Job(workspace=people.workspace, kind="x", title=f"job {n}") for n in range(50))
    client: Client = people.client(people.viewer)
    first = client.get("/w/acme/jobs/")
    assert len(first.context["jobs"]) == 50
    older = client.get("/w/acme/jobs/", {"cursor": first.context["older"]})
    assert [one.job.title for one in older.context["jobs"]] == ["Import <b>all</b>"]
    assert client.get("/w/acme/jobs/", {"cursor": "x"}).status_code == 404


def test_an_empty_list_says_what_will_stand_there(people: People) -> None:
    assert "No jobs yet" in people.client(people.viewer).get("/w/acme/jobs/").content.decode()
