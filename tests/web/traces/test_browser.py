"""The trace pages in a real browser, under the real policy: any console error fails these tests."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from annotation.models import Run, Trace
from tests.factories.queues import QueueFactory
from tests.factories.traces import RunFactory
from tests.fixtures.browser import SignIn, settled
from tests.fixtures.people import People


@pytest.fixture
def page(browser_page: Page, people: People, sign_in: SignIn) -> Page:
    """A page of the editor."""
    sign_in(people.editor)
    return browser_page


def test_a_trace_is_found_read_and_judged_by_keyboard(page: Page, live: str, trip: Trace, hostile: Trace) -> None:
    page.goto(f"{live}/w/acme/traces/")
    page.keyboard.press("/")
    page.keyboard.type("output contains rates")
    page.keyboard.press("Enter")
    expect(page.get_by_role("link", name="Remove output contains rates")).to_be_visible()
    settled(page)
    assert "filter=output+contains+rates" in page.url
    listed = page.url

    page.get_by_text("Move my booking.").click()
    sheet = page.get_by_role("dialog", name="Trace handle message")
    expect(sheet).to_be_visible()
    assert f"/traces/{trip.uuid}/" in page.url
    for _ in range(3):
        page.keyboard.press("j")
    expect(sheet.locator("a[aria-current=step] .name")).to_have_text("rates TX-4471")
    expect(sheet.locator(".turn[data-at]")).to_contain_text("TimeoutError")
    page.keyboard.press("b")
    expect(sheet.locator(".judgements .chip")).to_have_text("decided")
    trip.refresh_from_db()
    assert trip.verdict == "bad"

    page.keyboard.press("Escape")
    expect(sheet).not_to_be_visible()
    expect(page).to_have_url(listed)
    page.keyboard.press("?")
    expect(page.get_by_role("heading", name="Keys of this page")).to_be_visible()


def test_the_filter_of_a_long_outline_finds_an_error_far_down(page: Page, live: str, trip: Trace) -> None:
    built = (
        RunFactory.build(trace=trip, workspace=trip.workspace, type="tool", name=f"tool {number}", started_at=trip.started_at,
                         start_nano=10**19 // 2 + number, status="error" if number == 1702 else "ok")
        for number in range(1800)
    )  # fmt: skip
    Run.objects.bulk_create(built)
    page.goto(f"{live}/w/acme/traces/{trip.uuid}/")
    page.locator("label", has_text="Errors").click()
    expect(page.locator("[data-outline] [data-error] a").last).to_have_text("tool 1702error")
    expect(page.locator("[data-outline] .more")).to_have_count(0)
    assert page.locator("[data-outline] a").count() == page.locator("[data-outline] a").evaluate_all(
        "(links) => new Set(links.map((link) => link.dataset.stepId)).size"
    )
    page.keyboard.press("j")
    page.keyboard.press("j")  # to where it stands in the conversation
    expect(page.locator(".turn[data-at]")).to_contain_text("tool 1702")
    page.reload()
    expect(page.locator(".segments input[value=errors]")).to_be_checked()
    expect(page.locator("[data-outline] .more")).to_have_count(0)
    page.get_by_text("All", exact=True).click()
    expect(page).not_to_have_url(re.compile("outline="))


def test_the_keys_of_an_open_trace_are_listed_over_it(page: Page, live: str, trip: Trace, hostile: Trace) -> None:
    page.goto(f"{live}/w/acme/traces/")
    page.get_by_text("Move my booking.").click()
    expect(page.locator("dialog#trace")).to_be_visible()
    page.keyboard.press("?")
    keys = page.locator("dialog.shortcuts")
    expect(keys.locator("dt kbd", has_text=re.compile(r"^[\[\]]$"))).not_to_have_count(0)
    expect(keys.locator("dd", has_text=re.compile("^Good$"))).to_be_visible()
    page.keyboard.press("Escape")
    expect(keys).to_have_count(0)
    expect(page.locator("dialog#trace")).to_be_visible()


def test_escape_keeps_what_is_typed_and_so_many_of_what_is_found_fill_a_queue(
    page: Page, live: str, trip: Trace, people: People
) -> None:
    QueueFactory(workspace=people.workspace)
    page.goto(f"{live}/w/acme/traces/")
    page.keyboard.press("/")
    page.keyboard.type("status is ok")
    expect(page.get_by_role("option").first).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.locator("#suggestions")).to_be_hidden()
    page.keyboard.press("Enter")
    expect(page.get_by_role("link", name="Remove status is ok")).to_be_visible()
    page.get_by_role("button", name="Add to queue").click()
    page.get_by_text("By chance").click()
    count = page.get_by_label("How many by chance")
    expect(count).to_have_css("opacity", "1")
    count.fill("7")
    page.get_by_role("button", name="Preview").click()
    expect(page.locator("#fill input[name=count]")).to_have_value("7")


def test_hostile_content_runs_nothing_and_loads_nothing(page: Page, live: str, hostile: Trace) -> None:
    foreign: list[str] = []
    page.on("request", lambda request: None if request.url.startswith(live) else foreign.append(request.url))
    page.on("dialog", lambda dialog: foreign.append(dialog.message))
    page.goto(f"{live}/w/acme/traces/{hostile.uuid}/")
    page.locator(".turn .opens a").first.dispatch_event("click")
    expect(page.locator("dialog#step")).to_be_visible()
    assert page.locator(".trajectory img, .trajectory script").count() == 0
    assert foreign == []


def test_a_whole_text_opens_by_itself_with_the_icon_of_the_pages(page: Page, live: str, trip: Trace) -> None:
    page.goto(f"{live}/w/acme/traces/{trip.uuid}/text/?at=trace:output")
    assert page.inner_text("body") == trip.output
    answer = page.request.get(f"{live}/favicon.ico")
    assert (answer.status, answer.headers["content-type"]) == (200, "image/svg+xml")


def test_going_back_leaves_the_trace_and_suggestions_complete_the_filter(page: Page, live: str, trip: Trace) -> None:
    page.goto(f"{live}/w/acme/traces/")
    page.get_by_text("Move my booking.").click()
    expect(page.locator("dialog#trace")).to_be_visible()
    page.go_back()
    expect(page.locator("dialog#trace")).to_have_count(0)
    expect(page.get_by_text("Move my booking.")).to_be_visible()
    settled(page)
    page.keyboard.press("/")
    with page.expect_response(lambda answer: "add=stat" in answer.url):  # those for less of the word come before
        page.keyboard.type("stat")
    expect(page.get_by_role("option", name="status")).to_be_visible()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    expect(page.get_by_role("combobox")).to_have_value("status ")
