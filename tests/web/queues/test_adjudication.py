"""Items whose reviews differ, one at a time, and the word that settles them."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone
from playwright.sync_api import Page, expect
from pytest_django import DjangoAssertNumQueries

from annotation.domain.queues import items, lifecycle, rubric, rubric_versions, subjects
from annotation.domain.queues.conditions import Condition, Steps
from annotation.domain.queues.reasons import Reason
from annotation.domain.queues.rubric import Question, QuestionKind
from annotation.domain.queues.settings import QueueSettings
from annotation.domain.reviews import submit, undo
from annotation.domain.reviews.content import Evidence, ReviewInput
from annotation.models import Dataset, Example, Item, Membership, Queue, Reservation, Review, Trace, User
from tests.factories.accounts import MembershipFactory
from tests.factories.traces import RunFactory, TraceFactory
from tests.fixtures.browser import SignIn, settled
from tests.fixtures.people import People
from tests.web.queues.test_lists import words

pytestmark = pytest.mark.django_db


@dataclass(frozen=True, slots=True)
class Court:
    """A queue of two reviews per item; `other` is the second reviewer."""

    queue: Queue
    items: tuple[Item, ...]
    other: User
    people: People

    @property
    def page(self) -> str:
        """The address."""
        return f"/w/acme/queues/{self.queue.uuid}/adjudication/"

    def say(self, place: int, by: User, **given: Any) -> Review:
        """A review."""
        return submit.submit(item=self.items[place], by=by, answers=ReviewInput(**given), now=timezone.now())

    def split(self, place: int, **given: Any) -> None:
        """One says good and the other bad."""
        self.say(place, self.people.reviewer, answers={"thumbs": "up"})
        self.say(place, self.other, answers={"thumbs": "down"}, **given)

    def review_of(self, place: int, by: User) -> Review:
        """The person's review."""
        return Review.objects.get(item=self.items[place], reviewer=by)

    def post(self, client: Client, place: int, act: str = "adjudicate", **given: Any) -> Any:
        """What a button of the page does."""
        return client.post(f"/w/acme/queues/items/{self.items[place].uuid}/{act}/", given, follow=True)


@pytest.fixture
def court(people: People) -> Court:
    """Three items that nobody has reviewed yet."""
    other = MembershipFactory(workspace=people.workspace, role=Membership.Role.REVIEWER, user__name="Other").user
    dataset = Dataset.objects.create(workspace=people.workspace, name="Answers")
    asked = QueueSettings(name="Twice", reviewers_per_item=2, target_dataset=dataset)
    queue = lifecycle.create(workspace=people.workspace, settings=asked, rubric=rubric.default(), by=people.admin)
    traces = [TraceFactory(project=people.project, input="Refund?", output="Yes, all.") for _ in range(3)]
    added = items.add(queue=queue, subjects=[subjects.of_trace(one.uuid) for one in traces], reason=Reason()).added
    return Court(queue, added, other, people)


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


def test_items_are_settled_by_keyboard_alone(
    court: Court, people: People, browser_page: Page, sign_in: SignIn, live: str
) -> None:
    run = RunFactory(trace=Trace.objects.get(uuid=str(court.items[1].trace_uuid)), type="tool").uuid
    quoted = Evidence(label="Rude", run=run, text="said far from here")
    why = Question(
        key="why", kind=QuestionKind.TEXT, label="Why?", visible_if=Condition(question="thumbs", any_of=("down",))
    )
    asked = rubric.Rubric(questions=(*rubric.default().questions, why))
    rubric_versions.publish(queue=court.queue, asked=asked, by=people.admin)
    for place, given in enumerate(({}, {"labels": ("Rude",), "evidence": (quoted,)}, {})):
        court.split(place, **given)
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
    page.get_by_role("link", name="Cancel").click()
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
    page.keyboard.press("Control+Enter")
    reads(page, 3)
    page.keyboard.press("a")
    expect(page.get_by_text("Nothing to decide")).to_be_visible()
    rows = Item.objects.order_by("number").values_list("state", "adjudicated_by__name", "extra_seats")
    assert list(rows) == [("done", "editor", 0), ("done", "editor", 0), ("open", None, 1)]
    written = Review.every.get(is_adjudication=True)
    assert (written.answers, written.note) == ({"thumbs": "down"}, "Neither read the policy")
