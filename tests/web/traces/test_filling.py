"""Adding what the list shows to a queue: looked at first, then a job, and undone."""

from __future__ import annotations

import re

from annotation.domain.work import jobs
from annotation.models import Item, Job
from annotation.tasks import KINDS
from tests.factories import ItemFactory, QueueFactory, RunFactory, TraceFactory
from tests.fixtures.people import People

LIST = "/w/acme/traces/"


def hidden(page: str, name: str) -> str:
    return page.split(f'name="{name}" value="')[1].split('"', maxsplit=1)[0]


def test_some_by_chance_are_previewed_added_and_taken_out_again(people: People) -> None:
    editor, queue = people.client(people.editor), QueueFactory(workspace=people.workspace, name="Slow ones")
    for latency in (10, 9000, 9000, 9000):
        TraceFactory(project=people.project, latency_ms=latency)
    assert 'data-dialog="fill-queue"' in editor.get(LIST, {"filter": "latency > 2s"}).content.decode()
    asked = {"queue": str(queue.uuid), "filter": "latency > 2s", "which": "random", "count": "2", "priority": "4"}
    page = editor.get(f"{LIST}fill-queue/", asked).content.decode()
    assert "Add 2 traces" in " ".join(page.split())
    assert not Job.objects.exists()
    assert "New items get priority 4;" in " ".join(re.sub("<[^>]*>", "", page).split())
    frozen = {name: hidden(page, name) for name in ("seed", "now", "last", "priority")}
    TraceFactory(project=people.project, latency_ms=9000)
    editor.post(f"{LIST}fill-queue/", asked | frozen)
    job = Job.objects.get()
    jobs.drive(job_id=job.pk, kinds=KINDS)
    assert Item.objects.filter(queue=queue, priority=4).count() == 2
    shown = " ".join(editor.get(f"/w/acme/jobs/{job.uuid}/").content.decode().split())
    assert "Take 2 items back out" in shown
    editor.post(f"/w/acme/jobs/{job.uuid}/undo/")
    jobs.drive(job_id=Job.objects.latest("pk").pk, kinds=KINDS)
    assert not Item.objects.exists()


def test_threads_are_previewed_and_added(people: People) -> None:
    editor, queue = people.client(people.editor), QueueFactory(workspace=people.workspace)
    for thread in ("t-1", "t-2", "t-1", None):
        TraceFactory(project=people.project, thread_id=thread)
    asked = {"queue": str(queue.uuid), "kind": "thread", "which": "all"}
    page = editor.get(f"{LIST}fill-queue/", asked).content.decode()
    shown = " ".join(re.sub("<[^>]*>", "", page).split())
    assert "without what arrives later: each thread once, of all traces Reviewers are given" in shown
    assert "Left out: 1 trace of no thread." in shown
    assert "2threads match" in shown
    assert "Add 2 threads" in shown
    assert 'href="/w/acme/threads/t-1/"' in page
    frozen = {name: hidden(page, name) for name in ("seed", "now", "last", "kind")}
    editor.post(f"{LIST}fill-queue/", asked | frozen)
    jobs.drive(job_id=Job.objects.get().pk, kinds=KINDS)
    assert set(Item.objects.values_list("kind", "thread_id")) == {("thread", "t-1"), ("thread", "t-2")}


def test_what_does_not_fit_is_said_before_and_after(people: People) -> None:
    editor, queue = people.client(people.editor), QueueFactory(workspace=people.workspace, most_items=1)
    TraceFactory.create_batch(3, project=people.project)
    asked = {"queue": str(queue.uuid), "which": "all"}
    shown = " ".join(re.sub("<[^>]*>", "", editor.get(f"{LIST}fill-queue/", asked).content.decode()).split())
    assert "The queue takes at most 1 item: there is room for 1 more, and the others are left out." in shown
    assert "Add 1 trace " in shown
    editor.post(f"{LIST}fill-queue/", asked)
    jobs.drive(job_id=Job.objects.get().pk, kinds=KINDS)
    done = editor.get(f"/w/acme/jobs/{Job.objects.get().uuid}/").content.decode()
    assert "1 added, 2 did not fit, as the queue takes no more." in done


def test_what_was_removed_is_not_offered_where_there_is_no_room_for_it(people: People) -> None:
    editor, queue = people.client(people.editor), QueueFactory(workspace=people.workspace, most_items=1)
    ItemFactory(queue=queue, number=1, trace=TraceFactory(project=people.project))
    ItemFactory(queue=queue, number=2, trace=TraceFactory(project=people.project), state="removed")
    asked = {"queue": str(queue.uuid), "which": "all"}
    page = " ".join(editor.get(f"{LIST}fill-queue/", asked).content.decode().split())
    said = re.sub("<[^>]*>", "", page)
    assert "there is room for 0 more, with those that are put back, and the others are left out." in " ".join(
        said.split()
    )
    box, button = (re.search(rf"<{tag}[^>]*>", page) for tag in ('input type="checkbox"', 'button class="btn primary"'))
    assert (box and box[0], button and button[0]) == (
        '<input type="checkbox" name="is_restoring" value="1" disabled >', '<button class="btn primary" disabled >',
    )  # fmt: skip
    queue.most_items = 2
    queue.save()
    roomy = editor.get(f"{LIST}fill-queue/", asked | {"is_restoring": "1"}).content.decode()
    assert 'name="is_restoring" value="1" checked >' in " ".join(roomy.split())
    assert "Add 1 trace " in " ".join(roomy.split())


def test_steps_that_the_queue_hides_from_its_reviewers_are_counted_before(people: People) -> None:
    editor, queue = people.client(people.editor), QueueFactory(workspace=people.workspace)
    trace = TraceFactory(project=people.project)
    for name in ("tool", "tool", "llm"):
        RunFactory(trace=trace, type=name)
    asked = {"queue": str(queue.uuid), "kind": "run", "which": "all", "filter": "run(type in (tool, llm))"}
    path, said = f"/api/v1/queues/{queue.uuid}/fill", "This queue hides 2 of these steps from its reviewers"
    for policy, count in (({}, 0), ({"tools": "hidden"}, 2)):
        queue.presentation = policy
        queue.save()
        page = " ".join(editor.get(f"{LIST}fill-queue/", asked).content.decode().split())
        assert (said in page) is bool(count)
        body = {"kind": "run", "filter": asked["filter"], "is_preview": True}
        shown = people.api().post(path, body, content_type="application/json").json()
        assert (shown["chosen_count"], shown["hidden_count"]) == (3, count)


def test_the_steps_that_the_filter_names_are_previewed_and_added(people: People) -> None:
    editor, queue = people.client(people.editor), QueueFactory(workspace=people.workspace)
    trace = TraceFactory(project=people.project)
    run, _other = RunFactory(trace=trace, name="search_flight", type="tool"), RunFactory(trace=trace, type="llm")
    choice = 'value="run"aria-describedby="fill-steps"'
    asked = {"queue": str(queue.uuid), "kind": "run", "which": "all", "filter": "run(type: tool)"}
    assert f"{choice}disabled>" in "".join(editor.get(LIST).content.decode().split())
    assert f"{choice}>" in "".join(editor.get(LIST, {"filter": asked["filter"]}).content.decode().split())
    page = editor.get(f"{LIST}fill-queue/", asked).content.decode()
    shown = " ".join(re.sub("<[^>]*>", "", page).split())
    assert "the steps that meet run(…) of the filter, of traces that match run(type: tool)" in shown
    assert "1step matches" in shown
    assert "Add 1 step " in shown
    assert f'href="{LIST}{trace.uuid}/?step={run.uuid}"' in page
    frozen = {name: hidden(page, name) for name in ("seed", "now", "last", "kind")}
    editor.post(f"{LIST}fill-queue/", asked | frozen)
    jobs.drive(job_id=Job.objects.get().pk, kinds=KINDS)
    assert set(Item.objects.values_list("kind", "run_uuid")) == {("run", run.uuid)}
    editor.post(f"{LIST}fill-queue/", asked | frozen)
    jobs.drive(job_id=Job.objects.latest("pk").pk, kinds=KINDS)
    done = editor.get(f"/w/acme/jobs/{Job.objects.latest('pk').uuid}/").content.decode()
    assert "0 added, 1 stood there already. To" in " ".join(re.sub("<[^>]*>", "", done).split())


def test_what_cannot_be_added_is_said_on_the_list(people: People) -> None:
    editor, queue = people.client(people.editor), QueueFactory(workspace=people.workspace)
    for asked, words in (
        ({"which": "all"}, "Choose a queue"),
        ({"queue": str(queue.uuid), "which": "random"}, "Say how many."),
        ({"queue": str(queue.uuid), "priority": "1001"}, "less than or equal to 1000."),
        ({"queue": str(queue.uuid), "filter": "latencey > 2s"}, "There is no field"),
        ({"queue": str(queue.uuid), "kind": "run"}, "does not say which steps are meant."),
    ):
        page = editor.get(f"{LIST}fill-queue/", asked, follow=True)
        assert words in page.content.decode()
    assert not Job.objects.exists()


def test_a_step_and_a_thread_go_into_a_queue_from_their_pages(people: People) -> None:
    editor, queue = people.client(people.editor), QueueFactory(workspace=people.workspace)
    trace = TraceFactory(project=people.project, thread_id="t-1")
    run, theirs = RunFactory(trace=trace), RunFactory(trace=TraceFactory(project=people.other_project))
    for path, name in ((f"{LIST}{trace.uuid}/steps/{run.uuid}/", "run"), ("/w/acme/threads/t-1/", "thread")):
        assert f'name="{name}" value="{run.uuid if name == "run" else "t-1"}"' in editor.get(path).content.decode()
    at = f"{LIST}{trace.uuid}/?step={run.uuid}"
    assert f'name="back" value="{at}"' in editor.get(f"{LIST}{trace.uuid}/steps/{run.uuid}/").content.decode()
    editor.post(f"{LIST}add-to-queue/", {"queue": queue.uuid, "run": [run.uuid, theirs.uuid], "thread": ["t-1", "no"]})
    found = set(Item.objects.values_list("kind", "subject"))
    assert found == {("run", f"run:{run.uuid}"), ("thread", f"thread:{people.project.pk}:t-1")}


def test_what_was_marked_is_taken_back_out_and_nothing_else(people: People) -> None:
    editor, queue = people.client(people.editor), QueueFactory(workspace=people.workspace)
    stood, removed, fresh = TraceFactory.create_batch(3, project=people.project)
    ItemFactory(queue=queue, number=1, trace=stood)
    ItemFactory(queue=queue, number=2, trace=removed, state="removed")
    marked = {"queue": queue.uuid, "trace": [stood.uuid, removed.uuid, fresh.uuid]}
    page = editor.post(f"{LIST}add-to-queue/", marked, follow=True).content.decode()
    job = Job.objects.get()
    assert "Added 2 items" in page
    assert f'href="/w/acme/jobs/{job.uuid}/">Look at it, or take it back</a>' in page
    assert (job.status, job.result) == ("done", {"added": 1, "restored": 1, "present": 1, "removed": 0})
    again = editor.post(f"{LIST}add-to-queue/", marked, follow=True).content.decode()
    assert "3 stood there already." in again
    assert "take it back" not in again
    assert "Take 2 items back out" in " ".join(editor.get(f"/w/acme/jobs/{job.uuid}/").content.decode().split())
    editor.post(f"/w/acme/jobs/{job.uuid}/undo/")
    jobs.drive(job_id=Job.objects.latest("pk").pk, kinds=KINDS)
    assert set(Item.objects.values_list("trace_uuid", "state")) == {(stood.uuid, "open"), (removed.uuid, "removed")}
