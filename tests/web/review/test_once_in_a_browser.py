"""An item gets one review, however impatient hands are and however many tabs."""

from __future__ import annotations

import re
from collections.abc import Callable

from playwright.sync_api import Page, expect

from annotation.models import Review
from tests.web.review.conftest import Line
from tests.web.review.screen import at

MakeLine = Callable[..., Line]


def test_a_double_click_makes_one_review(page: Page, live: str, make_line: MakeLine) -> None:
    line = make_line(3)
    page.goto(live + line.page(1))
    page.locator("label.up").click()
    page.get_by_role("button", name="Submit & next").dblclick()
    at(page, 2)

    assert list(Review.objects.values_list("item__number", flat=True)) == [1]


def test_a_held_key_passes_nothing_unseen(page: Page, live: str, make_line: MakeLine) -> None:
    line = make_line(3)
    page.goto(live + line.page(1))
    page.keyboard.press("g")
    page.keyboard.down("Control")
    for _ in range(6):
        page.keyboard.down("Enter")
    page.keyboard.up("Enter")
    page.keyboard.up("Control")
    at(page, 2)

    assert Review.objects.count() == 1


def test_two_tabs_hold_the_same_item_and_give_one_review(page: Page, live: str, make_line: MakeLine) -> None:
    line = make_line(2)
    page.goto(live + line.start)
    other = page.context.new_page()
    other.goto(live + line.start)
    assert other.url == page.url == live + line.page(1)
    page.keyboard.press("g")
    page.keyboard.press("Control+Enter")
    at(page, 2)
    other.keyboard.press("b")
    other.keyboard.press("Control+Enter")
    both = other.get_by_role("alert", name="You submitted this item meanwhile")
    expect(both.get_by_role("row").last).to_have_text(re.compile(r"Good\s+Bad"))
    assert Review.objects.values_list("answers", "submission_count").get() == ({"thumbs": "up"}, 1)
    expect(other.get_by_label("Bad")).to_be_checked()
    both.get_by_role("button", name="Submit this instead").click()
    at(other, 2)

    assert Review.objects.values_list("answers", "submission_count").get() == ({"thumbs": "down"}, 2)


def test_back_opens_what_was_submitted_for_editing(page: Page, live: str, make_line: MakeLine) -> None:
    line = make_line(2)
    page.goto(live + line.page(1))
    page.keyboard.press("g")
    page.keyboard.press("c")
    page.keyboard.type("first words")
    page.keyboard.press("Control+Enter")
    at(page, 2)
    page.go_back()
    at(page, 1)

    expect(page.get_by_text("editing your review")).to_be_visible()
    expect(page.get_by_label("Note")).to_have_value("first words")
    expect(page.get_by_label("Good")).to_be_checked()
