"""A label is merged into another on its page, with its uses, and comes back."""

from __future__ import annotations

from datetime import UTC, datetime

from playwright.sync_api import Page, expect

from annotation.domain.feedback import inline
from annotation.domain.feedback.inline import Subject
from annotation.models import FailureMode
from tests.factories import TraceFactory
from tests.fixtures.browser import SignIn, settled
from tests.fixtures.people import People

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)


def test_a_merge_carries_the_uses_along_and_undo_brings_them_back(
    live: str, people: People, browser_page: Page, sign_in: SignIn
) -> None:
    for name in ("Rude", "Rude", "Tone"):
        inline.label(subject=Subject(TraceFactory(project=people.project)), name=name, by=people.editor, now=NOON)
    sign_in(people.editor)
    page, rude = browser_page, FailureMode.objects.get(name="Rude")

    page.goto(f"{live}/w/acme/settings/failure-modes/{rude.uuid}/")
    page.get_by_label("Failure mode to merge into").select_option(label="Tone")
    page.get_by_role("button", name="Merge").click()
    dialog = page.get_by_role("dialog")
    expect(dialog).to_contain_text("All uses of “Rude” (2) become uses of the chosen one.")
    dialog.get_by_role("button", name="Merge").click()
    expect(page.get_by_text("Merged “Rude” into “Tone”, with 2 uses.")).to_be_visible()
    expect(page.locator(".uses tbody tr")).to_have_count(3)

    settled(page)
    page.get_by_role("button", name="Undo").click()
    expect(page.get_by_role("dialog")).to_contain_text("“Rude” comes back")
    page.get_by_role("dialog").get_by_role("button", name="Undo it").click()
    expect(page.locator(".taxonomy tbody tr", has_text="Rude").locator("td").nth(3)).to_have_text("2")
    assert rude.feedback.count() == 2
