"""The review page in a real browser: by keyboard alone, through crashes, double clicks, two tabs and lapses."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.conf import settings
from playwright.sync_api import Browser, BrowserContext, Page, expect

from annotation.models import Dataset, Draft, FailureMode, Reservation, Review
from tests.fixtures.browser import SignIn
from tests.fixtures.people import People
from tests.web.review.conftest import ANSWER, Line, run_of

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


def test_three_items_by_keyboard_alone(
    page: Page, live: str, make_line: MakeLine, modes: list[FailureMode], people: People
) -> None:
    line = make_line(3, target_dataset=Dataset.objects.create(workspace=people.workspace, name="refunds"))
    page.goto(live + line.start)
    at(page, 1)
    for key in ("b", "2", "n"):
        page.keyboard.press(key)
    page.keyboard.type("Ignored tool error")
    page.keyboard.press("Enter")
    page.keyboard.press("j")
    page.keyboard.press("j")
    page.keyboard.press("x")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("2")
    page.keyboard.press("e")
    page.keyboard.press("Control+a")
    page.keyboard.type(ANSWER.replace("fully refundable", "not refundable"))
    expect(page.locator("#correction-diff del")).to_have_text("fully")
    expect(page.locator("#correction-diff ins")).to_have_text("not")
    page.keyboard.press("Escape")
    page.keyboard.press("c")
    page.keyboard.type("Timed out, then guessed.")
    page.keyboard.press("Control+Enter")
    at(page, 2)
    assert page.url == live + line.page(2)
    page.keyboard.press("g")
    page.keyboard.press("Control+Enter")
    at(page, 3)
    page.keyboard.press("u")
    at(page, 2)
    expect(page.get_by_label("Good")).to_be_checked()
    page.keyboard.press("b")
    page.keyboard.press("Control+Enter")
    at(page, 3)
    page.keyboard.press("s")
    page.keyboard.type("not my field")
    page.keyboard.press("Enter")
    at(page, 3)  # the only one left comes back

    first, second = Review.objects.order_by("item__number")
    assert first.answers == {"thumbs": "down"}
    assert [label["name"] for label in first.labels] == ["Tone", "Ignored tool error"]
    assert first.layer == "harness"
    assert first.first_failing_run_uuid == run_of(line.items[0], "get_rate_rules").uuid
    assert first.correction == ANSWER.replace("fully refundable", "not refundable")
    assert first.note == "Timed out, then guessed."
    assert first.active_ms > 0
    assert second.answers == {"thumbs": "down"}


def test_the_draft_outlives_a_killed_page(page: Page, live: str, make_line: MakeLine) -> None:
    line = make_line(1)
    page.goto(live + line.page(1))
    page.keyboard.press("b")
    page.keyboard.press("c")
    page.keyboard.type("half a thought")
    kept(page)

    page.close(run_before_unload=False)
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


def test_a_lapse_with_somebody_else_taking_it_keeps_the_words(
    page: Page, live: str, make_line: MakeLine, people: People
) -> None:
    line = make_line(2)
    page.goto(live + line.page(1))
    page.keyboard.press("g")
    page.keyboard.press("c")
    page.keyboard.type("mine")
    Reservation.objects.all().delete()
    people.client(people.editor).get(line.page(1))
    page.keyboard.press("Control+Enter")

    expect(page.get_by_role("heading", name="Somebody else has this item")).to_be_visible()
    expect(page.get_by_text("What you typed is kept")).to_be_visible()
    page.get_by_role("link", name="Take the next item").click()
    at(page, 2)
    assert Draft.objects.get(reviewer=people.reviewer).content["note"] == "mine"


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
    nameless = page.evaluate(
        """() => [...document.querySelectorAll('button, a[href], input:not([type=hidden]), select, textarea')]
            .filter((e) => e.getClientRects().length && !e.closest('[aria-hidden=true]'))
            .filter((e) => !(e.getAttribute('aria-label') || e.textContent.trim() || e.labels?.length || e.title))
            .map((e) => e.outerHTML)"""
    )
    assert nameless == []


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
