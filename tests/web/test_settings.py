"""The settings of a workspace."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from annotation.domain import audit
from annotation.models import ApiKey, AuditEvent, FailureMode, FeedbackConfig, Invitation, Membership, Project
from tests.fixtures.people import MakeUser, People

pytestmark = pytest.mark.django_db
BASE = "/w/acme/settings/"


@pytest.fixture
def admin(people: People) -> Client:
    return people.client(people.admin)


def test_a_key_is_shown_once_and_works(people: People, admin: Client) -> None:
    given = {"name": "agent", "scopes": ["ingest", "read"], "project": "booking", "is_confined": "on", "expires_at": ""}
    page = admin.post(f"{BASE}keys/", given)
    assert page.status_code == 201
    assert "no-store" in page["Cache-Control"]
    found = re.search(r"OTEL_EXPORTER_OTLP_HEADERS=x-api-key=(ta_[\w-]{40})<", page.content.decode())
    assert found is not None
    assert Client(headers={"x-api-key": found[1]}).get("/api/v1/me").json()["project"] == "booking"
    assert found[1] not in admin.get(f"{BASE}keys/").content.decode()


def test_a_box_to_tick_is_never_called_optional(admin: Client) -> None:
    html = " ".join(admin.get("/w/acme/settings/keys/").content.decode().split())
    assert '>Project <span class="faint">optional</span></label>' in html
    assert ">This project only</label>" in html


def test_a_revoked_key_is_refused_at_once(people: People, admin: Client) -> None:
    program = people.api(ApiKey.Scope.READ)
    assert program.get("/api/v1/me").status_code == 200
    key = ApiKey.objects.get()
    admin.post(f"{BASE}keys/{key.uuid}/revoke/")
    assert program.get("/api/v1/me").status_code == 401
    assert AuditEvent.objects.filter(action="api_key.revoked", target_id=key.uuid).count() == 1
    admin.post(f"{BASE}keys/{key.uuid}/revoke/")
    assert AuditEvent.objects.filter(action="api_key.revoked").count() == 1


def test_a_key_cannot_be_made_for_the_past_or_for_a_project_of_others(people: People, admin: Client) -> None:
    yesterday = (timezone.now() - timedelta(days=1)).date().isoformat()
    page = admin.post(f"{BASE}keys/", {"name": "x", "scopes": ["read"], "expires_at": yesterday})
    assert page.status_code == 422
    assert "This date has passed" in page.content.decode()
    Project.objects.create(workspace=people.elsewhere, name="secret", slug="secret")
    page = admin.post(f"{BASE}keys/", {"name": "x", "scopes": ["read"], "project": "secret"})
    assert page.status_code == 422
    assert not ApiKey.objects.exists()


def test_an_invitation_link_is_shown_once(people: People, admin: Client) -> None:
    data = {"email": "new@example.com", "role": "editor"}
    page = admin.post(f"{BASE}members/invite/", data, headers={"host": "localhost"})
    assert page.status_code == 201  # the link leads to the public address, whatever the admin calls it
    found = re.search(r"http://testserver(/invitations/[\w-]+/)", page.content.decode())
    assert found is not None
    assert Client().get(found[1]).status_code == 200
    listed = admin.get(f"{BASE}members/").content.decode()
    assert "new@example.com" in listed
    assert found[1] not in listed
    admin.post(f"{BASE}invitations/{Invitation.objects.get().uuid}/withdraw/")
    assert Client().get(found[1]).status_code == 410


def test_roles_change_and_the_last_admin_stays(people: People, admin: Client) -> None:
    assert admin.post(f"{BASE}members/{people.viewer.uuid}/role/", {"role": "editor"}).status_code == 302
    assert Membership.objects.get(user=people.viewer).role == "editor"
    refused = admin.post(f"{BASE}members/{people.admin.uuid}/role/", {"role": "viewer"})
    assert refused.status_code == 422
    assert "This is the last admin of the workspace." in refused.content.decode()
    assert admin.post(f"{BASE}members/{people.admin.uuid}/remove/").status_code == 422
    assert Membership.objects.get(user=people.admin).role == "admin"


def test_a_removed_member_sees_nothing_any_more(people: People, admin: Client) -> None:
    client = people.client(people.viewer)
    assert client.get(f"{BASE}projects/").status_code == 200
    admin.post(f"{BASE}members/{people.viewer.uuid}/remove/")
    assert client.get(f"{BASE}projects/").status_code == 404


def test_an_admin_hands_out_a_password_link(people: People, admin: Client) -> None:
    page = admin.post(f"{BASE}members/{people.viewer.uuid}/reset-link/").content.decode()
    found = re.search(r"http://testserver(/password/reset/[\w-]+/[\w-]+/)", page)
    assert found is not None
    assert Client().get(found[1]).status_code == 200
    Membership.objects.create(workspace=people.elsewhere, user=people.viewer, role="viewer")
    refused = admin.post(f"{BASE}members/{people.viewer.uuid}/reset-link/")
    assert refused.status_code == 422
    assert "a workspace that you do not administer" in refused.content.decode()


def test_projects_are_made_and_renamed(people: People, admin: Client) -> None:
    assert admin.post(f"{BASE}projects/", {"name": "Coding agent"}).status_code == 302
    taken = admin.post(f"{BASE}projects/", {"name": "Coding agent"})
    assert taken.status_code == 422
    assert "There is a project called Coding agent already" in taken.content.decode()
    admin.post(f"{BASE}projects/coding-agent/", {"name": "Coder", "description": "Writes patches."})
    project = Project.objects.get(slug="coding-agent")
    assert (project.name, project.description) == ("Coder", "Writes patches.")
    assert AuditEvent.objects.get(action="project.changed").detail == {"from": "Coding agent", "to": "Coder"}


def test_a_workspace_is_renamed_and_keeps_its_address(people: People, admin: Client) -> None:
    assert admin.post(f"{BASE}workspace/", {"name": "Acme Travel"})["Location"] == f"{BASE}workspace/"
    people.workspace.refresh_from_db()
    assert (people.workspace.name, people.workspace.slug) == ("Acme Travel", "acme")


def test_a_feedback_key_gets_a_meaning(people: People, admin: Client) -> None:
    given = {"key": "tone", "kind": "categories", "categories": "warm | Warm | good\ncold||bad\nplain"}
    assert admin.post(f"{BASE}feedback/new/", given).status_code == 302
    config = FeedbackConfig.objects.get()
    assert config.categories == [
        {"value": "warm", "label": "Warm", "verdict": "good"},
        {"value": "cold", "label": "", "verdict": "bad"},
        {"value": "plain", "label": "", "verdict": None},
    ]
    page = admin.get(f"{BASE}feedback/{config.uuid}/").content.decode()
    assert "warm | Warm | good\ncold |  | bad\nplain" in page
    admin.post(f"{BASE}feedback/{config.uuid}/delete/")
    assert not FeedbackConfig.objects.exists()


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"key": "thumbs", "kind": "thumbs"}, "has a meaning already"),
        ({"key": "a b", "kind": "text"}, "Use letters, digits"),
        ({"key": "x", "kind": "categories"}, "at least one category"),
        ({"key": "x", "kind": "categories", "categories": "a\na"}, "stands here twice"),
        ({"key": "x", "kind": "categories", "categories": "a | b | fine"}, "is not of the form"),
        ({"key": "x", "kind": "number", "minimum": "5", "maximum": "1"}, "must lie above the smallest"),
        ({"key": "x", "kind": "number", "good_from": "2", "bad_below": "3"}, "Bad must end where good begins"),
    ],
)
def test_a_meaning_that_contradicts_itself_is_refused(
    people: People, admin: Client, given: dict[str, str], words: str
) -> None:
    page = admin.post(f"{BASE}feedback/new/", given)
    assert page.status_code == 422
    assert words in page.content.decode()
    assert not FeedbackConfig.objects.exists()


def test_the_audit_log_is_filtered_paged_and_ones_own(people: People, admin: Client) -> None:
    for number in range(60):
        audit.record("rule.changed", by=people.editor, workspace=people.workspace, detail={"number": number})
    audit.record("member.added", by=people.admin, workspace=people.workspace)
    audit.record("rule.changed", by=people.outsider, workspace=people.elsewhere)
    page = admin.get(f"{BASE}audit/")
    assert len(page.context["events"]) == 50
    older = admin.get(f"{BASE}audit/?{page.context['older']}")
    assert [event.detail.get("number") for event, _ in older.context["events"]] == list(range(10, -1, -1))
    assert older.context["older"] == ""
    members_only = admin.get(f"{BASE}audit/", {"kind": "member."}).context["events"]
    assert [event.action for event, _ in members_only] == ["member.added"]
    assert admin.get(f"{BASE}audit/", {"actor": "nobody"}).context["events"] == []
    assert (
        "outsider@example.com"
        not in admin.get(f"{BASE}audit/", {"actor": "outsider"}).content.decode().split("</form>")[-1]
    )
    assert admin.get(f"{BASE}audit/", {"cursor": "x"}).status_code == 404


@pytest.mark.parametrize("rows", [1, 3])
@pytest.mark.parametrize(
    ("section", "queries"), [("members", 5), ("keys", 5), ("projects", 4), ("failure-modes", 6), ("feedback", 4)]
)
def test_lists_ask_as_often_for_three_rows_as_for_one(
    people: People,
    admin: Client,
    section: str,
    queries: int,
    rows: int,
    django_assert_num_queries: DjangoAssertNumQueries,
    make_user: MakeUser,
) -> None:
    for number in range(rows):
        make_user(f"m{number}", people.workspace)
        people.token(project=people.project)
        Project.objects.create(workspace=people.workspace, name=f"p{number}", slug=f"p{number}")
        FailureMode.objects.create(project=people.project, name=f"f{number}")
        FeedbackConfig.objects.create(workspace=people.workspace, key=f"k{number}", kind="text")
    with django_assert_num_queries(queries):
        assert admin.get(f"{BASE}{section}/").status_code == 200


def test_hostile_names_are_shown_inert(people: People, admin: Client) -> None:
    name = "<script>alert(1)</script>"
    admin.post(f"{BASE}projects/", {"name": name})
    page = admin.get(f"{BASE}projects/").content.decode()
    assert name not in page
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in page
