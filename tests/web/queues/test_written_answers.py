"""The answer that an editor writes to settle an item, beside its reviews."""

from __future__ import annotations

import pytest
from django.utils import timezone

from annotation.domain.queues import items, rubric, rubric_versions, subjects
from annotation.domain.queues.conditions import Steps
from annotation.domain.queues.reasons import Reason
from annotation.domain.queues.rubric import Question, QuestionKind
from annotation.domain.reviews import submit
from annotation.domain.reviews.content import ReviewInput
from annotation.models import Item, Queue, Review, Trace
from tests.factories.traces import RunFactory
from tests.fixtures.people import People
from tests.web.queues.conftest import Court
from tests.web.queues.test_lists import words

pytestmark = pytest.mark.django_db


def test_an_answer_of_the_editors_own_begins_from_a_review(people: People, court: Court) -> None:
    court.split(0, note="Too generous", labels=("Rude",))
    chosen, client = court.review_of(0, court.other), people.client(people.editor)
    html = client.get(f"{court.page}?item=1&edit={chosen.uuid}").content.decode()
    assert "Too generous" in html
    assert 'value="Rude"' in html
    bad = court.post(client, 0, note="Kept", **{"answer-thumbs": "sideways"})
    assert bad.status_code == 422
    assert "Not settled yet" in words(bad.content)
    assert "Kept" in words(bad.content)
    court.post(client, 0, note="Both missed it", **{"answer-thumbs": "down", "correction": "Yes, all."})
    written = Review.every.get(is_adjudication=True)
    assert (written.answers, written.note, written.correction) == ({"thumbs": "down"}, "Both missed it", None)
    assert Item.objects.get(number=1).state == "done"


def test_an_answer_of_the_editors_own_asks_for_the_steps_in_dispute_and_keeps_the_others(
    people: People, court: Court
) -> None:
    trace = Trace.objects.get(uuid=str(court.items[0].trace_uuid))
    refund, search = (RunFactory(trace=trace, type="tool", name=name).uuid for name in ("refund", "search"))
    right = Question(key="call", kind=QuestionKind.THUMBS, label="Was the call right?", of=Steps(type="tool"))
    asked = rubric.Rubric(questions=(*rubric.default().questions, right))
    rubric_versions.publish(queue=Queue.objects.get(), asked=asked, by=people.admin)
    for person, word in ((people.reviewer, "up"), (court.other, "down")):
        steps = [
            {"run": refund, "note": "Saver rate", "answers": {"call": word}},
            {"run": search, "answers": {"call": "up"}},
        ]
        court.say(0, person, answers={"thumbs": "up"}, steps=steps)
    client = people.client(people.editor)
    html = client.get(court.page).content.decode()
    assert "Item 1: reviews differ on Was the call right?" in words(html.encode())
    assert f'?item=1&amp;step={refund}"' in html
    page = client.get(f"{court.page}?item=1&edit={court.review_of(0, people.reviewer).uuid}")
    assert [step.name for step, _field in page.context["disputed_steps"]] == ["refund"]
    field = f"answer-{refund}-call"
    assert f'name="{field}"' in page.content.decode()
    kept = page.context["kept_steps"]
    court.post(client, 0, step=kept, asked_step=str(refund), **{"answer-thumbs": "up", field: "down"})
    assert Review.every.get(is_adjudication=True).steps == [
        {"run": str(refund), "note": "Saver rate", "answers": {"call": "down"}},
        {"run": str(search), "answers": {"call": "up"}},
    ]


def test_reviews_of_a_pair_differ_on_which_is_better_and_that_is_what_an_editor_answers(
    people: People, court: Court
) -> None:
    one, two = (item.trace_uuid for item in court.items[:2])
    assert one is not None
    assert two is not None
    pair = subjects.of_pair(one, two)
    (item,) = items.add(queue=Queue.objects.get(), subjects=[pair], reason=Reason()).added
    Queue.objects.update(decides="editor")
    for person, better in ((people.reviewer, "first"), (court.other, "both")):
        said = ReviewInput(answers={"preference": better})
        submit.submit(item=item, by=person, answers=said, now=timezone.now())
    client = people.client(people.editor)
    page = client.get(court.page)
    assert "Item 4: reviews differ on Which is better?" in words(page.content)
    assert "Which is better? (differs) A Both alike" in words(page.content)
    Trace.objects.update(name="on the right")
    Trace.objects.filter(uuid=str(item.trace_uuid)).update(
        name="on the left", started_at=timezone.now()
    )  # the later one
    told = words(client.get(court.page).content)
    assert 0 < told.index("A on the left") < told.index("B on the right")
    begun = Review.objects.get(item=item, reviewer=people.reviewer)
    form = client.get(f"{court.page}?item=4&edit={begun.uuid}").content.decode()
    assert 'name="answer-preference"' in form
    assert 'name="answer-thumbs"' not in form
    address = f"/w/acme/queues/items/{item.uuid}/adjudicate/"
    client.post(address, {"answer-preference": "other"})
    assert Review.every.get(is_adjudication=True).answers == {"preference": "other"}
    assert Item.objects.get(number=4).state == "done"


def test_an_answer_that_came_too_late_stays_in_its_form_beside_the_reviews_as_they_are_now(
    people: People, court: Court
) -> None:
    court.split(0)
    court.split(1)
    chosen, client = court.review_of(0, court.other), people.client(people.editor)
    seen = client.get(court.page).context["comparison"].token
    court.say(0, people.reviewer, answers={"thumbs": "up"}, note="Looked again")
    sent = {"answer-thumbs": "down", "note": "Both missed it", "edit": str(chosen.uuid), "seen": seen}
    late = court.post(client, 0, **sent)
    assert (late.status_code, late.redirect_chain) == (422, [])
    page = words(late.content)
    assert "Nothing was decided. The reviews of this item, or the word on them, have changed" in page
    assert "Looked again" in page
    assert "Both missed it" in page
    assert not Review.every.filter(is_adjudication=True).exists()
    court.post(client, 0, **{**sent, "seen": late.context["comparison"].token})
    assert Review.every.get(is_adjudication=True).note == "Both missed it"


def test_every_link_of_a_refused_answer_leads_somewhere(people: People, court: Court) -> None:
    for place in range(3):
        court.split(place)
    client = people.client(people.editor)
    refused = court.post(client, 1, edit=str(court.review_of(1, court.other).uuid), **{"answer-thumbs": "sideways"})
    assert refused.status_code == 422
    html = refused.content.decode()
    assert {n: html.count(f'href="{court.page}?item={n}"') for n in (1, 2, 3)} == {1: 2, 2: 2, 3: 2}
    assert 'href="?' not in html
    assert 'href="?' not in client.get(f"{court.page}?item=1").content.decode()
    assert client.get(f"{court.page}?item=2").context["current"] == court.items[1]


def test_what_was_read_before_an_answer_was_written_and_taken_back_is_read_again(people: People, court: Court) -> None:
    court.split(0)
    client = people.client(people.editor)
    before = client.get(court.page).context["comparison"].token
    court.post(client, 0, seen=before, **{"answer-thumbs": "down"})
    court.post(client, 0, "reopen")
    assert client.get(court.page).context["comparison"].token != before
