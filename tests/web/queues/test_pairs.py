"""Pairs made of two lists of traces, and what came of comparing."""

from __future__ import annotations

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from annotation.domain.queues import items, pairing, pairs, subjects
from annotation.domain.queues.reasons import Reason
from annotation.domain.reviews.quality import preferences
from annotation.domain.reviews.quality.preferences import Met
from annotation.models import Item, Project, Queue, Trace
from tests.factories.queues import QueueFactory
from tests.factories.reviews import ReviewFactory
from tests.factories.traces import STARTED_AT, TraceFactory
from tests.fixtures.people import People


@pytest.fixture
def queue(people: People) -> Queue:
    return QueueFactory(workspace=people.workspace, name="Which answer")


@pytest.fixture
def second(people: People) -> Project:
    return Project.objects.create(workspace=people.workspace, name="booking-new", slug="booking-new")


def trace(project: Project, minute: int, **fields: object) -> Trace:
    return TraceFactory(project=project, started_at=STARTED_AT + timedelta(minutes=minute), **fields)


def address(queue: Queue, rest: str = "") -> str:
    return f"/w/acme/queues/{queue.uuid}/pairs/{rest}"


def test_equal_inputs_pair_once_each_in_the_order_they_began(people: People, second: Project) -> None:
    old = [trace(people.project, minute, input="Hi") for minute in (1, 2, 3)]
    new = [trace(second, minute, input="Hi") for minute in (5, 4)]
    trace(second, 6, input="Hello")
    trace(second, 7, input=None)
    found = pairing.matched(
        Trace.objects.filter(project=people.project), Trace.objects.filter(project=second), by="input"
    )
    assert found.pairs == ((old[1].uuid, new[0].uuid), (old[0].uuid, new[1].uuid))
    assert (found.left_count, found.right_count) == (3, 3)


def test_threads_pair_turn_by_turn_and_metadata_by_value(people: People, second: Project) -> None:
    ours = [trace(people.project, at, thread_id="t", metadata={"case": 7}) for at in (1, 2)]
    theirs = [trace(second, at, thread_id="t", metadata={"case": "7"} if at == 3 else {}) for at in (3, 4)]
    left, right = Trace.objects.filter(project=people.project), Trace.objects.filter(project=second)
    by_thread = pairing.matched(left, right, by="thread")
    assert set(by_thread.pairs) == {(ours[0].uuid, theirs[0].uuid), (ours[1].uuid, theirs[1].uuid)}
    assert pairing.matched(left, right, by="metadata.case").pairs == ((ours[0].uuid, theirs[0].uuid),)
    for wrong in ("metadata.", "colour", ""):
        with pytest.raises(pairing.BadJoinError, match=r"Join by input, by thread, by example, or by metadata\."):
            pairing.matched(left, right, by=wrong)


def test_a_list_beside_itself_pairs_no_trace_with_itself_and_none_twice(people: People) -> None:
    made = [trace(people.project, minute, input="Hi") for minute in range(5)]
    found = pairing.matched(Trace.objects.all(), Trace.objects.all(), by="input").pairs
    used = [uuid for pair in found for uuid in pair]
    assert len(used) == len(set(used)) == 4
    assert set(used) < {one.uuid for one in made}


def test_the_page_previews_then_adds_and_says_what_stood_there(people: People, queue: Queue, second: Project) -> None:
    one, other = trace(people.project, 1, input="Refund?"), trace(second, 2, input="Refund?")
    editor = people.client(people.editor)
    form = {"a_project": "booking", "b_project": "booking-new", "join": "input", "most": "10"}
    page = editor.get(address(queue, "new/"), form).content.decode()
    assert "Add 1 pair" in page
    assert "Refund?" in page
    assert Item.objects.count() == 0
    assert "1 pair added to Which answer." in editor.post(address(queue, "new/"), form, follow=True).content.decode()
    again = editor.post(address(queue, "new/"), form, follow=True).content.decode()
    assert "0 pairs added to Which answer. 1 stood there before." in again
    item = Item.objects.get()
    assert {item.trace_uuid, item.other_trace_uuid} == {one.uuid, other.uuid}
    assert item.reason == {"by": str(people.editor), "why": ["same input"]}


def test_a_wrong_filter_adds_nothing_and_keeps_what_was_typed(people: People, queue: Queue) -> None:
    form = {"a_filter": "colour is red", "b_project": "booking", "join": "input"}
    page = people.client(people.editor).get(address(queue, "new/"), form)
    assert page.status_code == 422
    assert "Nothing was added." in page.content.decode()
    assert "colour is red" in page.content.decode()


def test_programs_make_pairs_and_read_who_won(people: People, queue: Queue, second: Project) -> None:
    trace(people.project, 1, input="Refund?")
    trace(second, 2, input="Refund?")
    program, here = people.api(), f"/api/v1/queues/{queue.uuid}/pairs"
    sent = {"left": {"project": "booking"}, "right": {"project": "booking-new"}, "by": "input"}
    preview = program.post(here, sent | {"is_preview": True}, content_type="application/json").json()
    assert preview == {"matched_count": 1, "added_count": 0, "present_count": 0}
    assert program.post(here, sent, content_type="application/json").json()["added_count"] == 1
    again = program.post(here, sent, content_type="application/json").json()
    assert again == {"matched_count": 1, "added_count": 0, "present_count": 1}
    bad = program.post(here, sent | {"by": "colour"}, content_type="application/json").json()
    assert bad["error"]["code"] == "bad_join"
    unknown = program.post(here, sent | {"left": {"project": "none"}}, content_type="application/json").json()
    assert unknown["error"]["message"] == "There is no project “none”."
    item = Item.objects.get()
    is_first_ours = Trace.objects.filter(project=people.project, uuid__in=[str(item.trace_uuid)]).exists()
    ReviewFactory(item=item, answers={"preference": "first" if is_first_ours else "other"}, is_swapped=False)
    found = program.get(here).json()
    assert [(one["name"], one["win_rate"]) for one in found["strengths"]] == [("booking", 1.0), ("booking-new", 0.0)]
    assert found["strengths"][0]["chance"] > 0.5 > found["strengths"][1]["chance"]
    assert found["duels"] == [{"one": "booking", "other": "booking-new", "won": 1, "tied": 0, "lost": 0}]
    assert program.get(here, {"by": "colour"}).json()["error"]["code"] == "bad_by"


def test_every_figure_opens_its_items(people: People, queue: Queue, second: Project) -> None:
    made = [(trace(people.project, at, metadata={"v": "1"}), trace(second, at, metadata={"v": "2"})) for at in range(3)]
    added = items.add(
        queue=queue, subjects=[subjects.of_pair(one.uuid, other.uuid) for one, other in made], reason=Reason()
    ).added
    for item, said in zip(added, ("first", "both", "other"), strict=True):
        ReviewFactory(item=item, answers={"preference": said}, is_swapped=False)
    editor = people.client(people.editor)
    named = editor.get(address(queue), {"by": "metadata", "key": "v", "one": "1", "other": "2"})
    page = " ".join(named.content.decode().split())
    assert "1 against 2: 3 items" in page
    assert "1 and 2 alike" in page or "2 and 1 alike" in page
    assert "3 comparisons, 1 of them" in page
    by_model = " ".join(editor.get(address(queue), {"by": "model"}).content.decode().split())
    assert "All pairs compared two of the same model" in by_model
    for at, model in enumerate(("old", "new")):
        Trace.objects.filter(uuid__in=[pair[at].uuid for pair in made]).update(project=second, model_names=[model])
    alike = " ".join(editor.get(address(queue)).content.decode().split())
    assert '<option value="model" selected>' in alike
    assert '<th scope="row">new</th>' in alike


def test_pairs_of_one_project_are_compared_by_what_they_differ_in(people: People, queue: Queue) -> None:
    one, other = trace(people.project, 0, name="agent-1"), trace(people.project, 1, name="agent-2")
    subject = subjects.of_pair(one.uuid, other.uuid)
    (item,) = items.add(queue=queue, subjects=[subject], reason=Reason()).added
    ReviewFactory(item=item, answers={"preference": "first"}, is_swapped=False)
    page = " ".join(people.client(people.editor).get(address(queue)).content.decode().split())
    assert '<option value="name" selected>' in page
    assert "agent-1" in page
    asked = people.client(people.editor).get(address(queue), {"by": "project"}).content.decode()
    assert "All pairs compared two of the same project" in " ".join(asked.split())


MET = st.builds(
    Met,
    item=st.integers(0, 5),
    first=st.sampled_from("abc"),
    other=st.sampled_from("abc"),
    preferred=st.sampled_from([one.value for one in pairs.Preferred]),
    is_swapped=st.booleans(),
)


@given(st.lists(MET, max_size=12))
def test_every_review_is_counted_once_whichever_side_it_stood_on(met: list[Met]) -> None:
    found = preferences.figured(met)
    turned = [
        Met(
            one.item,
            one.other,
            one.first,
            {"first": "other", "other": "first"}.get(one.preferred, one.preferred),
            one.is_swapped,
        )
        for one in met
    ]
    assert preferences.figured(turned).duels == found.duels
    counted = sum(duel.won + duel.tied + duel.lost for duel in found.duels)
    assert counted + found.alike == len(met) == found.ties + found.decided
    for duel in found.duels:
        assert duel.one < duel.other
