"""What a queue hides is hidden from programs that review in it, too."""

from __future__ import annotations

from typing import Any

import pytest
from django.utils import timezone

from annotation.domain.queues import assignment, items, lifecycle, rubric, subjects
from annotation.domain.queues.blindness import Blindness
from annotation.domain.queues.reasons import Origin, Reason, SeenFeedback
from annotation.domain.queues.settings import QueueSettings
from annotation.models import Item, Queue, Run, Trace
from tests.api.langsmith.conftest import Sdk, sdk, stored_trace
from tests.factories.traces import TraceFactory
from tests.fixtures.people import People

__all__ = ["sdk"]

pytestmark = pytest.mark.django_db
RULE = "Rule “Judged rude” v2 · sampled 1 in 2 · policy < 0.5 · "
SEEN = (
    SeenFeedback(source="judge", key="policy", score=0.25),
    SeenFeedback(source="user", key="thumbs", score=0.0),
    SeenFeedback(source="reviewer", key="mood", value="rude"),
)


def flagged(people: People, **blindness: bool) -> Item:
    """An item that a rule sent, in a queue of this policy, with an extra seat; the admin flagged it when the reviewer had it."""
    settings = QueueSettings(name="Refunds", blindness=Blindness(**{"peers": False, **blindness}))
    queue = lifecycle.create(workspace=people.workspace, settings=settings, rubric=rubric.default(), by=people.admin)
    reason = Reason(
        origin=Origin.RULE, rule="Judged rude", revision=2, probability=0.5, why=("policy < 0.5",), seen=SEEN
    )
    trace = TraceFactory(project=people.project)
    (item,) = items.add(queue=queue, subjects=[subjects.of_trace(trace.uuid)], reason=reason).added
    assignment.claim_item(item=item, by=people.reviewer, now=timezone.now())
    items.flag(item=item, by=people.admin, reason="Plainly wrong")
    Item.objects.update(probability=0.5, uncertainty=0.75, extra_seats=1, review_count=1)
    return item


def told(people: People, item: Item) -> list[dict[str, Any]]:
    """The item as the reviewer's session is told it: alone, in the list, and as the reviewer and the editor claim it."""
    client, editor = people.client(people.reviewer), people.client(people.editor)
    path = f"/api/v1/items/{item.uuid}"
    alone = client.get(path).json()
    (listed,) = client.get(f"/api/v1/queues/{item.queue.uuid}/items").json()["results"]
    claimed = client.post(f"{path}/claim").json()["item"]
    client.post(f"{path}/release")
    return [alone, listed, claimed, editor.post(f"{path}/claim").json()["item"]]


@pytest.mark.parametrize(
    ("blindness", "summary", "hidden"),
    [
        ({}, RULE + "judge policy said 0.25, user thumbed down, reviewer mood said rude", set()),
        ({"peers": True}, RULE + "judge policy said 0.25, user thumbed down",
         {"review_count", "extra_seats", "flagged_by", "flag_reason"}),
        ({"judges": True}, "Rule “name hidden” · user thumbed down, reviewer mood said rude", {"uncertainty", "probability"}),
        ({"user_thumbs": True}, "Rule “name hidden” · judge policy said 0.25, reviewer mood said rude", {"probability"}),
        ({"model": True}, "Rule “name hidden” · sampled 1 in 2 · judge policy said 0.25, user thumbed down, reviewer mood said rude",
         set()),
    ],
)  # fmt: skip
def test_an_item_is_told_to_who_reviews_it_without_what_its_queue_hides(
    people: People, blindness: dict[str, bool], summary: str, hidden: set[str]
) -> None:
    item = flagged(people, **blindness)
    known = {
        "review_count": 1,
        "extra_seats": 1,
        "flagged_by": people.admin.email,
        "flag_reason": "Plainly wrong",
        "uncertainty": 0.75,
        "probability": 0.5,
    }
    for one in told(people, item):
        assert one["reason"]["summary"] == summary
        assert {name for name in known if one[name] != known[name]} == hidden
    whole = people.api().get(f"/api/v1/items/{item.uuid}").json()
    assert {name: whole[name] for name in known} == known
    assert whole["reason"]["rule"] == "Judged rude"


def test_the_words_of_an_own_flag_are_told(people: People) -> None:
    item = flagged(people, peers=True)
    items.unflag(item=item, by=people.admin)
    client = people.client(people.reviewer)
    again = client.post(
        f"/api/v1/items/{item.uuid}/flag", {"reason": "cut off"}, content_type="application/json"
    ).json()
    assert (again["flagged_by"], again["flag_reason"], again["extra_seats"]) == (people.reviewer.email, "cut off", None)


def test_reviewers_read_traces_and_feedback_in_no_other_way(people: People) -> None:
    item = flagged(people)
    client = people.client(people.reviewer)
    for path in ("/api/v1/traces", f"/api/v1/traces/{item.trace_uuid}", "/api/v1/feedback", "/api/v1/jobs"):
        assert client.get(path).status_code == 403


def test_runs_of_a_queue_that_hides_the_model_are_listed_to_sdks_without_it(people: People, sdk: Sdk) -> None:
    _, (root, _) = stored_trace(people.project)
    Run.objects.filter(pk=root.pk).update(
        type="llm", name="chat gpt-x", model="gpt-x", cost=1, metadata={"ls_model_name": "gpt-x"}, tags=["gpt-x"],
        inputs={"model": "gpt-x", "messages": ["Hello"]}, attributes={"gen_ai.request.model": "gpt-x"},
    )  # fmt: skip
    Trace.objects.update(cost=1)
    queue = sdk.ok("POST", "/annotation-queues", {"name": "Blind"})["id"]
    sdk.ok("POST", f"/annotation-queues/{queue}/runs", [str(root.uuid)])
    (open_run,) = sdk.ok("GET", f"/annotation-queues/{queue}/runs")
    Queue.objects.update(blindness={"model": True})
    (blind_run,) = sdk.ok("GET", f"/annotation-queues/{queue}/runs")
    assert "gpt-x" in str(open_run)
    assert "gpt-x" not in str(blind_run)
    assert (blind_run["name"], blind_run["inputs"], blind_run["total_cost"]) == (
        "Model call",
        {"messages": ["Hello"]},
        None,
    )
    assert blind_run["dotted_order"].endswith(str(root.uuid))
