"""The review page in a real browser: by keyboard alone, through crashes, double clicks, two tabs and lapses."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime
from urllib.parse import unquote_plus

import pytest
from django.conf import settings
from playwright.sync_api import Browser, BrowserContext, Error, Page, expect

from annotation.models import Dataset, Draft, FailureMode, Item, Reservation, Review
from tests.fixtures.browser import SignIn
from tests.fixtures.people import People
from tests.web.review.conftest import ANSWER, Line, run_of

NOW = datetime(2026, 3, 2, 12, tzinfo=UTC)
MakeLine = Callable[..., Line]


@pytest.fixture
def page(browser_page: Page, people: People, sign_in: SignIn) -> Page:
    """A page of the reviewer."""
    sign_in(people.reviewer)
    return browser_page


def kept(page: Page) -> None:
    expect(page.locator("[data-draft-state]")).to_have_text("Draft kept")


def at(page: Page, number: int) -> None:
    expect(page.locator(".topbar .chip").first).to_have_text(f"item {number}")
    expect(page.locator("html:not([data-swapping])")).to_be_attached()


def press(page: Page, *keys: str) -> None:
    """The keys one after the other; “words are typed."""
    for key in keys:
        if key.startswith("“"):
            page.keyboard.type(key[1:])
        else:
            page.keyboard.press(key)


def submit(page: Page, key: str, *, following: int) -> None:
    """Judge by one key, send it, and wait for the item that follows."""
    press(page, key, "Control+Enter")
    at(page, following)


def review_everything_of_an_item(page: Page) -> None:
    """Verdict, two labels, one of them new, first failing step, layer, correction and note."""
    press(page, "b", "2", "n", "“Ignored tool error", "Enter", "j", "j", "x", "ArrowDown", "2", "e", "Control+a")
    page.keyboard.type(ANSWER.replace("fully refundable", "not refundable"))
    expect(page.locator("#correction-diff del")).to_have_text("fully")
    expect(page.locator("#correction-diff ins")).to_have_text("not")
    press(page, "Escape", "c", "“Timed out, then guessed.", "Control+Enter")


def test_ten_items_by_keyboard_alone(
    page: Page, live: str, make_line: MakeLine, modes: list[FailureMode], people: People
) -> None:
    line = make_line(10, target_dataset=Dataset.objects.create(workspace=people.workspace, name="refunds"))
    page.goto(f"{live}/w/acme/queues/")
    press(page, "Enter")  # the first queue with work
    at(page, 1)
    review_everything_of_an_item(page)
    at(page, 2)
    assert page.url == live + line.page(2)
    submit(page, "g", following=3)
    press(page, "u")
    at(page, 2)
    expect(page.get_by_label("Good")).to_be_checked()
    submit(page, "b", following=3)
    press(page, "s", "“not my field", "Enter")
    at(page, 4)
    press(page, "f", "“not a refund at all", "Enter")
    at(page, 5)
    for number in range(5, 10):
        submit(page, "gb"[number % 2], following=number + 1)
    submit(page, "g", following=3)  # the skipped one, at the end of the line
    press(page, "Shift+U")
    back = page.get_by_role("button", name="Take back item 5")
    expect(back).to_be_visible()
    press(page, *["Tab"] * 12)  # the latest stands first, with a link and a button each
    expect(back).to_be_focused()
    press(page, "Enter")
    at(page, 5)
    expect(page.get_by_label("Bad")).to_be_checked()
    submit(page, "g", following=3)
    press(page, "b", "Control+Enter")
    expect(page.get_by_role("heading", name="All done here")).to_be_visible()

    first, *others = Review.objects.order_by("item__number")
    assert first.answers == {"thumbs": "down"}
    assert [label["name"] for label in first.labels] == ["Tone", "Ignored tool error"]
    assert first.layer == "harness"
    assert first.first_failing_run_uuid == run_of(line.items[0], "get_rate_rules").uuid
    assert first.correction == ANSWER.replace("fully refundable", "not refundable")
    assert first.note == "Timed out, then guessed."
    assert first.active_ms > 0
    said = {review.item.number: review.answers["thumbs"] for review in others}
    assert said == {2: "down", 3: "down", 5: "up", 6: "up", 7: "down", 8: "up", 9: "down", 10: "up"}
    flagged = Item.objects.get(number=4)
    assert (flagged.flag_reason, flagged.review_count) == ("not a refund at all", 0)


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


def test_typing_after_the_session_ended_comes_back_after_signing_in(
    browser_context: BrowserContext, live: str, make_line: MakeLine, people: People, sign_in: SignIn
) -> None:
    line = make_line(1)
    page = browser_context.new_page()  # its console tells of the refused draft, as it should
    sign_in(people.reviewer)
    page.goto(live + line.page(1))
    page.context.clear_cookies()
    page.keyboard.press("c")
    page.keyboard.type("typed while signed out")
    expect(page.locator("[data-draft-state]")).to_contain_text("this tab keeps it")
    sign_in(people.reviewer)
    page.goto(live + line.page(1))

    expect(page.get_by_label("Note")).to_have_value("typed while signed out")
    kept(page)
    assert Draft.objects.get().content["note"] == "typed while signed out"


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


def test_a_missing_answer_takes_the_focus(page: Page, live: str, make_line: MakeLine) -> None:
    line = make_line(1)
    page.goto(live + line.page(1))
    page.keyboard.press("c")
    page.keyboard.type("no verdict yet")
    page.keyboard.press("Control+Enter")

    expect(page.get_by_text("“Was this good?” needs an answer.")).to_be_visible()
    expect(page.get_by_label("Good")).to_be_focused()
    expect(page.get_by_label("Note")).to_have_value("no verdict yet")
    page.keyboard.press("g")
    page.keyboard.press("Control+Enter")
    expect(page.get_by_role("heading", name="All done here")).to_be_visible()


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


def test_selected_text_becomes_evidence_of_the_label(
    page: Page, live: str, make_line: MakeLine, modes: list[FailureMode]
) -> None:
    line = make_line(2)
    page.goto(live + line.page(1))
    page.keyboard.press("b")
    page.locator("#trajectory .final p").first.click(click_count=3)
    expect(page.locator("[data-labels-hint]")).to_contain_text("keeps the selected text")
    page.keyboard.press("1")
    expect(page.locator("[data-evidence] q")).to_have_text(ANSWER)
    page.wait_for_timeout(600)
    kept(page)
    page.reload()
    expect(page.locator("[data-evidence] q")).to_have_text(ANSWER)
    page.keyboard.press("Control+Enter")
    at(page, 2)

    label = Review.objects.get().labels[0]
    assert label["name"] == "Wrong policy"
    assert label["evidence"] == [{"run": str(run_of(line.items[0], "final_answer").uuid), "text": ANSWER}]


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


def test_steps_are_judged_by_keys_and_come_back(
    page: Page, live: str, make_line: MakeLine, modes: list[FailureMode]
) -> None:
    line = make_line(1)
    page.goto(live + line.page(1))
    for _ in range(2):
        page.keyboard.press("j")
    page.keyboard.press("Shift+B")
    expect(page.locator("[data-step-name]")).to_have_text("get_rate_rules ADVANCE_SAVER")
    page.keyboard.press("Shift+L")
    page.keyboard.type("Tone, Slow tool")
    page.keyboard.press("Escape")
    with page.expect_response(lambda answer: "no answer" in unquote_plus(answer.request.post_data or "")):
        page.keyboard.press("Shift+M")
        page.keyboard.type("no answer")
        page.keyboard.press("Escape")
    expect(page.locator(".outline [data-own-thumb=down]")).to_have_count(1)
    kept(page)
    page.reload()
    expect(page.locator("[data-step-count]")).to_have_text("1 step judged")
    page.keyboard.press("g")
    page.keyboard.press("Control+Enter")
    expect(page.get_by_text("All done here")).to_be_visible()

    review = Review.objects.get()
    assert review.answers == {"thumbs": "up"}
    run = run_of(line.items[0], "get_rate_rules")
    (step,) = review.steps
    assert (step["run"], step["thumb"], step["note"]) == (str(run.uuid), "down", "no answer")
    assert [label["name"] for label in step["labels"]] == ["Tone", "Slow tool"]
    page.goto(live + line.page(1))
    expect(page.locator(".outline [data-own-thumb=down]")).to_have_count(1)
    page.locator(f'.turn[data-run="{run.uuid}"] .summary').first.click()
    page.locator(f'.turn[data-run="{run.uuid}"] .who').click(position={"x": 5, "y": 5})
    expect(page.locator("[data-step-thumb=down]")).to_have_attribute("aria-pressed", "true")
