"""Keys of the review page in a real browser: when they fire, when never, a person's own, and one that is enough."""

from __future__ import annotations

import re
from collections.abc import Callable

from playwright.sync_api import Page, expect

from annotation.domain.queues.rubric import Parts, Question, QuestionKind, Rubric
from annotation.models import FailureMode, Review
from tests.fixtures.people import People
from tests.web.review.conftest import Line
from tests.web.review.screen import at, kept

MakeLine = Callable[..., Line]

NO_PARTS = Parts(labels=False, layer=False, first_failing_step=False, correction=False, note=False)
ONE = Rubric(
    questions=(Question(key="thumbs", kind=QuestionKind.THUMBS, label="Pass?", is_required=True),), parts=NO_PARTS
)

PRESS = """([where, given]) => {
  const event = new KeyboardEvent("keydown", { bubbles: true, cancelable: true, ...given });
  (document.querySelector(where) ?? document.body).dispatchEvent(event);
  return event.defaultPrevented;
}"""
"""A key as a browser reports it, for what no test can press."""


def test_keys_keep_out_of_the_way_of_typing_and_of_the_browsers_own(page: Page, live: str, make_line: MakeLine) -> None:
    page.goto(live + make_line(2).page(1))
    at(page, 1)
    good = page.get_by_label("Good")

    for given in (
        {"key": "g", "isComposing": True},  # an input method puts a character together
        {"key": "g", "altKey": True},
        {"key": "g", "ctrlKey": True},
        {"key": "g", "metaKey": True},
        {"key": "Enter", "ctrlKey": True, "altKey": True, "modifierAltGraph": True},  # AltGr is no Ctrl
        {"key": "g", "repeat": True},  # held
        {"key": "ArrowLeft", "altKey": True},  # back
    ):
        assert page.evaluate(PRESS, ["body", given]) is False, given
    expect(good).not_to_be_checked()

    page.keyboard.press("c")
    page.keyboard.type("gbsfuxj? all typed")
    expect(page.get_by_label("Note")).to_have_value("gbsfuxj? all typed")
    expect(page.locator("dialog[open]")).to_have_count(0)
    expect(good).not_to_be_checked()
    page.keyboard.press("Escape")

    page.keyboard.press("s")
    expect(page.get_by_role("dialog", name="Skip this item")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.locator("dialog[open]")).to_have_count(0)
    page.keyboard.press("?")
    expect(page.locator("dialog[open]")).to_have_count(1)
    page.keyboard.press("g")  # behind the sheet
    page.keyboard.press("Escape")
    expect(page.locator("dialog[open]")).to_have_count(0)
    expect(good).not_to_be_checked()

    page.keyboard.press("g")
    page.get_by_label("Good").focus()
    page.keyboard.press("c")
    page.keyboard.type(", and more")  # where it ends
    expect(page.get_by_role("button", name="Submit & next").locator("kbd")).to_have_text("Ctrl ↵")
    page.keyboard.press("Control+Enter")  # the one chord that fires while typing
    at(page, 2)
    expect(page).to_have_title("Item 2, Refund promises · traceapp")
    assert Review.objects.get().note == "gbsfuxj? all typed, and more"


def test_a_note_that_was_kept_is_gone_on_with_where_it_ends(page: Page, live: str, make_line: MakeLine) -> None:
    line = make_line(1)
    page.goto(live + line.page(1))
    page.get_by_label("Note").fill("first line\nsecond")
    kept(page)
    page.reload()
    at(page, 1)
    page.keyboard.press("c")
    page.keyboard.type(" and on")
    expect(page.get_by_label("Note")).to_have_value("first line\nsecond and on")
    page.get_by_label("Note").evaluate("note => note.setSelectionRange(0, 0)")
    page.keyboard.press("Escape")
    page.get_by_label("Note").click(position={"x": 30, "y": 12})  # a pointer says where
    page.keyboard.type("!")
    expect(page.get_by_label("Note")).not_to_have_value("first line\nsecond and on!")


def test_a_person_moves_keys_and_sees_them_everywhere(
    page: Page, live: str, make_line: MakeLine, people: People, modes: list[FailureMode]
) -> None:
    page.goto(live + "/profile/keys/")
    page.get_by_label("Good", exact=True).fill("w")
    page.get_by_label("Skip").fill("w")
    page.get_by_role("button", name="Save keys").click()
    expect(page.get_by_text("W is also the key of “Skip”.")).to_be_visible()
    page.get_by_label("Skip").fill(";")
    page.get_by_role("button", name="Save keys").click()
    expect(page.get_by_text("Your keys are saved.")).to_be_visible()

    page.goto(live + make_line(2).page(1))
    at(page, 1)
    expect(page.locator("label.up kbd")).to_have_text("W")
    page.keyboard.press("g")
    expect(page.get_by_label("Good")).not_to_be_checked()
    page.keyboard.press("w")
    expect(page.get_by_label("Good")).to_be_checked()
    page.keyboard.press("?")
    sheet = page.get_by_role("dialog").filter(has_text="Keys of this page")
    expect(sheet.locator("dt", has_text="W")).to_have_count(1)
    expect(sheet.locator("kbd:text-is('G')")).to_have_count(0)
    expect(sheet.locator("h3")).to_have_text(["Answer", "Move", "Steps", "Item"])
    expect(sheet.locator("section", has_text="Answer").locator("dd").first).to_have_text("Good yours")
    expect(sheet.locator("dt", has_text=re.compile(r"^\d$"))).to_have_count(0)
    expect(sheet.locator("dt:has(kbd:text-is('1 – 9')) + dd")).to_have_text("Options of the question")
    page.keyboard.press("Escape")
    page.keyboard.press(";")
    expect(page.get_by_role("dialog", name="Skip this item")).to_be_visible()
    people.reviewer.refresh_from_db()
    assert people.reviewer.keys == {"g": "w", "s": ";"}


def test_one_key_is_enough_where_one_answer_is_all(page: Page, live: str, make_line: MakeLine) -> None:
    page.goto(live + make_line(3, asked=ONE).page(1))
    at(page, 1)
    page.keyboard.press("b")
    at(page, 2)
    page.get_by_label("Good").focus()
    page.keyboard.press("ArrowRight")  # walks along the answers
    expect(page.get_by_label("Bad")).to_be_checked()
    at(page, 2)
    page.keyboard.press("g")
    at(page, 3)
    expect(page.get_by_text("Item 2 submitted.")).to_be_visible()
    page.keyboard.press("u")
    at(page, 2)
    assert list(Review.objects.values_list("item__number", "answers")) == [(1, {"thumbs": "down"})]
    page.keyboard.press("2")  # where nothing else is asked, digits answer as well
    at(page, 3)
    assert list(Review.objects.order_by("pk").values_list("answers", flat=True)) == [{"thumbs": "down"}] * 2


DIALOG_FROM_THE_SERVER = """() => {
    document.querySelector("dialog[data-ask-reason]").showModal();
    document.dispatchEvent(new CustomEvent("page-changed"));
}"""


def test_instructions_open_by_themselves_until_they_are_closed_and_take_no_key(
    page: Page, live: str, make_line: MakeLine
) -> None:
    line = make_line(3, instructions="Read the **policy** first.")
    page.goto(live + line.page(1))
    at(page, 1)
    opened = page.locator("#instructions")
    expect(opened).to_be_visible()
    expect(opened).not_to_be_focused()
    page.keyboard.press("g")
    expect(page.get_by_label("Good")).to_be_checked()
    expect(opened).to_be_visible()
    page.keyboard.press("Escape")
    expect(opened).to_be_hidden()
    kept(page)
    page.goto(live + line.page(2))
    at(page, 2)
    expect(opened).to_be_hidden()
    page.keyboard.press("i")  # asked for, they have the focus and the keys
    expect(opened).to_be_focused()
    page.keyboard.press("b")
    page.keyboard.press("Escape")
    expect(opened).to_be_hidden()
    expect(page.get_by_label("Bad")).not_to_be_checked()
    page.evaluate("sessionStorage.clear()")
    page.reload()
    at(page, 2)
    expect(opened).to_be_visible()
    page.evaluate(DIALOG_FROM_THE_SERVER)  # a dialog has the page for itself
    expect(page.get_by_role("dialog", name="Skip this item")).to_be_visible()
    expect(opened).to_be_hidden()
    assert page.evaluate("Object.keys(sessionStorage).some((key) => key.startsWith('closed:'))")
    page.evaluate("sessionStorage.clear()")
    page.reload()
    at(page, 2)
    expect(opened).to_be_visible()
    page.keyboard.press("g")
    page.keyboard.press("Control+Enter")
    at(page, 1)
    expect(opened).to_be_hidden()
