"""A trace, or a step of it, taken into a dataset: over the page that shows it, or as a page of its own."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from django.test import Client
from django.urls import reverse
from playwright.sync_api import Page, expect
from pytest_django import DjangoAssertNumQueries

from annotation.domain.datasets import catalogue, rows
from annotation.domain.datasets.content import RowContent
from annotation.domain.datasets.schemas import RowSchema
from annotation.models import Dataset, Example, Queue
from tests.factories import RunFactory
from tests.fixtures.browser import SignIn
from tests.fixtures.people import People
from tests.web.queues.test_lists import words
from tests.web.review.conftest import ANSWER, Line, booking_trace, make_line, run_of
from tests.web.review.screen import at

__all__ = ["make_line"]

MakeLine = Callable[..., Line]
NOW = datetime(2026, 3, 2, 10, tzinfo=UTC)
HTMX = {"HX-Request": "true"}


@pytest.fixture
def editor(people: People) -> Client:
    return people.client(people.editor)


def dataset_named(people: People, name: str, schema: RowSchema | None = None) -> Dataset:
    return catalogue.create(workspace=people.workspace, name=name, by=people.editor, now=NOW, schema=schema)


def taking(**named: object) -> str:
    return f"{reverse('row-take', args=['acme'])}?{'&'.join(f'{name}={value}' for name, value in named.items())}"


@pytest.mark.django_db
def test_a_step_becomes_a_row_that_leads_back(people: People, editor: Client) -> None:
    dataset = dataset_named(people, "Refunds")
    run = RunFactory(trace__project=people.project, inputs={"city": "Ghent"}, outputs={"rooms": 3}, name="search")
    here = taking(trace=run.trace.uuid, run=run.uuid)

    shown = editor.get(here).content.decode()
    assert "&quot;Ghent&quot;" in shown
    given = {"dataset": dataset.uuid, "split": "test", "inputs": '{"city": "Ghent"}', "outputs": '{"rooms": 2}'}
    editor.post(here, given)

    row = Example.objects.get(dataset=dataset)
    assert (row.outputs, row.split) == ({"rooms": 2}, "test")
    assert (row.source_trace_uuid, row.source_run_uuid) == (run.trace.uuid, run.uuid)
    page = editor.get(reverse("dataset-row", args=["acme", dataset.uuid, row.uuid])).content.decode()
    assert str(run.trace.uuid) in page


@pytest.mark.django_db
def test_the_root_is_the_trace_and_a_step_may_be_of_another_one(people: People, editor: Client) -> None:
    dataset_named(people, "Refunds")
    one, other = booking_trace(people, 1), booking_trace(people, 2)
    tool = other.runs.get(name="get_rate_rules")
    missing = editor.get(taking(trace=one.uuid, run=dataset_named(people, "Nothing").uuid))

    whole = editor.get(taking(trace=one.uuid, run=one.root_run_uuid)).context["taken"]
    step = editor.get(taking(trace=one.uuid, run=tool.uuid)).context["taken"]

    assert (whole.trace, whole.run) == (one, None)
    assert (step.trace, step.run) == (other, tool)
    assert missing.status_code == 404


@pytest.mark.django_db
def test_over_a_page_it_tells_and_leads_to_the_row(people: People, editor: Client) -> None:
    dataset_named(people, "Another")
    strict = dataset_named(people, "Strict", RowSchema(inputs={"type": "object", "required": ["question"]}))
    rows.add(dataset=strict, rows=[RowContent({"question": "?"}, split="dev")], by=people.editor, now=NOW)
    here = taking(trace=booking_trace(people, 1).uuid)
    given = {"dataset": strict.uuid, "inputs": "{}", "outputs": '"typed"'}

    refused = editor.post(here, given, headers=HTMX)
    assert refused.status_code == 422
    assert "question" in words(refused.content)
    assert "&quot;typed&quot;" in refused.content.decode()
    assert refused.context["splits"] == ["dev"]
    assert refused.content.decode().strip().startswith("<dialog")

    done = editor.post(here, {**given, "inputs": '{"question": "Refund?"}'}, headers=HTMX)
    row = Example.objects.get(number=2)
    told = json.loads(done["HX-Trigger"])
    assert (done.status_code, list(told)) == (204, ["close-dialog", "toast"])
    assert told["toast"] == {
        "value": "Row 2 added to “Strict”; version 2 is the newest now.",
        "address": reverse("dataset-row", args=["acme", strict.uuid, row.uuid]),
        "label": "Row 2",
    }


@pytest.mark.django_db
def test_the_dataset_of_the_queue_is_chosen_and_what_it_hides_stays_hidden(
    people: People, editor: Client, make_line: MakeLine
) -> None:
    dataset_named(people, "A first one")
    target = dataset_named(people, "Target")
    line = make_line(1, target_dataset=target)
    item, here = line.items[0], taking(trace=line.items[0].trace_uuid, item=line.items[0].uuid)

    open_ = editor.get(here)
    assert open_.context["form"]["dataset"].initial == target
    assert ANSWER in open_.content.decode()

    Queue.objects.update(blindness={"model": True})
    run_of(item, "final_answer")
    step = taking(trace=item.trace_uuid, item=item.uuid, run=run_of(item, "final_answer").uuid)
    blind = editor.get(step).content.decode()
    assert "final_answer" not in blind
    assert ANSWER not in blind
    editor.post(step, {"dataset": target.uuid, "inputs": '"mine"', "split": "train"})
    row = Example.objects.get()
    assert (row.source_run_uuid, row.split) == (run_of(item, "final_answer").uuid, "train")
    assert row.outputs == {"output": ANSWER}


@pytest.mark.django_db
def test_who_may_not_write_datasets_is_not_offered_it(people: People, make_line: MakeLine) -> None:
    line = make_line(2)
    trace = f"/w/acme/traces/{line.items[0].trace_uuid}/"
    for person, address, is_offered in (
        (people.editor, line.page(1), True),
        (people.editor, trace, True),
        (people.reviewer, line.page(2), False),
        (people.reviewer, trace, False),
        (people.viewer, trace, False),
    ):
        page = people.client(person).get(address).content.decode()
        assert (ANSWER in page, "data-takes-step" in page) == (True, is_offered), (person, address)


@pytest.mark.django_db
def test_many_datasets_take_the_statements_of_one(
    people: People, editor: Client, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    here = taking(trace=booking_trace(people, 1).uuid)
    assert "No datasets yet" in words(editor.get(here).content)
    for number in range(3):
        dataset_named(people, str(number))
        with django_assert_num_queries(9):
            assert editor.get(here).context["has_datasets"]


def test_d_takes_the_step_that_is_read_and_says_where_it_went(
    browser_page: Page, live: str, people: People, make_line: MakeLine, sign_in: SignIn
) -> None:
    dataset_named(people, "A first one")
    target = dataset_named(people, "Target")
    rows.add(dataset=target, rows=[RowContent("?", split="dev")], by=people.editor, now=NOW)
    line = make_line(1, target_dataset=target)
    page = browser_page
    sign_in(people.editor)
    page.goto(live + line.page(1))
    at(page, 1)
    page.keyboard.press("j")
    page.keyboard.press("j")
    page.keyboard.press("d")
    dialog = page.get_by_role("dialog", name="Add to a dataset")
    expect(dialog.get_by_label("Dataset")).to_have_value(str(target.uuid))
    expect(dialog).to_contain_text("get_rate_rules")
    dialog.get_by_label("Dataset").select_option("A first one")
    expect(dialog.locator("#split-names option")).to_have_count(0)
    dialog.get_by_label("Dataset").select_option("Target")
    expect(dialog.locator("#split-names option")).to_have_count(1)
    dialog.get_by_label("Split").fill("dev")
    page.keyboard.press("Control+Enter")
    link = page.locator(".toast").get_by_role("link", name="Row 2")
    expect(link).to_be_visible()
    expect(dialog).to_have_count(0)
    at(page, 1)
    row = Example.objects.get(dataset=target, number=2)
    assert (row.split, row.source_run_uuid) == ("dev", run_of(line.items[0], "get_rate_rules").uuid)
    page.keyboard.press("?")
    expect(page.get_by_role("dialog").locator("dt:has(kbd:text-is('D')) + dd")).to_have_text("Add to a dataset")
    page.keyboard.press("Escape")
    link.click()
    expect(page.get_by_role("heading", name="Row 2")).to_be_visible()

    people.editor.keys = {"s": "d"}  # somebody had put another there before D came
    people.editor.save()
    page.goto(live + line.page(1))
    at(page, 1)
    page.keyboard.press("d")
    expect(page.get_by_role("dialog", name="Skip this item")).to_be_visible()
