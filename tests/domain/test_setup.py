"""An installation is set up once: from the environment, or by a link that works once."""

import pytest
from django.test import Client
from django.utils import timezone

from annotation.domain import setup
from annotation.domain.projects import keys
from annotation.models import ApiKey, Membership, Project, User, Workspace

ENVIRONMENT = {
    "TRACEAPP_INIT_EMAIL": "First@Example.com",
    "TRACEAPP_INIT_PASSWORD": "correct horse battery",
    "TRACEAPP_INIT_WORKSPACE": "Travel desk",
    "TRACEAPP_INIT_PROJECT": "booking",
    "TRACEAPP_INIT_API_KEY": "ta_known-from-the-start",
    "PATH": "/bin",
}
ANSWERS = {
    "name": "First Admin",
    "email": "first@example.com",
    "password": "correct horse battery",
    "again": "correct horse battery",
    "workspace": "Travel desk",
    "project": "booking",
}


def wish(**changes: str) -> setup.Wish:
    found = setup.Wish.from_environment(
        ENVIRONMENT | {f"TRACEAPP_INIT_{name.upper()}": changes[name] for name in changes}
    )
    assert found
    return found


def test_the_environment_makes_admin_workspace_project_and_key_once(db: None) -> None:
    for _ in range(2):
        setup.carry_out(wish(), now=timezone.now())
    membership = Membership.objects.select_related("user", "workspace").get()
    assert (membership.user.email, membership.role) == ("first@example.com", "admin")
    assert membership.user.check_password("correct horse battery")
    assert (membership.workspace.name, membership.workspace.slug) == ("Travel desk", "travel-desk")
    assert sorted(Project.objects.values_list("name", flat=True)) == ["booking", "default"]
    key = keys.authenticate_key("ta_known-from-the-start", now=timezone.now())
    assert (key.project, key.only_project) == (Project.objects.get(name="booking"), None)
    assert (key.workspace, key.created_by) == (membership.workspace, membership.user)
    assert set(key.scopes) == set(ApiKey.Scope.values)


def test_nothing_is_made_without_a_wish() -> None:
    assert setup.Wish.from_environment({"PATH": "/bin"}) is None


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"email": "nobody"}, "Enter a valid email address"),
        ({"password": "short"}, "This password is too short"),
        ({"api_key": "ta_short"}, "TRACEAPP_INIT_API_KEY is too easy to guess"),
        ({"password": ""}, "Set both TRACEAPP_INIT_EMAIL and TRACEAPP_INIT_PASSWORD"),
    ],
)
def test_a_bad_wish_is_refused_whole(db: None, changes: dict[str, str], message: str) -> None:
    with pytest.raises(setup.BadWishError, match=message):
        setup.carry_out(wish(**changes), now=timezone.now())
    assert (User.objects.count(), Workspace.objects.count()) == (0, 0)


def test_on_ones_own_machine_an_easy_password_and_key_will_do(db: None) -> None:
    easy = wish(password="short", api_key="ta_short")
    assert setup.carry_out(easy, now=timezone.now(), may_be_weak=True) == Workspace.objects.get()
    assert User.objects.get().check_password("short")
    assert keys.authenticate_key("ta_short", now=timezone.now()).prefix == "ta"


def test_a_person_sets_up_by_the_link_once(db: None) -> None:
    address, client = f"/setup/{setup.new_link()}/", Client()
    assert client.get(address).status_code == 200
    assert client.post(address, ANSWERS | {"again": "other"}).status_code == 422
    assert not User.objects.exists()
    answer = client.post(address, ANSWERS)
    assert (answer.status_code, answer["Location"]) == (302, "/w/travel-desk/")
    assert client.session["_auth_user_id"] == str(User.objects.get(email="first@example.com", name="First Admin").pk)
    names = Project.objects.filter(workspace__slug="travel-desk").values_list("name", flat=True)
    assert sorted(names) == ["booking", "default"]
    assert Client().post(address, ANSWERS | {"email": "second@example.com"}).status_code == 410
    assert User.objects.count() == 1


def test_a_newer_link_replaces_the_older_and_somebody_here_ends_all(db: None) -> None:
    older, newer = setup.new_link(), setup.new_link()
    assert (setup.is_open(older), setup.is_open(newer), setup.is_open("")) == (False, True, False)
    User.objects.create_user("somebody@example.com", "correct horse battery")
    assert setup.is_open(newer) is False
    with pytest.raises(setup.LinkGoneError):
        setup.use_link(newer, wish(), name="", now=timezone.now())
