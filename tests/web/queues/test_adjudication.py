"""Items whose reviews differ, one at a time, and the word that settles them."""

from __future__ import annotations

import re
from uuid import UUID

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect
from pytest_django import DjangoAssertNumQueries

from annotation.domain.queues import rubric, rubric_versions
from annotation.domain.queues.conditions import Condition
from annotation.domain.queues.rubric import Question, QuestionKind
from annotation.domain.reviews import undo
from annotation.domain.reviews.content import Evidence
from annotation.models import Example, Item, Reservation, Review, Trace
from tests.factories.traces import RunFactory
from tests.fixtures.browser import SignIn, settled
from tests.fixtures.people import People
from tests.web.queues.conftest import Court
from tests.web.queues.test_lists import words

pytestmark = pytest.mark.django_db


def test_the_reviews_stand_side_by_side_with_what_differs_first(people: People, court: Court) -> None:
    court.split(0, layer="model", note="<b>Wrong</b>", labels=("Rude",), correction="No, nothing.")
    html = people.client(people.editor).get(court.page).content
    page = words(html)
    assert "Item 1: reviews differ on Was this good?" in page
    assert "Was this good? (differs) Good Bad" in page
    assert page.index("Was this good? (differs)") < page.index("Layer – model") < page.index("Note – &lt;b&gt;Wrong")
    assert b"<del>Yes, all</del><ins>No, nothing</ins>." in html
    assert "Adjudication 1" in page


def test_nothing_waits_where_all_agree_and_an_open_item_shows_no_reviews(people: People, court: Court) -> None:
    court.say(0, people.reviewer, answers={"thumbs": "up"}, note="Mine")
    client = people.client(people.editor)
    assert "Nothing to decide" in words(client.get(court.page).content)
    page = words(client.get(f"{court.page}?item=1").content)
    assert "This item is still being reviewed (1 so far)" in page
    assert "Mine" not in page
    assert client.get(f"{court.page}?item=9").status_code == 404


def test_taking_a_review_settles_the_item_and_goes_on(people: People, court: Court) -> None:
    court.split(0, correction="No, nothing.")
    court.split(1)
    chosen, client = court.review_of(0, court.other), people.client(people.editor)
    answer = court.post(client, 0, review=str(chosen.uuid), following="2", why="Policy")
    assert answer.redirect_chain == [(f"{court.page}?item=2", 302)]
    assert "Item 1 is settled." in words(answer.content)
    assert Item.objects.get(number=1).adjudicated_by == people.editor
    assert list(Example.objects.values_list("outputs", flat=True)) == [{"output": "No, nothing."}]
    listed = " ".join(client.get(court.page.removesuffix("adjudication/")).content.decode().split())
    assert f'href="{court.page}?item=1" >How it was settled</a>' in listed
    assert f'href="{court.page}?item=2" >Decide</a>' in listed
    opened = client.get(court.page.replace("adjudication/", "items/1/"))
    assert f'href="{court.page}?item=1" >See its reviews</a>' in " ".join(opened.content.decode().split())
    settled = words(client.get(f"{court.page}?item=1").content)
    assert "settled by editor" in settled
    assert "Other the word" in settled
    assert "back" in words(court.post(client, 0, "reopen").content)
    assert Item.objects.get(number=1).state == "disagreement"


def test_an_item_that_is_open_again_says_what_settled_it_and_what_came_since(people: People, court: Court) -> None:
    court.split(0)
    client = people.client(people.editor)

    def told(*acts: tuple[str, dict[str, str]]) -> str:
        for act, given in acts:
            court.post(client, 0, act, **given)
        html = client.get(f"{court.page}?item=1").content.decode()
        said = html.partition('<p class="notice">')[2].partition("</p>")[0]
        return words(re.sub(r"</?time.*?>", "", said).encode())

    taken = ("adjudicate", {"review": str(court.review_of(0, court.other).uuid), "why": "Policy"})
    word = f"Settled before by {people.editor.email}, just now: the review of {court.other.email}. Why: “Policy”. "
    assert told() == "", "nobody has settled it"
    assert told(taken) == "", "its word holds"
    assert told(("reopen", {})) == f"{word}{people.editor.email} took that word back, just now."
    told(taken)
    court.say(0, people.reviewer, answers={"thumbs": "up"}, note="Look again")
    assert told() == f"{word}That word holds no more: {people.reviewer} reviewed just now."
    assert told(taken, ("another", {})) == f"{word}{people.editor.email} asked for one more review, just now."
    court.say(0, people.admin, answers={"thumbs": "up"})
    told(("adjudicate", {"answer-thumbs": "down"}))
    undo.undo(review=court.review_of(0, people.admin), by=people.admin, now=timezone.now())
    own = f"Settled before by {people.editor.email}, just now: an answer of their own. "
    assert told() == f"{own}That word holds no more: a review was taken back since."


def test_what_changed_meanwhile_is_read_again(people: People, court: Court) -> None:
    court.split(0)
    client = people.client(people.editor)
    seen = client.get(court.page).context["comparison"].token
    court.say(0, people.reviewer, answers={"thumbs": "up"}, note="More")
    answer = court.post(client, 0, review=str(court.review_of(0, court.other).uuid), seen=seen)
    assert "Nothing was decided. The reviews of this item" in words(answer.content)
    assert Item.objects.get(number=1).state == "disagreement"


def test_the_page_takes_no_lock_from_who_gets_the_item_next(people: People, court: Court) -> None:
    court.split(0)
    client = people.client(people.editor)
    client.get(court.page)
    answer = court.post(client, 0, "another")
    assert "back in the line for one more review" in words(answer.content)
    client.get(f"{court.page}?item=1")
    assert not Reservation.objects.exists()
    given = people.client(people.admin).get(f"/w/acme/queues/{court.queue.uuid}/review/")
    assert given["Location"].endswith("/items/1/")
    assert [one.reviewer for one in Reservation.objects.all()] == [people.admin]


def test_a_review_of_another_workspace_is_not_there(people: People, court: Court) -> None:
    court.split(0)
    assert court.post(people.client(people.editor), 0, review="00000000-0000-0000-0000-000000000001").status_code == 404
    assert court.post(people.client(people.editor), 0, review="nonsense").status_code == 404


@pytest.mark.parametrize("count", [1, 3])
def test_it_takes_the_same_statements_for_one_item_and_three(
    people: People, court: Court, count: int, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    for place in range(count):
        court.split(place)
    client = people.client(people.editor)
    client.get(court.page)
    with django_assert_num_queries(10):
        client.get(court.page)


def reads(page: Page, number: int) -> None:
    expect(page.locator("#item-title")).to_contain_text(f"Item {number}: reviews differ")
    settled(page)


def opens_beside(page: Page, name: str) -> None:
    with page.context.expect_page() as opened:
        page.get_by_role("link", name=name).click(modifiers=["Control"])
    opened.value.close()


def fails_to_send(page: Page) -> None:
    page.route("**/adjudicate/", lambda route: route.fulfill(body="away"))
    page.keyboard.press("Control+Enter")
    expect(page.get_by_text("away")).to_be_visible()
    page.unroute("**/adjudicate/")


def _three_that_differ(court: Court, people: People) -> UUID:
    """Of the second one review quotes this run, which is not on the page; "Why?" is asked where the answer is bad."""
    run: UUID = RunFactory(trace=Trace.objects.get(uuid=str(court.items[1].trace_uuid)), type="tool").uuid
    quoted = Evidence(label="Rude", run=run, text="said far from here")
    why = Question(
        key="why", kind=QuestionKind.TEXT, label="Why?", visible_if=Condition(question="thumbs", any_of=("down",))
    )
    asked = rubric.Rubric(questions=(*rubric.default().questions, why))
    rubric_versions.publish(queue=court.queue, asked=asked, by=people.admin)
    for place, given in enumerate(({}, {"labels": ("Rude",), "evidence": (quoted,)}, {})):
        court.split(place, **given)
    return run


def test_items_are_settled_by_keyboard_alone(
    court: Court, people: People, browser_page: Page, sign_in: SignIn, live: str
) -> None:
    run = _three_that_differ(court, people)
    sign_in(people.editor)
    page = browser_page
    page.goto(live + court.page)
    reads(page, 1)
    page.keyboard.press("j")
    reads(page, 2)
    page.keyboard.press("k")
    reads(page, 1)
    page.keyboard.press("2")  # the second review
    reads(page, 2)
    expect(page.locator(".correction-list a")).to_have_count(2)
    page.keyboard.press("e")
    expect(page.locator("#answer")).to_be_visible()
    settled(page)
    page.locator("#note").fill("thrown away")
    opens_beside(page, "Cancel")
    page.goto(page.url.partition("#")[0])
    expect(page.locator("#note")).to_have_value("thrown away")
    page.get_by_role("link", name="Cancel").click()
    reads(page, 2)
    expect(page.locator("#answer")).to_have_count(0)
    settled(page)
    page.keyboard.press("e")
    expect(page.locator("#note")).to_have_value("")
    settled(page)
    expect(page.get_by_label("Why?")).to_be_hidden()
    page.keyboard.press("b")
    expect(page.get_by_label("Why?")).to_be_visible()
    page.locator("#note").focus()
    page.keyboard.type("Neither read the policy")
    page.get_by_role("link", name="said far from here").click()  # not on this page of the trajectory
    expect(page).to_have_url(re.compile(f"edit=.*&step={run}"))
    settled(page)
    expect(page.locator("#note")).to_have_value("Neither read the policy")
    fails_to_send(page)
    page.goto(f"{live}{court.page}?item=2&edit={court.review_of(1, people.reviewer).uuid}")
    settled(page)
    expect(page.locator("#note")).to_have_value("Neither read the policy")
    page.keyboard.press("Control+Enter")
    reads(page, 3)
    page.keyboard.press("a")
    expect(page.get_by_text("Nothing to decide")).to_be_visible()
    rows = Item.objects.order_by("number").values_list("state", "adjudicated_by__name", "extra_seats")
    assert list(rows) == [("done", "editor", 0), ("done", "editor", 0), ("open", None, 1)]
    written = Review.every.get(is_adjudication=True)
    assert (written.answers, written.note) == ({"thumbs": "down"}, "Neither read the policy")
