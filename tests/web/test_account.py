"""Signing in and out, lost passwords, and joining by a link."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.core import mail
from django.core.cache import cache
from django.test import Client
from django.utils import timezone
from pytest_django import DjangoCaptureOnCommitCallbacks

from annotation import tasks
from annotation.domain.projects import accounts, invitations
from annotation.models import Membership, User, Workspace
from tests.fixtures.people import PASSWORD, People

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _fresh_cache() -> Iterator[None]:
    cache.clear()
    yield
    cache.clear()


def _sign_in(client: Client, email: str = "editor@example.com", password: str = PASSWORD, **more: str) -> Any:
    return client.post("/sign-in/", {"username": email, "password": password, **more})


def _signed_in_as(client: Client) -> str | None:
    found = User.objects.filter(pk=client.session.get("_auth_user_id", 0)).first()
    return found.email if found else None


def _without_tokens(page: str) -> str:
    return re.sub(r"[A-Za-z0-9]{64}", "token", page)


def test_signing_in_takes_any_spelling_of_the_address(people: People) -> None:
    client = Client()
    answer = _sign_in(client, " Editor@Example.COM ")
    assert (answer.status_code, answer["Location"]) == (302, "/")
    assert _signed_in_as(client) == "editor@example.com"


def test_signing_in_starts_a_new_session(people: People) -> None:
    client = Client()
    session = client.session
    session["planted"] = "yes"
    session.save()
    planted = session.session_key
    client.cookies["traceapp_session"] = planted or ""
    _sign_in(client)
    assert client.cookies["traceapp_session"].value != planted
    fresh = Client()
    fresh.cookies["traceapp_session"] = planted or ""
    assert _signed_in_as(fresh) is None


def test_a_wrong_password_and_an_unknown_address_look_the_same(people: People) -> None:
    def words(email: str) -> str:
        page = _sign_in(Client(), email, "not it at all")
        assert page.status_code == 422
        return _without_tokens(page.content.decode().replace(email, ""))

    assert words("editor@example.com") == words("nobody@example.com")
    User.objects.filter(email="viewer@example.com").update(is_active=False)
    assert words("viewer@example.com") == words("nobody@example.com")


@pytest.mark.parametrize("email", ["editor@example.com", "nobody@example.com"])
def test_too_many_attempts_close_sign_in_for_a_while_and_say_until_when(people: People, email: str) -> None:
    with time_machine.travel(datetime(2026, 3, 1, 12, 0, tzinfo=UTC), tick=False) as clock:
        spellings = [email, email.upper(), f" {email}"]
        answers = [_sign_in(Client(), spellings[n % 3], "not it at all").status_code for n in range(10)]
        assert answers == [422] * 9 + [429]
        closed = _sign_in(Client(), email)
        assert closed.status_code == 429
        assert closed["Retry-After"] == "900"
        assert "12:15 UTC" in closed.content.decode()
        clock.shift(timedelta(minutes=5))
        assert _sign_in(Client(), email)["Retry-After"] == "600"
        clock.shift(timedelta(minutes=11))
        assert _sign_in(Client(), email).status_code == (302 if "editor" in email else 422)


@pytest.mark.parametrize(
    "address",
    ["https://evil.example/", "//evil.example", "/\\evil.example", "javascript:alert(1)", "https:evil.example", "\t//evil.example"],
)  # fmt: skip
def test_signing_in_never_leads_elsewhere(people: People, address: str) -> None:
    assert _sign_in(Client(), next=address)["Location"] == "/"
    signed_in = people.client(people.editor)
    assert signed_in.get("/sign-in/", {"next": address})["Location"] == "/"


def test_signing_in_leads_back_to_the_page_that_was_wanted(people: People) -> None:
    client = Client()
    wanted = "/w/acme/settings/projects/?page=2"
    away = client.get(wanted)
    assert away["Location"] == "/sign-in/?next=%2Fw%2Facme%2Fsettings%2Fprojects%2F%3Fpage%3D2"
    page = client.get(away["Location"]).content.decode()
    assert f'value="{wanted}"' in page
    assert _sign_in(client, next=wanted)["Location"] == wanted


def test_a_part_of_a_page_sends_the_whole_page_to_sign_in(people: People) -> None:
    headers = {"HX-Request": "true", "HX-Current-URL": "http://testserver/w/acme/settings/members/"}
    answer = Client().post("/w/acme/settings/members/invite/", headers=headers)
    assert answer.status_code == 204
    assert answer["HX-Redirect"] == "/sign-in/?next=%2Fw%2Facme%2Fsettings%2Fmembers%2F"


def test_signing_out_ends_the_session_and_takes_a_post(people: People) -> None:
    client = people.client(people.editor)
    assert client.get("/sign-out/").status_code == 405
    assert client.post("/sign-out/")["Location"] == "/sign-in/"
    assert _signed_in_as(client) is None


def test_changing_the_password_takes_the_present_one_and_signs_out_elsewhere(people: People) -> None:
    here, elsewhere = people.client(people.editor), people.client(people.editor)
    new = {"password": "quite another one", "again": "quite another one"}
    refused = here.post("/password/", {"current": "wrong", **new})
    assert refused.status_code == 422
    assert "This is not your present password." in refused.content.decode()
    assert here.post("/password/", {"current": PASSWORD, **new})["Location"] == "/profile/"
    assert here.get("/profile/").status_code == 200
    assert elsewhere.get("/profile/").status_code == 302
    people.editor.refresh_from_db()
    assert people.editor.check_password("quite another one")


@pytest.mark.parametrize(
    ("password", "again", "words"),
    [
        ("short", "short", "too short"),
        ("password123", "password123", "too common"),
        ("editor@example.com", "editor@example.com", "too similar"),
        ("quite another one", "quite another two", "The two passwords differ"),
    ],
)
def test_a_weak_or_mistyped_password_is_refused(people: People, password: str, again: str, words: str) -> None:
    answer = people.client(people.editor).post(
        "/password/", {"current": PASSWORD, "password": password, "again": again}
    )
    assert answer.status_code == 422
    assert words in answer.content.decode()


def test_asking_for_a_reset_says_the_same_to_everybody(
    people: People, django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks
) -> None:
    def asked(email: str) -> str:
        with django_capture_on_commit_callbacks() as callbacks:
            page = Client().post("/password/reset/", {"email": email})
        assert len(callbacks) == 1, "known or not, the same work is done"
        assert page.status_code == 200
        return _without_tokens(page.content.decode().replace(email, ""))

    assert asked("editor@example.com") == asked("nobody@example.com")


def test_a_mailed_link_sets_a_password_once(people: People) -> None:
    tasks.send_password_reset(email="editor@example.com")
    found = re.search(r"http://testserver(\S+)", str(mail.outbox[0].body))
    assert found is not None
    client, new = Client(), {"password": "quite another one", "again": "quite another one"}
    assert client.get(found[1])["Cache-Control"].startswith("max-age=0, no-cache, no-store")
    assert client.post(found[1], new)["Location"] == "/"
    assert _signed_in_as(client) == "editor@example.com"
    again = Client().post(found[1], {"password": "a third one entirely", "again": "a third one entirely"})
    assert again.status_code == 410
    people.editor.refresh_from_db()
    assert people.editor.check_password("quite another one")


def test_a_reset_link_ends_after_three_days(people: People) -> None:
    path = accounts.reset_path(people.editor)
    with time_machine.travel(timezone.now() + timedelta(days=3, minutes=1)):
        assert Client().get(path).status_code == 410


def _invited(people: People, email: str) -> str:
    made = invitations.invite(
        workspace=people.workspace, email=email, role="reviewer", by=people.admin, now=timezone.now()
    )
    return f"/invitations/{made.token}/"


def test_somebody_new_joins_with_a_name_and_a_password(people: People) -> None:
    path, client = _invited(people, "new@example.com"), Client()
    assert "new@example.com as reviewer" in client.get(path).content.decode()
    answer = client.post(path, {"name": "New", "password": "quite another one", "again": "quite another one"})
    assert answer["Location"] == "/w/acme/"
    assert _signed_in_as(client) == "new@example.com"
    assert Membership.objects.get(user__email="new@example.com").role == "reviewer"
    assert Client().get(path).status_code == 410


def test_somebody_known_signs_in_first_and_comes_back(people: People) -> None:
    path, client = _invited(people, "outsider@example.com"), Client()
    page = client.get(path).content.decode()
    assert f"/sign-in/?next={path}" in page
    assert 'name="password"' not in page
    _sign_in(client, "outsider@example.com", next=path)
    assert client.post(path)["Location"] == "/w/acme/"
    assert Membership.objects.filter(user=people.outsider, workspace=people.workspace).count() == 1


def test_people_start_where_they_work(people: People) -> None:
    assert Client().get("/")["Location"] == "/sign-in/"
    assert people.client(people.editor).get("/", follow=True).redirect_chain[-1][0] == "/w/acme/traces/"
    assert people.client(people.reviewer).get("/", follow=True).redirect_chain[-1][0] == "/w/acme/queues/"
    Membership.objects.filter(user=people.editor).delete()
    assert people.client(people.editor).get("/")["Location"] == "/workspaces/"


def test_an_empty_installation_says_how_it_is_set_up(db: None) -> None:
    assert "one-time link" in Client().get("/").content.decode()


def test_making_a_workspace_makes_its_admin(people: People) -> None:
    answer = people.client(people.reviewer).post("/workspaces/new/", {"name": "Side project"})
    assert answer["Location"] == "/w/side-project/settings/projects/"
    made = Workspace.objects.get(slug="side-project")
    assert Membership.objects.get(workspace=made).user == people.reviewer


def test_the_profile_keeps_name_and_theme(people: People) -> None:
    client = people.client(people.editor)
    assert client.post("/profile/", {"name": "Ed", "theme": "dark"}).status_code == 302
    assert client.post("/profile/", {"name": "Ed", "theme": "pink"}).status_code == 422
    people.editor.refresh_from_db()
    assert (people.editor.name, people.editor.theme) == ("Ed", "dark")


def test_the_menu_names_the_person_the_role_and_the_ways_out(people: People) -> None:
    page = " ".join(people.client(people.admin).get("/w/acme/traces/").content.decode().split())

    assert page.lower().startswith("<!doctype html>")
    assert f"Admin in {people.workspace.name}" in page
    for address in ("/workspaces/", "/profile/", "/api/"):
        assert f'href="{address}"' in page
    assert 'action="/sign-out/"' in page


def test_a_theme_chosen_in_the_menu_stays_and_so_does_the_page(people: People) -> None:
    client = people.client(people.viewer)

    answer = client.post("/profile/theme/", {"theme": "dark", "next": "/profile/"})

    assert answer.headers["Location"] == "/profile/"
    assert 'data-theme="dark"' in client.get("/profile/").content.decode()
    assert client.post("/profile/theme/", {"theme": "light"}, headers={"hx-request": "true"}).status_code == 204
    assert 'data-theme="light"' in client.get("/profile/").content.decode()
    assert client.post("/profile/theme/", {"theme": "sepia"}).status_code == 422


def test_moved_keys_are_kept_and_all_brought_back(people: People) -> None:
    client = people.client(people.reviewer)
    client.post("/profile/keys/", {"key-g": "w"})
    people.reviewer.refresh_from_db()
    assert people.reviewer.keys == {"g": "w"}
    assert 'data-keys="{&quot;g&quot;: &quot;w&quot;}"' in client.get("/profile/").content.decode()
    wrong = client.post("/profile/keys/", {"key-g": "s"})
    assert wrong.status_code == 422
    assert "S is also the key of “Skip”." in wrong.content.decode()
    client.post("/profile/keys/", {"reset": "1"})
    people.reviewer.refresh_from_db()
    assert people.reviewer.keys == {}
