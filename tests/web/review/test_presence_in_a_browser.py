"""How long somebody sits before an item, and for how long it is held: told by beats only while the page is seen and used."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime

import pytest
from playwright.sync_api import Browser, BrowserContext, Page

from tests.fixtures.browser import SignIn, settled
from tests.fixtures.people import People
from tests.web.review.conftest import Line

MakeLine = Callable[..., Line]
HIDE = """state => {
    Object.defineProperty(document, "visibilityState", { value: state, configurable: true });
    document.dispatchEvent(new Event("visibilitychange"));
}"""


@pytest.fixture
def page(browser: Browser, browser_context: BrowserContext, people: People, sign_in: SignIn) -> Iterator[Page]:
    """A page of the reviewer in a profile of its own: one whose clock was stopped has no other for any page after it."""
    sign_in(people.reviewer)
    alone = browser.new_context(storage_state=browser_context.storage_state())
    yield alone.new_page()
    alone.close()


def test_beats_and_active_time_end_with_two_idle_minutes_and_while_hidden(
    live: str, page: Page, make_line: MakeLine
) -> None:
    beats: list[str] = []
    page.on("request", lambda request: beats.append(request.url) if "/heartbeat/" in request.url else None)
    page.clock.install(time=datetime(2026, 3, 2, 12))  # noqa: DTZ001  # the browser's own clock
    page.goto(live + make_line(1).page(1))
    settled(page)
    time = page.locator("input[data-active-time]")
    page.clock.pause_at(datetime(2026, 3, 2, 13))  # noqa: DTZ001
    page.keyboard.press("Shift")
    beats.clear()
    before = int(time.input_value())

    def passed(seconds: int) -> tuple[int, int]:
        """Beats and active seconds since the last sign of life, once the clock has gone on."""
        page.clock.run_for(seconds * 1000)
        return len(beats), round((int(time.input_value()) - before) / 1000)

    assert passed(110) == (5, 110)
    assert passed(600) == (5, 119)
    page.evaluate(HIDE, "hidden")
    page.keyboard.press("Shift")
    assert passed(110) == (5, 119)
