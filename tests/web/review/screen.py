"""The review page as a test with a browser works on it."""

from __future__ import annotations

from playwright.sync_api import Page, expect

from tests.fixtures.browser import settled


def kept(page: Page) -> None:
    """Wait until the draft is, with all that was typed: of what was typed slowly, a part is kept before."""
    expect(page.locator("form[data-autosave][data-dirty]")).to_have_count(0)
    expect(page.locator("[data-draft-state]")).to_have_text("Draft kept")


def at(page: Page, number: int) -> None:
    """Wait for the item, and until its keys work."""
    expect(page.locator(".topbar .chip").first).to_have_text(f"item {number}")
    settled(page)


def press(page: Page, *keys: str) -> None:
    """The keys one after the other; “words are typed."""
    for key in keys:
        if key.startswith("“"):
            page.keyboard.type(key[1:])
        else:
            page.keyboard.press(key)
