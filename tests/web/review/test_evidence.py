"""Passages that speak for labels: shown wherever the review is, to whoever may read it, and taken from whatever its page shows."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from typing import Any

import pytest
from django.utils import timezone

from annotation.domain.queues import subjects
from annotation.domain.reviews import adjudicate, content, undo
from annotation.domain.reviews import submit as submission
from annotation.domain.reviews.content import ReviewInput
from annotation.domain.reviews.rubric import InvalidReviewError
from annotation.models import Draft, Item, Review, Trace
from tests.factories.accounts import MembershipFactory
from tests.factories.queues import ItemFactory, QueueFactory
from tests.fixtures.people import People
from tests.web.queues.test_lists import words
from tests.web.review.conftest import Line, run_of
from tests.web.review.personal_data import MAIL, MASKING

pytestmark = pytest.mark.django_db
MakeLine = Callable[..., Line]
QUOTE = "fully refundable, so you can"
SAID = f'<q dir="auto">{QUOTE}</q>'


def submitted(people: People, line: Line, number: int = 1, **marked: Any) -> Any:
    """What the reviewer's form is answered, with one passage for one label."""
    run = run_of(line.items[number - 1], "final_answer").uuid
    passage = json.dumps({"label": "Rude", "run": str(run), "text": QUOTE, **marked})
    form = line.form(number, **{"answer-thumbs": "down", "labels": "Rude", "evidence": passage})
    return people.client(people.reviewer).post(line.page(number, "submit"), form)


def test_passages_stand_under_their_label_wherever_the_review_does(people: People, make_line: MakeLine) -> None:
    line = make_line(1, reviewers_per_item=2, blindness={"peers": True})
    other = MembershipFactory(workspace=people.workspace, role="reviewer").user
    assert submitted(people, line).status_code == 302
    run, trace = run_of(line.items[0], "final_answer").uuid, f"/w/acme/traces/{line.items[0].trace_uuid}/"
    history = f"/w/acme/queues/reviews/{Review.objects.get().uuid}/history/"
    peer, mine, editor = people.client(other), people.client(people.reviewer), people.client(people.editor)

    for hidden in (line.page(1), trace, f"{line.page(1)}?raw=1"):
        assert "</q>" not in peer.get(hidden).content.decode()
    assert peer.get(history).status_code == 404
    given = ReviewInput.model_validate({"answers": {"thumbs": "up"}})
    submission.submit(item=line.items[0], by=other, answers=given, now=timezone.now())
    decided = f"/w/acme/queues/{line.queue.uuid}/adjudication/?item=1"
    edit = f"&edit={Review.objects.get(reviewer=people.reviewer).uuid}"
    for client, page, at in (
        (mine, f"{line.start}own/", f"{line.page(1)}?step="),
        (mine, line.page(1), f"{line.page(1)}?step="),
        (mine, history, f"{line.page(1)}?step="),
        (mine, trace, f"{trace}?step="),
        (editor, history, f"{trace}?step="),
        (editor, trace, f"{trace}?step="),
        (editor, decided, f"{decided}&amp;step="),
        (editor, f"{decided}{edit}", f"{decided}{edit.replace('&', '&amp;')}&amp;step="),
    ):
        html = client.get(page).content.decode()
        assert f'<b>Rude</b>\n<a href="{at}{run}" data-quote>{SAID}</a>' in html, page
    assert "</q>" not in peer.get(trace).content.decode()


def test_an_earlier_turn_of_the_thread_can_be_quoted_and_nothing_beyond(people: People, make_line: MakeLine) -> None:
    line = make_line(3)
    Trace.objects.filter(pk__in=Trace.objects.order_by("pk")[:2].values("pk")).update(thread_id="t-1")
    client = people.client(people.reviewer)
    before = run_of(line.items[0], "final_answer").trace
    page = client.get(line.page(2)).content.decode()
    assert page.count(f'data-run="{before.root_run_uuid}"') == 2
    for foreign in (run_of(line.items[2], "final_answer").uuid, run_of(line.items[0], "final_answer").trace.uuid):
        refused = submitted(people, line, 2, run=str(foreign))
        assert refused.status_code == 422
        assert "A passage was marked in a step that this item does not show; take that passage away." in words(
            refused.content
        )
        assert f"{foreign}" in str(Draft.objects.get().content["evidence"])
    assert not Review.objects.exists()
    assert submitted(people, line, 2, run=str(before.root_run_uuid)).status_code == 302
    assert Review.objects.get().labels[0]["evidence"] == [{"run": str(before.root_run_uuid), "text": QUOTE}]
    unfolded = re.compile(r'<details\s+class="earlier grow"\s+open\s*>.*?data-at="true"', re.DOTALL)
    assert not unfolded.search(page)
    assert unfolded.search(client.get(f"{line.page(2)}?step={before.root_run_uuid}").content.decode())
    step, editor = f"step={before.root_run_uuid}", people.client(people.editor)
    here, there = f"/w/acme/traces/{line.items[1].trace_uuid}/?{step}", f"/w/acme/traces/{before.uuid}/?{step}"
    for reader, followed in (
        (client, here),
        (editor, here),
        (editor, f"/w/acme/queues/{line.queue.uuid}/adjudication/?item=2&{step}"),
    ):
        assert reader.get(followed).headers["Location"] == there
    ItemFactory(queue=QueueFactory(workspace=people.workspace, masking=MASKING), trace=before)
    assert client.get(here).status_code == 200, "not sent to what is read on its review page only"


def quoting(run: Any, note: str, text: str = QUOTE) -> ReviewInput:
    passage = {"label": "Rude", "run": str(run), "text": text}
    return ReviewInput.model_validate(
        {"answers": {"thumbs": "down"}, "labels": ["Rude"], "evidence": [passage], "note": note}
    )


def test_what_a_review_quoted_stays_when_the_step_is_gone_and_nothing_else_of_it_comes_in(
    people: People, make_line: MakeLine
) -> None:
    line, me = make_line(2), people.reviewer
    Trace.objects.update(thread_id="t-1")
    item, before = line.items[1], run_of(line.items[0], "final_answer")
    given: dict[str, Any] = {"item": item, "by": me, "now": timezone.now()}
    review = submission.submit(answers=quoting(before.uuid, "Rude here."), **given)
    submission.submit(answers=ReviewInput.model_validate({"answers": {"thumbs": "up"}}), **given)
    Trace.objects.filter(pk=before.trace_id).delete()

    undo.undo(review=review, by=me, now=timezone.now())
    assert content.marked(content.read_labels(Review.objects.get().labels))[0].text == QUOTE
    submission.submit(answers=quoting(before.uuid, "Rude indeed."), **given)
    assert Review.objects.get().note == "Rude indeed."
    with pytest.raises(InvalidReviewError, match="take that passage away"):
        submission.submit(answers=quoting(before.uuid, "Rude indeed.", "cancel free of charge"), **given)
    adjudicate.write(item=item, answers=quoting(before.uuid, "As they say."), by=people.editor, now=timezone.now())
    assert Review.every.get(is_adjudication=True).labels[0]["evidence"] == [{"run": str(before.uuid), "text": QUOTE}]


def test_a_quoted_earlier_turn_stays_masked_and_is_kept_as_it_is(people: People, make_line: MakeLine) -> None:
    line = make_line(2, masking=MASKING)
    Trace.objects.update(thread_id="t-1")
    before = run_of(line.items[0], "final_answer").trace
    Trace.objects.filter(pk=before.pk).update(output=f"Ask {MAIL} for it.")
    client = people.client(people.reviewer)
    assert "Ask [e-mail 1] for it." in client.get(line.page(2)).content.decode()
    assert submitted(people, line, 2, run=str(before.root_run_uuid), text="Ask [e-mail 1]").status_code == 302
    assert Review.objects.get().labels[0]["evidence"][0]["text"] == f"Ask {MAIL}"
    history = f"/w/acme/queues/reviews/{Review.objects.get().uuid}/history/"
    for page in (line.page(2), f"{line.start}own/", history):
        shown = client.get(page).content.decode()
        assert '<q dir="auto">Ask [e-mail 1]</q>' in shown
        assert MAIL not in shown
    trace = f"/w/acme/traces/{line.items[1].trace_uuid}/"
    given = client.post(f"{trace}feedback/", {"thumb": "up"}, headers={"hx-request": "true"})
    assert MAIL not in given.content.decode()
    assert f'<q dir="auto">Ask {MAIL}</q>' in people.client(people.editor).get(trace).content.decode()


def test_passages_come_and_go_over_the_interface(people: People, make_line: MakeLine) -> None:
    line = make_line(2)
    client = people.client(people.reviewer)
    here, there = (run_of(item, "final_answer").uuid for item in line.items)

    def put(run: Any, where: str = "review") -> Any:
        passage = {"label": "Rude", "run": str(run), "text": f"{QUOTE} "}
        sent = {"answers": {"thumbs": "down"}, "labels": ["Rude"], "evidence": [passage]}
        return client.put(f"/api/v1/items/{line.items[0].uuid}/{where}", sent, content_type="application/json")

    assert put(here, "draft").status_code == 204
    assert client.get(f"/api/v1/items/{line.items[0].uuid}/draft").json()["evidence"][0]["text"] == f"{QUOTE} "
    assert put(here).json()["labels"][0]["evidence"] == [{"run": str(here), "text": QUOTE}]
    refused = put(there)
    assert (refused.status_code, "take that passage away" in str(refused.json()["error"]["fields"])) == (400, True)


@pytest.mark.parametrize("where", ["draft", "review"])
def test_the_interface_takes_a_hundred_passages_and_no_more(people: People, make_line: MakeLine, where: str) -> None:
    line = make_line(1)
    address, client = f"/api/v1/items/{line.items[0].uuid}/{where}", people.client(people.reviewer)

    def put(count: int) -> Any:
        passages = [{"label": "Rude", "text": f"{QUOTE} {number}"} for number in range(count)]
        sent = {"answers": {"thumbs": "down"}, "labels": ["Rude"], "evidence": passages}
        return client.put(address, sent, content_type="application/json")

    refused = put(101)
    assert (refused.status_code, list(refused.json()["error"]["fields"])) == (400, ["evidence"])
    assert put(100).status_code in (200, 204)


def test_on_a_run_under_review_passages_stand_with_the_label_of_the_whole(people: People, make_line: MakeLine) -> None:
    line = make_line(1)
    run = run_of(line.items[0], "final_answer")
    subject = subjects.of_run(run.trace.uuid, run.uuid)
    Item.objects.filter(pk=line.items[0].pk).update(kind="run", run_uuid=run.uuid, subject=subject.text)
    opened = people.client(people.reviewer).get(line.page(1)).content.decode()
    corrected = opened.split('id="corrected-run"')[1].split("</select>")[0]
    assert corrected.split('<option value="">')[1].split("<")[0].strip() == "This step"
    assert submitted(people, line).status_code == 302
    page = people.client(people.editor).get(f"/w/acme/traces/{run.trace.uuid}/").content.decode()
    assert page.count(SAID) == 1
