"""Runs that are shared by a link: who may share, what whoever has the link sees, and what not."""

from __future__ import annotations

from uuid import uuid4

import pytest
from django.test import Client, RequestFactory
from django.utils import timezone

from annotation.api.langsmith.runs import attached
from annotation.domain.ingest import attachments
from annotation.domain.ingest.attachments import Attached
from annotation.domain.retention import deletion
from annotation.domain.retention.deletion import DeletionPlan
from annotation.domain.work import jobs
from annotation.models import Attachment, AuditEvent, FeedbackLink, RunShare
from tests.api.langsmith.conftest import Sdk, stored_trace
from tests.factories.datasets import DatasetFactory
from tests.factories.traces import RunFactory
from tests.fixtures.people import People

pytestmark = pytest.mark.django_db


def test_a_run_is_shared_read_and_taken_back(people: People, sdk: Sdk) -> None:
    _, [root, step] = stored_trace(people.project)
    assert sdk.ok("GET", f"/runs/{root.uuid}/share") is None
    token = str(uuid4())
    shared = sdk.ok("PUT", f"/runs/{root.uuid}/share", {"run_id": str(root.uuid), "share_token": token})
    assert shared == {"run_id": str(root.uuid), "share_token": token}
    again = sdk.ok("PUT", f"/runs/{root.uuid}/share", {"run_id": str(root.uuid), "share_token": str(uuid4())})
    assert again == shared == sdk.ok("GET", f"/runs/{root.uuid}/share")
    anybody = Client()
    answer = anybody.get(f"/api/v1/public/{token}/run")
    assert (answer.json()["id"], answer.json()["name"]) == (str(root.uuid), "agent")
    assert (answer["X-Robots-Tag"], answer["Cache-Control"]) == ("noindex", "private, no-store")
    assert anybody.get(f"/public/{token}/run/{step.uuid}").json()["name"] == "step 0"
    listed = anybody.post(f"/api/v1/public/{token}/runs/query", {}, content_type="application/json").json()
    assert ([run["id"] for run in listed["runs"]], listed["cursors"]["next"]) == (
        [str(root.uuid), str(step.uuid)],
        None,
    )
    some = anybody.post(f"/api/v1/public/{token}/runs/query", {"id": [str(step.uuid)]}, content_type="application/json")
    assert [run["id"] for run in some.json()["runs"]] == [str(step.uuid)]
    page = anybody.get(f"/public/{token}/r")
    assert (page.status_code, page["X-Robots-Tag"]) == (200, "noindex")
    assert sdk("DELETE", f"/runs/{root.uuid}/share").status_code == 200
    for address in (f"/api/v1/public/{token}/run", f"/public/{token}/r"):
        assert anybody.get(address).status_code == 404
    assert list(
        AuditEvent.objects.filter(action__startswith="run.").order_by("id").values_list("action", flat=True)
    ) == [
        "run.shared",
        "run.unshared",
    ]


def test_a_link_shows_what_is_below_its_run_and_nothing_else(people: People, sdk: Sdk) -> None:
    trace, [root, step, _] = stored_trace(people.project, children=2)
    below = RunFactory.create(trace=trace, parent_uuid=step.uuid, name="below")
    token = sdk.ok("PUT", f"/runs/{step.uuid}/share", {})["share_token"]
    listed = Client().post(f"/api/v1/public/{token}/runs/query", {}, content_type="application/json").json()["runs"]
    assert [run["name"] for run in listed] == ["step 0", "below"]
    assert Client().get(f"/api/v1/public/{token}/run/{below.uuid}").status_code == 200
    assert Client().get(f"/api/v1/public/{token}/run/{root.uuid}").status_code == 404


def test_a_link_tells_the_order_the_files_and_not_what_is_above(people: People, sdk: Sdk) -> None:
    _, [root, step] = stored_trace(people.project)
    below = RunFactory.create(
        trace=step.trace, parent_uuid=step.uuid, metadata={"tier": "gold"}, resource={"host.name": "h"}
    )
    attachments.keep(workspace=people.workspace, attached=[Attached(below.uuid, "a", "text/plain", b"x")])
    sdk.ok("POST", "/feedback", {"key": "tone", "score": 1, "comment": "secret", "run_id": str(below.uuid)})
    token = sdk.ok("PUT", f"/runs/{step.uuid}/share", {})["share_token"]
    answer = Client().post(f"/api/v1/public/{token}/runs/query", {}, content_type="application/json")
    shared, child = answer.json()["runs"]
    assert (shared["dotted_order"][-36:], len(shared["dotted_order"].split("."))) == (str(step.uuid), 1)
    assert child["dotted_order"].startswith(f"{shared['dotted_order']}.")
    assert child["extra"] == {"metadata": {"tier": "gold"}}
    file = child["s3_urls"]["attachment.a"]
    assert (file["size_in_bytes"], b"".join(Client().get(file["presigned_url"]))) == (1, b"x")
    assert {"feedback_stats", "parent_run_ids", "serialized"}.isdisjoint(child)
    assert "secret" not in answer.content.decode()
    assert str(root.uuid) not in child["dotted_order"]


def test_links_end_with_the_share_and_with_the_trace(people: People, sdk: Sdk) -> None:
    trace, [root] = stored_trace(people.project, children=0)
    attachments.keep(workspace=people.workspace, attached=[Attached(root.uuid, "a", "text/plain", b"x")])
    own = attached.link(RequestFactory().get("/"), Attachment.objects.get())

    def shared() -> tuple[str, str]:
        token = sdk.ok("PUT", f"/runs/{root.uuid}/share", {})["share_token"]
        run = Client().get(f"/api/v1/public/{token}/run").json()
        return f"/public/{token}/r", run["s3_urls"]["attachment.a"]["presigned_url"]

    def statuses(*addresses: str) -> list[int]:
        answers = [Client().get(address) for address in addresses]
        for answer in answers:
            b"".join(answer)  # reads a file to its end, which closes it
        return [answer.status_code for answer in answers]

    page, file = shared()
    assert statuses(page, file, own) == [200, 200, 200]
    sdk.ok("DELETE", f"/runs/{root.uuid}/share")
    assert statuses(page, file, own) == [404, 404, 200]
    again, other = shared()
    assert statuses(again, other, file) == [200, 200, 404]
    sdk.ok("POST", "/feedback/tokens", {"run_id": str(root.uuid), "feedback_key": "k"})
    plan = DeletionPlan(trace_ids=[trace.uuid], until=timezone.now())
    job = deletion.start(workspace=people.workspace, plan=plan, by=people.admin)
    assert statuses(again, other, own) == [404, 404, 404]  # before the job has removed anything
    jobs.drive(job_id=job.pk, kinds={deletion.KIND: deletion.prepare})
    assert (RunShare.objects.count(), FeedbackLink.objects.count()) == (0, 0)


def test_content_of_a_shared_run_is_shown_inert(people: People, sdk: Sdk) -> None:
    trace, [root] = stored_trace(people.project, children=0)
    root.input_text, root.name = "<script>alert(1)</script>", "<b>bold</b>"
    root.save(update_fields=["input_text", "name"])
    token = sdk.ok("PUT", f"/runs/{trace.uuid}/share", {})["share_token"]
    page = Client().get(f"/public/{token}/r").content.decode()
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in page
    assert "<b>bold</b>" not in page


def test_a_token_that_is_taken_and_runs_of_others(people: People, sdk: Sdk) -> None:
    _, [one, other] = stored_trace(people.project)
    token = sdk.ok("PUT", f"/runs/{one.uuid}/share", {})["share_token"]
    assert sdk("PUT", f"/runs/{other.uuid}/share", {"share_token": token}).status_code == 409
    _, [foreign, _] = stored_trace(people.other_project)
    for method in ("GET", "PUT", "DELETE"):
        assert sdk(method, f"/runs/{foreign.uuid}/share", {}).status_code == 404
    assert Sdk(people.token("read"))("PUT", f"/runs/{other.uuid}/share", {}).status_code == 403
    assert RunShare.objects.count() == 1


def test_the_address_of_a_dataset_that_the_sdks_print_leads_to_our_page(people: People) -> None:
    dataset = DatasetFactory.create(workspace=people.workspace)
    address = f"/o/{people.workspace.uuid}/datasets/{dataset.uuid}"
    viewer, outsider = people.client(people.viewer), people.client(people.outsider)
    ours = f"/w/acme/datasets/{dataset.uuid}/"
    assert viewer.get(address)["Location"] == ours
    assert viewer.get(ours).status_code == 200
    assert outsider.get(address).status_code == 404
    assert Client().get(address)["Location"].startswith("/sign-in/?next=%2Fo%2F")


def test_version_2_shares_the_whole_trace_of_a_run(people: People, sdk: Sdk) -> None:
    trace, [root, step] = stored_trace(people.project)
    program = people.api("write")
    sent = {"session_id": str(people.project.uuid), "trace_id": str(trace.uuid)}
    token = program.post(f"/api/v2/runs/{step.uuid}/share", sent, "application/json").json()["share_token"]
    assert sdk.ok("GET", f"/runs/{root.uuid}/share")["share_token"] == token
    opened = Client().post(
        f"/api/v2/public/{token}/runs/query", {"selects": ["NAME", "RUN_TYPE", "FEEDBACK_STATS"]}, "application/json"
    )
    assert opened.json() == {
        "items": [
            {"id": str(root.uuid), "name": "agent", "run_type": "CHAIN"},
            {"id": str(step.uuid), "name": "step 0", "run_type": "TOOL"},
        ],
        "next_cursor": None,
    }
    one = f"/api/v2/public/{token}/run/{step.uuid}"
    assert Client().get(one, {"selects": "NAME"}).json() == {"id": str(step.uuid), "name": "step 0"}
    assert Client().get(f"/api/v2/public/{token}/run/{uuid4()}").status_code == 404
    for _ in range(2):
        assert program.delete(f"/api/v2/runs/{trace.uuid}/share", sent, "application/json").status_code == 204
    assert Client().get(one).status_code == 404
