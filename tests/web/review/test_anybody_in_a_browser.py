"""The page works for whoever comes, with whatever browser, and shows whatever a trace holds as text."""

from __future__ import annotations

from collections.abc import Callable

from django.conf import settings
from playwright.sync_api import Browser, Page, expect

from annotation.models import Review
from tests.fixtures.people import People
from tests.web.review.conftest import Line
from tests.web.review.screen import at

MakeLine = Callable[..., Line]


def test_a_hostile_trace_is_shown_inert(page: Page, live: str, make_line: MakeLine) -> None:
    evil = (
        '<script>window.hit=1</script><img src="http://evil.example/x.png" onerror="window.hit=2">'
        "![pixel](http://evil.example/p.gif) [link](javascript:window.hit=3) </textarea><script>window.hit=4</script>"
        " \u202eevil\u202c <style>body{display:none}</style>"
    )
    line = make_line(1, answer=evil, instructions=evil)
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto(live + line.page(1))
    page.keyboard.press("i")

    expect(page.locator("#trajectory")).to_contain_text("<script>window.hit=1</script>")
    expect(page.locator("#correction")).to_have_value(evil)
    assert page.evaluate("window.hit") is None
    assert page.locator("#trajectory img, #trajectory script, #review-page style").count() == 0
    assert not [address for address in asked if "evil" in address]


def test_screen_readers_hear_names_for_everything(page: Page, live: str, make_line: MakeLine) -> None:
    line = make_line(1)
    page.goto(live + line.page(1))

    for role, name in (
        ("region", "Steps"),
        ("region", "Trajectory of item 1"),
        ("form", "Rubric"),
        ("radio", "Good"),
        ("group", "What went wrong any that apply"),
        ("group", "Where it comes from"),
        ("textbox", "Correction"),
        ("textbox", "Note"),
        ("combobox", "First failing step"),
        ("button", "Submit & next"),
        ("progressbar", "Items done"),
    ):
        expect(page.get_by_role(role, name=name).first).to_be_attached()  # type: ignore[arg-type]


def test_everything_works_without_scripts(browser: Browser, people: People, live: str, make_line: MakeLine) -> None:
    line = make_line(3)
    session = people.client(people.reviewer).cookies[settings.SESSION_COOKIE_NAME].value
    context = browser.new_context(java_script_enabled=False)
    context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": session, "url": live}])
    page = context.new_page()
    page.goto(live + line.start)
    page.locator("label.down").click()
    page.get_by_label("Find a label or name a new one").fill("Guessed")
    page.get_by_label("Note").fill("by hand")
    page.get_by_role("button", name="Submit & next").click()
    expect(page.locator(".topbar .chip").first).to_have_text("item 2")
    expect(page.get_by_text("Item 1 submitted.")).to_be_visible()
    page.get_by_role("button", name="Skip").first.click()
    expect(page.locator(".topbar .chip").first).to_have_text("item 3")
    page.get_by_role("button", name="Undo").click()
    expect(page.locator(".topbar .chip").first).to_have_text("item 1")
    expect(page.get_by_label("Note")).to_have_value("by hand")
    page.get_by_role("button", name="Submit & next").click()
    expect(page.locator(".topbar .chip").first).to_have_text("item 3")
    context.close()

    review = Review.objects.get()
    assert (review.note, [label["name"] for label in review.labels]) == ("by hand", ["Guessed"])


def test_a_text_area_that_was_pulled_larger_breaks_no_policy(page: Page, live: str, make_line: MakeLine) -> None:
    line = make_line(2)
    page.goto(live + line.page(1))
    page.locator("#note").evaluate("(area) => { area.style.height = '200px'; }")  # what the handle does
    page.keyboard.press("g")
    page.keyboard.press("Control+Enter")
    at(page, 2)
    expect(page.locator("#review-page")).to_be_visible()  # the fixture looks at the console


def test_the_account_menu_shows_workspaces_and_closes_with_escape(
    page: Page, live: str, make_line: MakeLine, people: People
) -> None:
    page.goto(live + make_line(1).start)
    opener = page.get_by_label("Account and workspaces")
    opener.click()
    expect(page.get_by_role("list", name="Workspaces")).to_contain_text(people.workspace.name)

    page.keyboard.press("Escape")

    expect(page.get_by_role("button", name="Sign out")).to_be_hidden()
    expect(opener).to_be_focused()
