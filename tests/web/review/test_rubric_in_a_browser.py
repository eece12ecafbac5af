"""The rubric in a real browser: questions that come and go, texts that have to fit, every kind by keyboard."""

from __future__ import annotations

from collections.abc import Callable

from playwright.sync_api import Page, expect

from annotation.domain.queues.conditions import Condition
from annotation.domain.queues.rubric import Option, Parts, Question, QuestionKind, Rubric
from annotation.models import Review
from tests.web.review.conftest import Line
from tests.web.review.screen import at

MakeLine = Callable[..., Line]

BARE = Parts(labels=False, layer=False, first_failing_step=False, correction=False, note=False)
VERDICT = Question(key="thumbs", kind=QuestionKind.VERDICT, label="Was this good?", is_required=True)
SCALE = Question(key="tone", kind=QuestionKind.SCALE, label="Tone", minimum=0, maximum=4, low_label="cold")
WHY = Question(
    key="why", kind=QuestionKind.CHOICE, label="What failed?", visible_if=Condition(question="thumbs", any_of=("bad",)),
    options=(Option(key="policy", label="Policy"), Option(key="tone", label="Manner")),
)  # fmt: skip
TICKET = Question(
    key="ticket", kind=QuestionKind.TEXT, label="Ticket", visible_if=Condition(question="why"), pattern=r"[A-Z]+-\d+",
    pattern_message="Write it like AB-12.", required_if=Condition(question="why", any_of=("policy",)),
)  # fmt: skip
ORDER = Question(
    key="order", kind=QuestionKind.RANKING, label="Best first",
    options=(Option(key="short", label="Short"), Option(key="long", label="Long")),
)  # fmt: skip
MUSTS = Question(key="musts", kind=QuestionKind.ASSERTIONS, label="What has to hold?")
ASKED = Rubric(questions=(VERDICT, SCALE, WHY, TICKET, ORDER, MUSTS), parts=BARE)


def test_every_kind_is_answered_and_only_what_is_asked_is_stored(page: Page, live: str, make_line: MakeLine) -> None:
    line = make_line(2, asked=ASKED)
    page.goto(live + line.page(1))
    expect(page.get_by_role("group", name="What failed?")).to_be_hidden()
    page.keyboard.press("b")
    expect(page.get_by_role("group", name="What failed?")).to_be_visible()
    page.keyboard.press("3")  # the first question with options is the scale: its own numbers
    expect(page.get_by_label("3", exact=True)).to_be_checked()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("1")
    expect(page.get_by_label("Ticket")).to_be_visible()
    expect(page.locator("[data-required]:visible")).to_have_text("required")
    page.keyboard.press("Control+Enter")
    expect(page.get_by_text("“Ticket” needs an answer.")).to_be_visible()
    expect(page.get_by_label("Ticket")).to_be_focused()
    page.get_by_label("Ticket").fill("nonsense")
    expect(page.get_by_text("Write it like AB-12.")).to_be_visible()
    page.get_by_label("Ticket").fill("AB-7")
    expect(page.get_by_text("Write it like AB-12.")).to_be_hidden()
    page.keyboard.press("Escape")
    page.keyboard.press("ArrowDown")
    for key, places in (
        ("1", ["1", ""]), ("2", ["1", "2"]), ("1", ["", "1"]), ("1", ["2", "1"]), ("Backspace", ["", "1"]), ("1", ["2", "1"])
    ):  # fmt: skip
        page.keyboard.press(key)
        assert page.locator(".ranks select").evaluate_all("all => all.map((one) => one.value)") == places
    expect(page.locator("[data-rank-said]")).to_have_text("Long, Short")
    page.keyboard.press("?")
    sheet = page.locator("dialog.shortcuts")
    expect(sheet.locator("dt:has(kbd:text-is('1 – 9')) + dd")).to_have_text("Put next in the order, or take out of it")
    expect(sheet.locator("dt:has(kbd:text-is('⌫')) + dd")).to_have_text("Take the last one of the order back")
    page.keyboard.press("Escape")
    page.get_by_label("It must not").fill("Promise a refund.\nGuess.")
    page.keyboard.press("Control+Enter")
    at(page, 2)
    assert Review.objects.get().answers == {
        "thumbs": "bad", "tone": 3, "why": "policy", "ticket": "AB-7", "order": ["long", "short"],
        "musts": [{"side": "must_not", "text": "Promise a refund."}, {"side": "must_not", "text": "Guess."}],
    }  # fmt: skip

    page.keyboard.press("b")
    page.get_by_text("Manner").click()
    page.get_by_label("Ticket").fill("never mind")
    page.keyboard.press("Escape")
    page.keyboard.press("q")
    expect(page.get_by_label("Ticket")).to_be_hidden()
    page.keyboard.press("Control+Enter")
    expect(page.get_by_role("heading", name="All done here")).to_be_visible()
    assert Review.objects.order_by("-id")[0].answers == {"thumbs": "unsure"}


ARABIC = "يمكنك إلغاء الحجز TX-4 مجاناً."
HEBREW = "ההחזר לא נכון"
DIRECTIONS = "all => Object.fromEntries(all.map((one) => [one.name ?? one.localName, getComputedStyle(one).direction]))"


def test_words_run_the_way_of_their_script_where_they_are_written_and_read(
    page: Page, live: str, make_line: MakeLine
) -> None:
    text = Question(key="text", kind=QuestionKind.TEXT, label="In your words")
    line = make_line(1, asked=Rubric(questions=(text, MUSTS)), answer=ARABIC)
    page.goto(live + line.page(1))
    page.get_by_label("In your words").fill("in English")
    page.get_by_label("It must not").fill(HEBREW)
    page.get_by_label("Note", exact=True).fill(f"{HEBREW}\nand a line in English")
    assert page.locator("#review-form textarea").evaluate_all(DIRECTIONS) == {
        "answer-text": "ltr", "answer-musts.must": "ltr", "answer-musts.must_not": "rtl", "note": "rtl", "correction": "rtl",
    }  # fmt: skip
    style = page.get_by_label("Note", exact=True).evaluate(
        "note => [getComputedStyle(note).unicodeBidi, getComputedStyle(note).textAlign]"
    )
    assert style == ["plaintext", "start"]  # each line by itself
    page.keyboard.press("Control+Enter")
    expect(page.get_by_role("heading", name="All done here")).to_be_visible()

    page.goto(f"{live}/w/acme/queues/{line.queue.uuid}/review/own/")
    assert page.locator("td [dir=auto]", has_text=HEBREW).evaluate_all(DIRECTIONS) == {"div": "rtl"}
