"""The page that says how far reviewers agree."""

from __future__ import annotations

from html import unescape

import pytest
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from annotation.domain.queues import items, lifecycle, rubric, subjects
from annotation.domain.queues.reasons import Reason
from annotation.domain.queues.settings import QueueSettings
from annotation.domain.reviews import submit
from annotation.domain.reviews.content import ReviewInput
from annotation.models import User
from annotation.templatetags.annotation import coefficient
from tests.factories.traces import TraceFactory
from tests.fixtures.opinions import SAID, reviewed
from tests.fixtures.people import People
from tests.web.queues.test_lists import words

pytestmark = pytest.mark.django_db


def test_each_question_has_its_figures_and_the_items_that_differ(people: People, other: User) -> None:
    queue, added = reviewed(people, other, SAID)
    page = people.client(people.editor).get(f"/w/acme/queues/{queue.uuid}/agreement/").content
    shown = words(page)
    assert "Was this good? 4 1 75 % 0.50 0.53" in shown
    assert "too few" in shown
    assert "Labels 4 0 100 % – – – no variation" in shown
    assert "Items on which answers differ 1" in shown
    assert "adjudication/?item=2" in page.decode()
    assert "adjudication/?item=1" not in page.decode()
    assert added[1].number == 2


def test_a_cell_of_the_table_of_two_people_opens_its_items(people: People, other: User) -> None:
    queue, added = reviewed(people, other, SAID)
    base = f"/w/acme/queues/{queue.uuid}/agreement/?question=thumbs&one={people.reviewer.uuid}&other={other.uuid}"
    client = people.client(people.editor)
    html = client.get(base).content.decode()  # bad, good: in the order of their worth
    assert "Cohen's κ of the two: 0.50 , from 4 items: too few to build on." in unescape(words(html.encode()))
    assert f"one={people.reviewer.uuid}&amp;other={other.uuid}&amp;row=0&amp;column=0#items" in html
    cell = client.get(f"{base}&row=1&column=1").content
    assert "Items answered Good / Good 2" in words(cell)
    assert [f'?item={item.number}"' in cell.decode() for item in added] == [True, False, False, True]


def test_every_figure_opens_the_items_that_it_counts(people: People, other: User) -> None:
    queue, added = reviewed(people, other, SAID)
    pair = f"one={people.reviewer.uuid}&other={other.uuid}"
    client, base = people.client(people.editor), f"/w/acme/queues/{queue.uuid}/agreement/"
    html = client.get(f"{base}?question=thumbs&{pair}").content.decode().replace("&amp;", "&")
    for asked, heading, numbers in (
        ("show=compared", "that at least two people answered 4", [1, 2, 3, 4]),
        ("show=alike", "on which all answers are alike 3", [1, 3, 4]),
        (f"{pair}&answer=0", "answered Bad 2 with 3 answers", [2, 3]),
        (f"{pair}&answer=1", "answered Good 3 with 5 answers", [1, 2, 4]),
        (f"{pair}&show=both", "that both people answered 4", [1, 2, 3, 4]),
    ):
        assert f'href="?question=thumbs&{asked}#items"' in html, asked
        page = client.get(f"{base}?question=thumbs&{asked}").content
        assert f"Items {heading} No." in words(page)
        assert [one.number for one in added if f'?item={one.number}"' in page.decode()] == numbers
    assert html.count('?question=thumbs&show=compared#items"') == 3, "items, kappa and alpha"


def test_figures_have_two_digits_and_nothing_is_below_nothing() -> None:
    assert [coefficient(value) for value in (-0.004, -0.25, 0.996, None)] == ["0.00", "−0.25", "1.00", "–"]


def test_what_is_not_compared_is_named_with_its_reason(people: People, other: User) -> None:
    queue, _added = reviewed(people, other, SAID)
    shown = words(people.client(people.viewer).get(f"/w/acme/queues/{queue.uuid}/agreement/").content)
    assert "Correction A correction is a text of its own" in shown
    assert "Note Free text: two people never say the same in the same words." in shown
    assert shown.count("not compared") == 2
    assert "Which is better?" not in shown


def test_preferences_between_pairs_are_compared_whichever_side_stood_left(people: People, other: User) -> None:
    queue, _added = reviewed(people, other, [])
    one, two, three = (TraceFactory(project=people.project, output=f"answer {n}") for n in range(3))
    named = [subjects.of_pair(one.uuid, two.uuid), subjects.of_pair(one.uuid, three.uuid)]
    added = items.add(queue=queue, subjects=named, reason=Reason()).added
    for item, said in zip(added, (("first", "first"), ("both", "other")), strict=True):
        for person, preferred in zip((people.reviewer, other), said, strict=True):
            given = ReviewInput(answers={"preference": preferred})
            submit.submit(item=item, by=person, answers=given, now=timezone.now())
    client = people.client(people.editor)
    page = words(client.get(f"/w/acme/queues/{queue.uuid}/agreement/").content)
    assert "Which is better? 2 1 50 %" in page
    assert "The first 2 50 %" in page
    assert "Both alike" in page
    (told,) = [one for one in client.get(f"/api/v1/queues/{queue.uuid}/agreement").json() if one["key"] == "preference"]
    assert (told["items"], told["disagreed_items"], told["scale"]) == (2, [added[1].number], "nominal")


@pytest.mark.parametrize(
    "asked", ["question=nope", "one=x&other=y", "row=9&column=0", "row=-1&column=٣", "question=note"]
)
def test_an_address_that_names_nothing_shows_the_usual(people: People, other: User, asked: str) -> None:
    queue, _added = reviewed(people, other, SAID)
    shown = words(people.client(people.editor).get(f"/w/acme/queues/{queue.uuid}/agreement/?{asked}").content)
    assert "Items on which answers differ 1" in shown


def test_without_a_second_opinion_there_is_nothing_to_compare(people: People) -> None:
    settings = QueueSettings(name="Once")
    queue = lifecycle.create(workspace=people.workspace, settings=settings, rubric=rubric.default(), by=people.admin)
    page = people.client(people.editor).get(f"/w/acme/queues/{queue.uuid}/agreement/").content
    assert "Nothing to compare yet" in words(page)


def test_a_merged_label_counts_as_what_it_became(people: People, other: User) -> None:
    queue, added = reviewed(people, other, SAID[:1])
    for person, label in ((people.reviewer, "Rude"), (other, "Unfriendly")):
        given = ReviewInput(answers={"thumbs": "down"}, labels=(label,))
        submit.submit(item=added[0], by=person, answers=given, now=timezone.now())
    client, address = people.client(people.editor), f"/w/acme/queues/{queue.uuid}/agreement/?question=label"
    assert "Items on which answers differ 1" in words(client.get(address).content)
    rude, unfriendly = people.project.failure_modes.order_by("id")
    unfriendly.merged_into = rude
    unfriendly.save()
    assert "What was answered to “Labels” Rude" in words(client.get(address).content)
    assert "None: everybody gave the same answer." in words(client.get(address).content)


@pytest.mark.parametrize("count", [1, 3])
def test_it_takes_the_same_statements_for_one_item_and_three(
    people: People, other: User, count: int, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    queue, _added = reviewed(people, other, [("up", "down")] * count)
    client = people.client(people.editor)
    with django_assert_num_queries(12):
        client.get(f"/w/acme/queues/{queue.uuid}/agreement/")
