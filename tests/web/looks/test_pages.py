"""Pages that keep nobody out: WCAG 2.2 AA as far as axe-core checks it, in light and dark, on a phone and enlarged."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from axe_playwright_python.base import AXE_SCRIPT
from playwright.sync_api import Page, ViewportSize, expect

from annotation.models import Dataset, Queue, Review
from tests.fixtures.people import People
from tests.web.review.conftest import Line

DESK = ViewportSize(width=1440, height=900)
LAPTOP = ViewportSize(width=1024, height=768)
ZOOMED = ViewportSize(width=720, height=450)
"""The desk at 200 %."""
PHONE = ViewportSize(width=390, height=844)

STANDARD = {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}
COLOURS = {"type": "rule", "values": ["color-contrast"]}
FINGERS = {"type": "rule", "values": ["target-size", "scrollable-region-focusable"]}

TOO_WIDE = """() => [document.scrollingElement, ...document.querySelectorAll("#rubric")]
    .filter((whole) => whole.scrollWidth > whole.clientWidth)
    .flatMap((whole) => [...whole.querySelectorAll("*")]
        .filter((one) => one.getBoundingClientRect().right > whole.getBoundingClientRect().left + whole.clientWidth + 1))
    .slice(0, 3).map((one) => `too wide: ${one.outerHTML.slice(0, 120)}`)"""


def findings(page: Page, rules: object) -> list[str]:
    """What axe-core finds, each rule with the place it speaks of."""
    options = {"runOnly": rules, "resultTypes": ["violations"], "preload": False}
    found = page.evaluate("(options) => axe.run(document, options)", options)["violations"]
    return [f"{one['id']}: {' '.join(map(str, node['target']))}" for one in found for node in one["nodes"]]


def complaints(page: Page, address: str) -> list[str]:
    """Everything that is wrong with one page."""
    page.set_viewport_size(DESK)
    page.emulate_media(color_scheme="light")
    page.goto(address)
    page.evaluate(AXE_SCRIPT)
    found = findings(page, STANDARD)
    page.emulate_media(color_scheme="dark")
    found += [f"dark, {one}" for one in findings(page, COLOURS)]
    for name, size in (("laptop", LAPTOP), ("zoomed", ZOOMED), ("phone", PHONE)):
        page.set_viewport_size(size)
        found += [f"{name}, {one}" for one in page.evaluate(TOO_WIDE)]
    return found + [f"phone, {one}" for one in findings(page, FINGERS)]


@pytest.mark.long
def test_no_page_has_a_finding_or_scrolls_sideways(
    live: str, pages: dict[str, str], as_admin: None, browser_page: Page
) -> None:
    found = {name: complaints(browser_page, live + address) for name, address in pages.items()}
    browser_page.context.clear_cookies()
    found["sign in"] = complaints(browser_page, f"{live}/sign-in/")
    assert {name: there for name, there in found.items() if there} == {}


@pytest.mark.parametrize("size", [PHONE, ZOOMED], ids=["phone", "zoomed"])
def test_an_item_is_judged_where_one_pane_shows_at_a_time(
    live: str,
    as_admin: None,
    browser_page: Page,
    make_line: Callable[..., Line],
    people: People,
    size: ViewportSize,
) -> None:
    page, dataset = browser_page, Dataset.objects.create(workspace=people.workspace, name="Answers")
    page.set_viewport_size(size)
    make_line(1)
    Queue.objects.update(name="Another one, with as long a name as many have")
    page.goto(live + make_line(1, target_dataset=dataset).page(1))
    expect(page.locator("#review-form")).to_be_hidden()
    page.get_by_role("button", name="Steps").click()
    page.locator("#outline a", has_text="get_rate_rules").click()
    expect(page.locator(".turn[data-at]")).to_be_in_viewport()
    page.get_by_role("button", name="Judge").click()
    submit = page.get_by_role("button", name="Submit & next")
    expect(submit).to_be_in_viewport(ratio=1)
    page.get_by_label("Note").fill("With a thumb.")
    expect(submit).to_be_in_viewport(ratio=1)
    page.locator("label.up").click()
    submit.click()
    expect(page.get_by_role("heading", name="All done here")).to_be_visible()
    assert page.evaluate(TOO_WIDE) == []
    review = Review.objects.get()
    assert (review.answers, review.note) == ({"thumbs": "up"}, "With a thumb.")
