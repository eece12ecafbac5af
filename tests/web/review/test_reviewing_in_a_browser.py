"""Reviews in a real browser, by keyboard alone."""

from __future__ import annotations

from collections.abc import Callable

from playwright.sync_api import Page, expect

from annotation.models import Dataset, FailureMode, Item, Review
from tests.fixtures.browser import settled
from tests.fixtures.people import People
from tests.web.review.conftest import ANSWER, Line, run_of
from tests.web.review.screen import at, kept, press

MakeLine = Callable[..., Line]


def submit(page: Page, key: str, *, following: int) -> None:
    """Judge by one key, send it, and wait for the item that follows."""
    press(page, key, "Control+Enter")
    at(page, following)


def review_everything_of_an_item(page: Page) -> None:
    """Verdict, three labels, one of them new, first failing step, layer, correction and note."""
    press(page, "b", "2", "n", "“Ignored tool error", "Enter", "“wrong", "Enter", "Enter")
    press(page, "j", "j", "x", "ArrowDown", "2", "e", "Control+a")
    page.keyboard.type(ANSWER.replace("fully refundable", "not refundable"))
    expect(page.locator("#correction-diff del")).to_have_text(["fully"])
    expect(page.locator("#correction-diff ins")).to_have_text(["not"])
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
    assert [label["name"] for label in first.labels] == ["Wrong policy", "Tone", "Ignored tool error"]
    assert first.layer == "harness"
    assert first.first_failing_run_uuid == run_of(line.items[0], "get_rate_rules").uuid
    assert first.correction == ANSWER.replace("fully refundable", "not refundable")
    assert first.note == "Timed out, then guessed."
    assert first.active_ms > 0
    said = {review.item.number: review.answers["thumbs"] for review in others}
    assert said == {2: "down", 3: "down", 5: "up", 6: "up", 7: "down", 8: "up", 9: "down", 10: "up"}
    flagged = Item.objects.get(number=4)
    assert (flagged.flag_reason, flagged.review_count) == ("not a refund at all", 0)


def test_f_then_u_brings_the_item_back_without_its_flag(page: Page, live: str, make_line: MakeLine) -> None:
    line = make_line(2)
    page.set_viewport_size({"width": 1024, "height": 768})
    page.goto(live + line.page(1))
    press(page, "b", "f", "“odd”", "Enter")
    at(page, 2)
    said = page.get_by_role("status").filter(has_text="Item 1: flagged; an editor looks at it.")
    expect(said).to_be_in_viewport(ratio=1)
    assert said.evaluate("said => said.scrollWidth <= said.clientWidth")  # nothing is cut off
    press(page, "u")
    at(page, 1)
    expect(page.get_by_label("Bad")).to_be_checked()
    assert Item.objects.filter(flagged_at=None).count() == 2
    press(page, "f", "Enter")
    at(page, 2)
    press(page, "f", "Enter")
    expect(page.get_by_role("heading", name="All done here")).to_be_visible()
    press(page, "u")
    at(page, 2)
    assert Item.objects.filter(flagged_at=None).get().number == 2


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


SELECT = """() => {
    const [from, to] = [".final p", ".final li:last-child"].map((one) => document.querySelector(`#trajectory ${one}`).firstChild);
    getSelection().setBaseAndExtent(from, 5, to, to.length);
}"""
MARKED = """(name) => [...CSS.highlights.get(name) ?? []].map((one) => {
    const range = new Range();
    range.setStart(one.startContainer, one.startOffset);
    range.setEnd(one.endContainer, one.endOffset);
    return range.toString().split(/\\s+/).join(" ");
})"""


def test_selected_text_becomes_evidence_of_the_label(
    page: Page, live: str, make_line: MakeLine, modes: list[FailureMode]
) -> None:
    """Over a paragraph and items of a list too, and marked where it was said whenever the page comes again."""
    line = make_line(2, answer="Your rate is *refundable*:\n\n- wholly\n- until noon")
    said = "rate is refundable: wholly until noon"
    page.goto(live + line.page(1))
    page.keyboard.press("b")
    page.evaluate(SELECT)
    expect(page.locator("[data-labels-hint]")).to_contain_text("keeps the selected text as its evidence: “")
    page.keyboard.press("1")
    expect(page.locator("[data-evidence] q")).to_have_text(said)
    kept(page)
    assert page.evaluate(MARKED, "evidence") == [said]
    page.reload()
    settled(page)
    assert page.evaluate(MARKED, "evidence") == [said]
    address = page.url
    page.locator("[data-evidence] a").click()
    assert page.evaluate(MARKED, "evidence-at") == [said]
    assert page.url == address
    page.goto(f"{address}?raw=1")  # where it stands with the signs of Markdown
    settled(page)
    assert page.evaluate(MARKED, "evidence") == ["rate is *refundable*: - wholly - until noon"]
    page.keyboard.press("Control+Enter")
    at(page, 2)
    assert page.evaluate(MARKED, "evidence") == []

    label = Review.objects.get().labels[0]
    assert label["name"] == "Wrong policy"
    (passage,) = label["evidence"]
    assert passage["run"] == str(run_of(line.items[0], "final_answer").uuid)
    assert passage["text"].split() == said.split()


def test_what_is_typed_into_a_field_is_not_lost_when_a_key_submits(
    page: Page, live: str, make_line: MakeLine, modes: list[FailureMode]
) -> None:
    """Neither a note nor a label of a step."""
    line = make_line(2)
    page.goto(live + line.page(1))
    press(page, "b", "j", "Shift+M", "“no answer at all", "Control+Enter")
    expect(page).to_have_url(live + line.page(2))
    press(page, "b", "j", "Shift+L", "“ton", "Control+Enter")
    expect(page.get_by_text("All done here")).to_be_visible()

    first, second = Review.objects.order_by("id")
    assert [step["note"] for step in first.steps] == ["no answer at all"]
    assert [label["name"] for step in second.steps for label in step["labels"]] == ["Tone"]


def test_half_a_label_is_the_known_one_when_a_key_submits(
    page: Page, live: str, make_line: MakeLine, modes: list[FailureMode]
) -> None:
    line = make_line(1)
    page.goto(live + line.page(1))
    press(page, "b", "n", "“ton", "Control+Enter")
    expect(page.get_by_text("All done here")).to_be_visible()

    assert [label["name"] for label in Review.objects.get().labels] == ["Tone"]


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
    page.keyboard.type("ton, Slow tool")  # one is known by a part of its name
    page.keyboard.press("Escape")
    page.keyboard.press("Shift+M")
    page.keyboard.type("no answer")
    page.keyboard.press("Escape")
    expect(page.locator(".outline [data-own-thumb=down]")).to_have_count(1)
    page.keyboard.press("x")
    failing = page.locator("#trajectory .turn[data-first-failing] .who")
    expect(failing).to_contain_text("failed first")
    expect(page.locator("[data-failing-said]")).to_contain_text("is marked as the first failing step")
    kept(page)
    page.reload()
    expect(failing).to_contain_text("failed first")
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
    expect(page.locator(".outline a[data-judged] > svg:visible")).to_have_count(1)  # of its type; no second thumb
    page.locator(f'.turn[data-run="{run.uuid}"] .summary').first.click()
    page.locator(f'.turn[data-run="{run.uuid}"] .who').click(position={"x": 5, "y": 5})
    expect(page.locator("[data-step-thumb=down]")).to_have_attribute("aria-pressed", "true")
