"""The page of a pair: sides drawn by lot, identity hidden, one answer that becomes feedback on both traces."""

from __future__ import annotations

from collections.abc import Callable
from uuid import UUID

import pytest

from annotation.domain.queues import items, pairs, subjects
from annotation.domain.queues.reasons import Reason
from annotation.models import Draft, Feedback, Item, Review, Trace
from tests.fixtures.people import People
from tests.web.queues.test_lists import words
from tests.web.review.conftest import ANSWER, Line, booking_trace

pytestmark = pytest.mark.django_db
MakeLine = Callable[..., Line]
SECOND = "No refund is due, so cancelling would cost you the whole stay."


@pytest.fixture
def pair(make_line: MakeLine, people: People) -> Item:
    """A pair of two answers to one question, the only item of its queue; `first` is the trace that said ANSWER."""
    line = make_line(0)
    one, other = booking_trace(people, 1), booking_trace(people, 1, SECOND)
    Trace.objects.update(model_names=["secret-model"], cost=12)
    (item,) = items.add(queue=line.queue, subjects=[subjects.of_pair(one.uuid, other.uuid)], reason=Reason()).added
    return item


def page_of(item: Item, act: str = "") -> str:
    return f"/w/acme/queues/{item.queue.uuid}/items/{item.number}/{act + '/' if act else ''}"


def form(item: Item, preferred: str, **given: str) -> dict[str, object]:
    return {
        "item": item.number,
        "rubric_version": 1,
        "seen": 0,
        "active_ms": 900,
        "answer-preference": preferred,
    } | given


def test_both_answers_stand_side_by_side_and_nothing_tells_who_is_who(pair: Item, people: People) -> None:
    page = people.client(people.reviewer).get(page_of(pair)).content.decode()
    assert (page.count(ANSWER), page.count(SECOND)) == (1, 1)
    assert (page.count("alike in both"), page.count("differs</span>")) == (
        2,
        3,
    )  # question and tool; answer, its outline row
    is_swapped = pairs.is_swapped(pair.uuid, people.reviewer.uuid)
    said = {trace.uuid: trace.output for trace in Trace.objects.all()}
    left = said[pair.other_trace_uuid if is_swapped else pair.trace_uuid]  # type: ignore[index]  # a pair has both
    assert (page.index(ANSWER) < page.index(SECOND)) is (left == ANSWER)
    for hidden in ("secret-model", "booking_agent", "6.4 s", "1.1 s", "5,812", "/steps/", "09:31"):
        assert hidden not in page
    assert 'name="answer-thumbs"' not in page


def test_each_reviewer_has_their_own_sides_always_the_same() -> None:
    item = UUID(int=7)
    drawn = [pairs.is_swapped(item, UUID(int=reviewer)) for reviewer in range(1000)]
    assert drawn == [pairs.is_swapped(item, UUID(int=reviewer)) for reviewer in range(1000)]
    assert 430 < sum(drawn) < 570
    left = [pairs.question(is_swapped=one).options[0].key for one in (False, True)]
    assert left == ["first", "other"]


@pytest.mark.parametrize(
    ("preferred", "scores", "values"),
    [("first", [1.0, 0.0], ["won", "lost"]), ("other", [0.0, 1.0], ["lost", "won"]), ("neither", [0.5, 0.5], ["neither"] * 2)],
)  # fmt: skip
def test_a_preference_is_feedback_on_both_traces(
    pair: Item, people: People, preferred: str, scores: list[float], values: list[str]
) -> None:
    people.client(people.reviewer).post(page_of(pair, "submit"), form(pair, preferred, note="B asked first."))
    review = Review.objects.get()
    assert review.answers == {"preference": preferred}
    assert review.is_swapped is pairs.is_swapped(pair.uuid, people.reviewer.uuid)
    own = people.client(people.reviewer).get(f"/w/acme/queues/{pair.queue.uuid}/review/own/").content
    named = {"first": "AB"[bool(review.is_swapped)], "other": "BA"[bool(review.is_swapped)], "neither": "Neither"}
    assert f"Which is better? {named[preferred]} " in words(own)
    given = {(one.trace_uuid, one.key): one for one in Feedback.objects.all()}
    sides = (pair.trace_uuid, pair.other_trace_uuid)
    assert [given[side, "preference"].score for side in sides] == scores
    assert [given[side, "preference"].value for side in sides] == values
    assert {given[side, "note"].comment for side in sides} == {"B asked first."}
    assert {one.project for one in given.values()} == {people.project}
    assert list(Trace.objects.values_list("verdict", flat=True)) == [None, None]
    assert Item.objects.get().state == "done"


def test_without_an_answer_nothing_is_submitted_and_the_note_is_kept(pair: Item, people: People) -> None:
    client = people.client(people.reviewer)
    answer = client.post(page_of(pair, "submit"), form(pair, "", note="Not sure."))
    assert answer.status_code == 422
    assert "“Which is better?”" in answer.content.decode()
    assert (Review.objects.count(), Draft.objects.get().content["note"]) == (0, "Not sure.")


def test_undo_brings_the_pair_back_with_the_answer(pair: Item, people: People) -> None:
    client = people.client(people.reviewer)
    client.post(page_of(pair, "submit"), form(pair, "both"))
    client.post(f"/w/acme/queues/{pair.queue.uuid}/review/undo/", {"item": 0})
    assert (Review.objects.count(), Feedback.objects.count()) == (0, 0)
    page = client.get(page_of(pair)).content.decode()
    both = page[page.index('value="both"') :]
    assert "checked" in both[: both.index("</label>")]


def test_a_side_that_was_deleted_is_said_and_the_other_shown(pair: Item, people: People) -> None:
    Trace.objects.filter(output=SECOND).delete()
    page = people.client(people.reviewer).get(page_of(pair)).content.decode()
    assert (page.count(ANSWER), page.count("is not here: it may be on its way")) == (1, 1)


def test_programs_put_pairs_in_claim_and_answer_them(make_line: MakeLine, people: People) -> None:
    line = make_line(0)
    one, other = booking_trace(people, 1), booking_trace(people, 2)
    program = people.api()
    add = f"/api/v1/queues/{line.queue.uuid}/items"
    sent = {"pairs": [{"trace_id": str(one.uuid), "other_trace_id": str(other.uuid)}]}
    assert program.post(add, sent, content_type="application/json").json()["added_count"] == 1
    again = {"pairs": [{"trace_id": str(other.uuid), "other_trace_id": str(one.uuid)}]}
    assert program.post(add, again, content_type="application/json").json()["present_count"] == 1
    alone = {"pairs": [{"trace_id": str(one.uuid), "other_trace_id": str(one.uuid)}]}
    assert "A pair is of two traces" in str(program.post(add, alone, content_type="application/json").json())
    reviewer = people.client(people.reviewer)
    claim = reviewer.post(f"/api/v1/queues/{line.queue.uuid}/claim").json()
    (question,) = claim["rubric"]["questions"]
    assert [option["label"] for option in question["options"]] == ["A", "B", "Both alike", "Neither"]
    left = question["options"][0]["key"]
    item = Item.objects.get()
    assert left == ("other" if pairs.is_swapped(item.uuid, people.reviewer.uuid) else "first")
    review = reviewer.put(
        f"/api/v1/items/{claim['item']['id']}/review",
        {"answers": {"preference": left}},
        content_type="application/json",
    ).json()
    assert (review["answers"], review["is_swapped"]) == ({"preference": left}, left == "other")
    assert claim["item"]["other_trace_id"] == str(max(one.uuid, other.uuid))


def test_an_outsider_cannot_pair_traces_that_they_do_not_see(make_line: MakeLine, people: People) -> None:
    line = make_line(0)
    ours = booking_trace(people, 1)
    theirs = Trace.objects.create(
        workspace=people.elsewhere, project=people.other_project, uuid=UUID(int=5), started_at=ours.started_at
    )
    sent = {"pairs": [{"trace_id": str(ours.uuid), "other_trace_id": str(theirs.uuid)}]}
    answer = people.api().post(f"/api/v1/queues/{line.queue.uuid}/items", sent, content_type="application/json")
    assert answer.status_code == 400
    assert answer.json()["error"]["fields"] == {"traces": [f"There is no trace {theirs.uuid}."]}
    assert Item.objects.count() == 0
