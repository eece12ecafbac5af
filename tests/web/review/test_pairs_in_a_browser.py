"""Pairs in a real browser, by keyboard alone."""

from __future__ import annotations

from collections.abc import Callable

from playwright.sync_api import Page, expect

from annotation.domain.queues import items, pairs, subjects
from annotation.domain.queues.reasons import Reason
from annotation.models import Review
from tests.fixtures.browser import SignIn
from tests.fixtures.people import People
from tests.web.review.conftest import Line, booking_trace
from tests.web.review.screen import at

DIFFERING = "() => [...CSS.highlights.get('differing')].map((one) => one.startContainer.data.slice(one.startOffset, one.endOffset))"


def test_four_pairs_by_four_keys(
    browser_page: Page, live: str, make_line: Callable[..., Line], people: People, sign_in: SignIn
) -> None:
    page, line = browser_page, make_line(0)
    traces = [booking_trace(people, 1, f"Answer {number} to the one question.") for number in range(8)]
    made = [subjects.of_pair(one.uuid, other.uuid) for one, other in zip(traces[::2], traces[1::2], strict=True)]
    added = items.add(queue=line.queue, subjects=made, reason=Reason()).added
    sign_in(people.reviewer)
    page.goto(live + line.start)
    for number, key in enumerate("abtn", start=1):
        at(page, number)
        expect(page.locator("[data-outline] .differs")).to_have_count(1)
        left, right = (page.locator(f".pair-row.different .turn >> nth={place}").bounding_box() for place in (0, 1))
        assert left is not None
        assert right is not None
        assert left["y"] == right["y"]
        assert left["x"] + left["width"] <= right["x"]
        assert set(page.evaluate(DIFFERING)) == {str(2 * number - 2), str(2 * number - 1)}
        page.keyboard.press(key)
        page.keyboard.press("Control+Enter")
    expect(page.get_by_text("Nothing is left for you")).to_be_visible()
    said = [review.answers["preference"] for review in Review.objects.order_by("item__number")]
    is_swapped = [pairs.is_swapped(item.uuid, people.reviewer.uuid) for item in added]
    assert said == ["other" if is_swapped[0] else "first", "first" if is_swapped[1] else "other", "both", "neither"]
