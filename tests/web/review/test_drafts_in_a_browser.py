"""What was typed is there again: after a crash, after leaving, after signing in again, after a lapse."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime

from playwright.sync_api import BrowserContext, Error, Page, expect

from annotation.models import Draft, FailureMode, Reservation
from tests.fixtures.browser import SignIn
from tests.fixtures.people import People
from tests.web.review.conftest import ANSWER, Line
from tests.web.review.screen import at, kept

NOW = datetime(2026, 3, 2, 12, tzinfo=UTC)
MakeLine = Callable[..., Line]


def test_the_draft_outlives_a_crash(page: Page, live: str, make_line: MakeLine) -> None:
    line = make_line(1)
    page.goto(live + line.page(1))
    page.keyboard.press("b")
    page.keyboard.press("c")
    page.keyboard.type("half a thought")
    kept(page)

    with page.expect_event("crash"), suppress(Error):
        page.goto("chrome://crash", timeout=3_000)
    again = page.context.new_page()
    again.goto(live + line.page(1))

    expect(again.get_by_label("Note")).to_have_value("half a thought")
    expect(again.get_by_label("Bad")).to_be_checked()
    expect(again.locator(".review-said")).to_contain_text("Your draft from")


def test_what_was_typed_a_moment_before_leaving_is_kept(page: Page, live: str, make_line: MakeLine) -> None:
    line = make_line(1)
    page.goto(live + line.page(1))
    page.keyboard.press("c")
    page.keyboard.type("last words")
    page.goto(live + "/profile/")
    page.goto(live + line.page(1))

    expect(page.get_by_label("Note")).to_have_value("last words")


AND_SIGN_OUT = """note => {
  note.value = "and signed out";
  note.dispatchEvent(new Event("input", { bubbles: true }));
  document.querySelector("form[data-ends-session]").requestSubmit();
}"""


def test_what_was_typed_a_moment_before_signing_out_is_there_in_another_browser(
    page: Page, live: str, make_line: MakeLine, people: People, sign_in: SignIn
) -> None:
    line = make_line(1)
    page.goto(live + line.page(1))
    at(page, 1)
    page.route("**/sign-out/", lambda route: route.abort("aborted"), times=1)  # stopped by the person
    with page.expect_event("requestfailed"):
        page.get_by_label("Note").evaluate(AND_SIGN_OUT)
    page.get_by_label("Note").evaluate(AND_SIGN_OUT)
    expect(page.get_by_role("button", name="Sign in")).to_be_visible()
    assert Draft.objects.get().content["note"] == "and signed out"

    page.goto("about:blank")
    sign_in(people.reviewer)
    other = page.context.new_page()  # has nothing of what that tab keeps
    other.goto(live + line.page(1))
    expect(other.get_by_label("Note")).to_have_value("and signed out")


def type_after_the_session_ended(page: Page, address: str, words: str) -> None:
    page.goto(address)
    page.context.clear_cookies()
    page.keyboard.press("c")
    page.keyboard.type(words)
    expect(page.locator("[data-draft-state]")).to_contain_text("this tab keeps it")
    expect(page.locator("[data-draft-state]")).to_be_in_viewport(ratio=1)


def test_typing_after_the_session_ended_comes_back_after_signing_in(
    browser_context: BrowserContext,
    live: str,
    make_line: MakeLine,
    people: People,
    sign_in: SignIn,
    modes: list[FailureMode],
) -> None:
    line = make_line(1)
    page = browser_context.new_page()  # its console tells of the refused draft, as it should
    sign_in(people.reviewer)
    type_after_the_session_ended(page, live + line.page(1), "typed while signed out")
    page.evaluate("getSelection().selectAllChildren(document.querySelector('#trajectory .final p'))")
    page.locator("[data-labels] label").first.click()
    sign_in(people.reviewer)
    page.goto(live + line.page(1))

    expect(page.locator("[data-evidence] li")).to_contain_text(f"Wrong policy {ANSWER}")
    expect(page.get_by_label("Note")).to_have_value("typed while signed out")
    kept(page)
    draft = Draft.objects.get().content
    assert (draft["note"], draft["evidence"][0]["text"]) == ("typed while signed out", ANSWER)


def test_words_that_a_tab_keeps_do_not_fill_the_form_of_the_next_person(
    browser_context: BrowserContext, live: str, make_line: MakeLine, people: People, sign_in: SignIn
) -> None:
    line = make_line(1, reviewers_per_item=2)
    page = browser_context.new_page()
    sign_in(people.reviewer)
    type_after_the_session_ended(page, live + line.page(1), "for nobody else")

    sign_in(people.editor)
    page.goto(live + line.page(1))
    expect(page.get_by_label("Note")).to_have_value("")
    expect(page.locator("[data-draft-state]")).to_have_text("")
    assert not Draft.objects.filter(reviewer=people.editor).exists()


def test_what_lapsed_and_is_taken_over_keeps_its_words(
    page: Page, live: str, make_line: MakeLine, people: People, sign_in: SignIn
) -> None:
    line = make_line(2)
    page.goto(live + line.page(1))
    page.keyboard.press("g")
    page.keyboard.press("c")
    page.keyboard.type("mine")
    kept(page)
    sign_in(people.admin)
    desk = page.context.new_page()
    desk.goto(f"{live}/w/acme/queues/{line.queue.uuid}/")
    desk.get_by_role("button", name="Take over item 1").click()
    desk.get_by_role("dialog", name="Take this item from the screen it is on?").get_by_text("Take over").click()
    at(desk, 1)
    expect(desk.get_by_label("Note")).to_have_value("")
    desk.close()
    sign_in(people.reviewer)
    page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")  # as 20 s of sitting there do
    expect(page.get_by_role("alert").filter(has_text="Item 1 is no longer yours")).to_be_visible()
    page.keyboard.press("Control+Enter")

    expect(page.get_by_role("heading", name="Somebody else has this item")).to_be_visible()
    expect(page.get_by_text("What you typed is kept")).to_be_visible()
    page.get_by_role("link", name="Take the next item").click()
    at(page, 2)
    assert Draft.objects.get(reviewer=people.reviewer).content["note"] == "mine"
    Reservation.objects.filter(reviewer=people.admin).update(expires_at=NOW)  # the admin left it: it lapses
    page.goto(live + line.page(1))
    expect(page.get_by_label("Note")).to_have_value("mine")
    expect(page.get_by_label("Good")).to_be_checked()
