"""Corrections that wait for an editor."""

from __future__ import annotations

import pytest
from django.utils import timezone

from annotation.domain.reviews import submit
from annotation.domain.reviews.content import ReviewInput
from annotation.models import Example, Review
from tests.fixtures.people import People
from tests.web.queues.conftest import Desk
from tests.web.queues.test_lists import words

pytestmark = pytest.mark.django_db

DECIDE = "/w/acme/queues/corrections"


def more(people: People, desk: Desk, place: int, correction: object) -> Review:
    given = ReviewInput.model_validate({"answers": {"thumbs": "down"}, "correction": correction})
    return submit.submit(item=desk.items[place], by=people.reviewer, answers=given, now=timezone.now())


def test_the_editor_sees_what_would_change_and_what_else_was_said(people: People, desk: Desk) -> None:
    html = people.client(people.editor).get(f"{desk.page}corrections/").content
    assert b"<del>Yes, all</del><ins>No, nothing</ins>." in html
    page = words(html)
    assert "Item 1, corrected by reviewer" in page
    assert "Was this good? Bad Labels Wrong policy Note &lt;b&gt;read&lt;/b&gt;" in page
    assert "Accepting makes it a row of Answers ." in page


def test_json_is_compared_by_structure(people: People, desk: Desk) -> None:
    review = more(people, desk, 1, {"output": "No.", "refund": False})
    html = people.client(people.editor).get(f"{desk.page}corrections/?review={review.uuid}").content.decode()
    assert "<ins>" in html
    assert "refund" in html


def test_accepting_makes_the_row_and_goes_on_to_the_next(people: People, desk: Desk) -> None:
    second = more(people, desk, 1, "Half.")
    client = people.client(people.editor)
    given = {"seen": 1, "note": "Right.", "following": str(second.uuid)}
    answer = client.post(f"{DECIDE}/{desk.review.uuid}/accept/", given, follow=True)
    assert answer.redirect_chain == [(f"{desk.page}corrections/?review={second.uuid}", 302)]
    assert "The correction of item 1 is accepted and became a row of “Answers”." in words(answer.content)
    assert "Item 2, corrected by reviewer" in words(answer.content)
    assert list(Example.objects.values_list("outputs", flat=True)) == [{"output": "No, nothing."}]
    assert Review.objects.get(pk=desk.review.pk).decision_note == "Right."


def test_rejecting_leaves_the_review(people: People, desk: Desk) -> None:
    answer = people.client(people.editor).post(f"{DECIDE}/{desk.review.uuid}/reject/", {"seen": 1}, follow=True)
    assert "No correction is waiting" in words(answer.content)
    assert (Review.objects.get().correction_state, Example.objects.count()) == ("rejected", 0)


def test_what_changed_meanwhile_is_read_again(people: People, desk: Desk) -> None:
    more(people, desk, 0, "Something else.")
    answer = people.client(people.editor).post(f"{DECIDE}/{desk.review.uuid}/accept/", {"seen": 1}, follow=True)
    assert "Nothing was decided. The reviewer has changed this review since you opened it" in words(answer.content)
    assert "edited, submission 2" in words(answer.content)
    assert Review.objects.get().correction_state == "proposed"
