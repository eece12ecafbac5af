"""A newcomer signs in, makes a key, invites a colleague and removes another, under the policy of the real server."""

import re

from playwright.sync_api import Page, expect

from annotation.models import ApiKey, Membership
from tests.fixtures.browser import settled
from tests.fixtures.people import PASSWORD, People


def test_an_admin_keeps_the_workspace(live: str, people: People, browser_page: Page) -> None:
    page = browser_page
    page.goto(f"{live}/w/acme/settings/keys/")
    page.get_by_label("E-mail").fill("admin@example.com")
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    expect(page).to_have_url(f"{live}/w/acme/settings/keys/")

    page.get_by_label("Name").fill("agent")
    page.get_by_role("button", name="Create key").click()
    expect(page.get_by_role("status").filter(has_text="OTEL_EXPORTER_OTLP_HEADERS")).to_contain_text(
        re.compile(r"x-api-key=ta_[\w-]{40}")
    )
    assert ApiKey.objects.get().scopes == ["ingest"]

    page.get_by_role("link", name="Members").click()
    page.get_by_label("E-mail").fill("new@example.com")
    page.get_by_role("button", name="Make an invitation link").click()
    expect(page.locator("code.token")).to_contain_text("/invitations/")

    settled(page)
    page.get_by_role("button", name="Remove viewer").click()
    page.get_by_role("dialog").get_by_role("button", name="Remove").click()
    expect(page.get_by_text("viewer is no longer a member.")).to_be_visible()
    assert not Membership.objects.filter(user=people.viewer).exists()
