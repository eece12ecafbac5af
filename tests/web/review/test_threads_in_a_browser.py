"""Items of whole threads in a real browser."""

from __future__ import annotations

from collections.abc import Callable

from playwright.sync_api import Page, expect

from annotation.domain.queues import items, subjects
from annotation.domain.queues.reasons import Reason
from tests.fixtures.people import People
from tests.web.review.conftest import Line, booking_trace


def test_keys_walk_through_all_turns_of_a_thread(
    page: Page, live: str, make_line: Callable[..., Line], people: People
) -> None:
    line = make_line(0)
    for number in (1, 2, 3):
        trace = booking_trace(people, number)
        trace.thread_id = "three turns"
        trace.save()
    thread = subjects.of_thread(people.project.pk, "three turns")
    items.add(queue=line.queue, subjects=[thread], reason=Reason())
    page.goto(live + line.page(1))
    outlines, steps = page.locator("[data-outline]"), page.locator("[data-outline] a[data-step-id]")
    expect(outlines).to_have_count(3)
    current = page.locator("[data-outline] [aria-current]")
    for key, end in (("k", steps.first), ("j", steps.last), ("k", steps.first)):
        for _ in range(steps.count()):
            page.keyboard.press(key)
        expect(end).to_have_attribute("aria-current", "step")
        expect(current).to_have_count(1)
