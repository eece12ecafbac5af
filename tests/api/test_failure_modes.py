"""The taxonomy and the filling of queues over the REST interface."""

from __future__ import annotations

from datetime import UTC, datetime

from annotation.domain.feedback import inline
from annotation.domain.feedback.inline import Subject
from annotation.domain.work import jobs
from annotation.models import Item, Job, Trace
from annotation.tasks import KINDS
from tests.factories import QueueFactory, RunFactory, TraceFactory
from tests.fixtures.people import People

V1 = "/api/v1/"
JSON = "application/json"
NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)


def test_merged_split_and_undone(people: People) -> None:
    api = people.api()
    for latency, name in ((10, "Rude"), (10, "Tone"), (9000, "Tone")):
        inline.label(
            subject=Subject(TraceFactory(project=people.project, latency_ms=latency)),
            name=name,
            by=people.editor,
            now=NOON,
        )
    rude, tone = api.get(f"{V1}failure-modes", {"project": "booking"}).json()["results"]
    assert [(one["name"], one["use_count"]) for one in (rude, tone)] == [("Rude", 1), ("Tone", 2)]
    merged = api.post(f"{V1}failure-modes/{rude['id']}/merge", {"into": tone["id"]}, content_type=JSON)
    assert (merged.status_code, merged.json()["use_count"]) == (200, 1)
    assert api.get(f"{V1}failure-modes/{rude['id']}").json()["name"] == "Tone"
    coined = api.post(f"{V1}failure-modes", {"project": "booking", "name": "RUDE"}, content_type=JSON)
    assert coined.json()["id"] == tone["id"]
    split = {"name": "Slow", "filter": "latency > 2s"}
    assert api.post(f"{V1}failure-modes/{tone['id']}/split", split, content_type=JSON).json()["use_count"] == 1
    changes = api.get(f"{V1}taxonomy-changes").json()["results"]
    assert [one["kind"] for one in changes] == ["split", "merged"]
    refused = api.post(f"{V1}taxonomy-changes/{changes[1]['id']}/undo")
    assert (refused.status_code, refused.json()["error"]["code"]) == (409, "taxonomy_refused")
    for change in changes:
        assert api.post(f"{V1}taxonomy-changes/{change['id']}/undo").status_code == 200
    uses = api.get(f"{V1}failure-modes/{tone['id']}/uses").json()["results"]
    assert len(uses) == 2
    named = api.patch(f"{V1}failure-modes/{tone['id']}", {"name": "Unkind", "group": "Manners"}, content_type=JSON)
    assert (named.json()["name"], named.json()["group"]) == ("Unkind", "Manners")


def test_a_queue_is_filled_and_emptied_again(people: People) -> None:
    api, queue = people.api(), QueueFactory(workspace=people.workspace)
    for _ in range(4):
        TraceFactory(project=people.project)
    path = f"{V1}queues/{queue.uuid}/fill"
    asked = {"project": "booking", "sample": 2, "is_preview": True, "priority": 3}
    shown = api.post(path, asked, content_type=JSON).json()
    assert (shown["matched_count"], shown["chosen_count"], shown["new_count"]) == (4, 2, 2)
    threads = api.post(path, asked | {"kind": "thread"}, content_type=JSON).json()
    assert (threads["matched_count"], threads["loose_count"], threads["over_count"]) == (0, 4, 0)
    steps = asked | {"kind": "run"}
    assert api.post(path, steps, content_type=JSON).json()["error"]["message"] == (
        "This filter does not say which steps are meant."
    )
    RunFactory(trace=Trace.objects.latest("pk"), type="tool")
    found = api.post(path, steps | {"filter": "run(type: tool)"}, content_type=JSON).json()
    assert (found["matched_count"], found["new_count"]) == (1, 1)
    refused = api.post(path, asked | {"kind": "pair"}, content_type=JSON).json()["error"]["fields"]
    assert refused == {"kind": ["'pair' is not one of trace, thread, run."]}
    started = api.post(path, asked | {"is_preview": False, "seed": shown["seed"]}, content_type=JSON)
    assert started.status_code == 202
    early = api.post(f"{V1}jobs/{started.json()['id']}/undo")
    assert (early.status_code, early.json()["error"]["code"]) == (409, "undo_refused")
    jobs.drive(job_id=Job.objects.get().pk, kinds=KINDS)
    assert Item.objects.filter(queue=queue, probability="0.5", priority=3).count() == 2
    assert api.post(f"{V1}jobs/{started.json()['id']}/undo").status_code == 202
    jobs.drive(job_id=Job.objects.latest("pk").pk, kinds=KINDS)
    assert not Item.objects.exists()
    wrong = api.post(path, {"filter": "latencey > 2s"}, content_type=JSON)
    assert (wrong.status_code, wrong.json()["error"]["position"]) == (400, 0)
    assert api.get(f"{V1}queues/{queue.uuid}/saturation").json() == {
        "review_count": 0,
        "fresh": [],
        "is_reached": False,
    }
