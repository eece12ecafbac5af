"""The table in a real browser: a page of items judged by keyboard alone."""

from __future__ import annotations

from collections.abc import Callable

from playwright.sync_api import Page, expect

from annotation.domain.queues.rubric import Option, Question, QuestionKind, Rubric
from annotation.models import Draft, FailureMode, Item, Review
from tests.fixtures.people import People
from tests.web.review.conftest import Line
from tests.web.review.screen import kept, press

MakeLine = Callable[..., Line]
TWO = Rubric(
    questions=(
        Question(key="thumbs", kind=QuestionKind.THUMBS, label="Good?", is_required=True),
        Question(key="tone", kind=QuestionKind.CHOICE, label="Tone",
                 options=(Option(key="warm", label="Warm"), Option(key="cold", label="Cold"))),
    )
)  # fmt: skip


def at(page: Page, number: int) -> None:
    expect(page.locator("[data-row][data-current]")).to_have_attribute("id", f"row-{number}")


def test_on_a_phone_rows_with_several_questions_show_what_they_are_about(
    page: Page, live: str, make_line: MakeLine
) -> None:
    line = make_line(1, asked=TWO)
    page.set_viewport_size({"width": 390, "height": 844})
    page.goto(f"{live}/w/acme/queues/{line.queue.uuid}/table/")
    for words in page.locator("#row-1 .in-rows-text").all():
        box = words.bounding_box()
        assert box is not None
        assert box["width"] > 300
    expect(page.get_by_role("button", name="Submit item 1")).to_be_in_viewport(ratio=1)


AT_ONCE = """() => {
  window.isSamePage = true;
  document.addEventListener("htmx:afterSwap", () => setTimeout(() => document.querySelector("[data-row-undo]").click()), { once: true });
}"""


def test_what_is_pressed_as_soon_as_a_row_is_answered_loads_no_other_page(
    page: Page, live: str, make_line: MakeLine
) -> None:
    line = make_line(2)
    page.goto(f"{live}/w/acme/queues/{line.queue.uuid}/table/")
    at(page, 1)
    page.evaluate(AT_ONCE)
    with page.expect_response("**/table/1/undo/"):
        press(page, "1", "Control+Enter")
    expect(page.locator("#row-1").get_by_label("Good")).to_be_checked()  # taken back, in its place
    assert page.evaluate("window.isSamePage") is True


def test_a_page_of_items_by_keyboard_alone(
    page: Page, live: str, make_line: MakeLine, modes: list[FailureMode], people: People
) -> None:
    people.reviewer.keys = {"s": "w"}
    people.reviewer.save()
    line = make_line(5, asked=TWO)
    page.goto(f"{live}/w/acme/queues/{line.queue.uuid}/table/")
    at(page, 1)
    expect(page.locator("#row-1 .in-rows-acts kbd")).to_have_text(["W", "F"])

    press(page, "Control+Enter")  # nothing is answered yet
    expect(page.get_by_text("Item 1 still needs an answer.")).to_be_visible()
    press(page, "1", "ArrowRight", "2", "Control+Enter")
    at(page, 2)
    press(page, "Enter")
    expect(page.locator("#row-2 .turn.tool")).to_be_visible()  # the conversation, in place
    press(page, "b", "c")
    page.keyboard.type("jk1? was typed")
    press(page, "Escape", "n")
    page.keyboard.type("Guessed")
    press(page, "Enter")  # in place, and on to the next
    expect(page.locator("#row-2").get_by_label("Guessed")).to_be_checked()
    page.keyboard.type("ton")
    press(page, "Control+Enter")
    at(page, 3)
    press(page, "w")
    at(page, 4)
    press(page, "f")
    page.keyboard.type("odd")
    press(page, "Enter")
    at(page, 5)
    press(page, "k", "k", "k", "k", "u")  # what was said of item 1
    at(page, 1)
    expect(page.locator("#row-1").get_by_label("Good")).to_be_checked()
    press(page, "2", "Control+Enter")
    at(page, 5)
    press(page, "ArrowUp", "ArrowDown", "b", "g", "Control+Enter")
    expect(page.locator("[data-table-next]")).to_be_focused()
    expect(page.locator("[data-table-done]")).to_have_text("5")

    answers = dict(Review.objects.values_list("item__number", "answers"))
    assert answers == {
        1: {"thumbs": "down", "tone": "cold"}, 2: {"thumbs": "down"}, 5: {"thumbs": "up"},
    }  # fmt: skip
    second = Review.objects.get(item__number=2)
    assert (second.note, [label["name"] for label in second.labels]) == ("jk1? was typed", ["Tone", "Guessed"])
    assert FailureMode.objects.count() == 3
    assert Item.objects.get(number=4).flag_reason == "odd"
    press(page, "Enter")  # the next page: what was skipped is back
    at(page, 3)
    press(page, "1")
    kept(page)
    page.reload()
    expect(page.locator("#row-3").get_by_label("Good")).to_be_checked()
    assert Draft.objects.get(item__number=3).content["answers"] == {"thumbs": "up"}


def test_f_then_u_gives_the_row_back_without_its_flag(page: Page, live: str, make_line: MakeLine) -> None:
    line = make_line(3)
    page.goto(f"{live}/w/acme/queues/{line.queue.uuid}/table/")
    at(page, 1)
    press(page, "b", "Control+Enter")
    at(page, 2)
    press(page, "g", "f")
    page.keyboard.type("odd")
    press(page, "Enter", "u")  # at once: what was sent last is meant, not the row before it
    at(page, 2)
    expect(page.locator("#row-2").get_by_label("Good")).to_be_checked()
    expect(page.locator("[data-table-done]")).to_have_text("1")
    assert Item.objects.filter(flagged_at=None).count() == 3
    press(page, "Control+Enter")
    expect(page.locator("[data-table-done]")).to_have_text("2")
    assert set(Review.objects.values_list("item__number", "answers__thumbs")) == {(1, "down"), (2, "up")}
