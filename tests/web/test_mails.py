"""Mails in the profile, and the links that end them."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries, Settings

from annotation.domain.notices import wishes
from annotation.domain.notices.wishes import Wish
from annotation.models import Mail
from tests.factories import MailFactory, MembershipFactory, QueueFactory, WorkspaceFactory
from tests.fixtures.people import MakeUser, People

pytestmark = pytest.mark.django_db
LONG_AGO = datetime(2026, 3, 2, tzinfo=UTC)


def test_a_person_chooses_which_mails_and_when_and_ends_them_all(people: People) -> None:
    client = people.client(people.reviewer)
    assert wishes.of(people.reviewer) == Wish()
    given = {"kinds": ["item.assigned", "warning"], "has_digest": "on", "digest_hour": "7", "time_zone": "Asia/Tokyo"}
    assert client.post("/profile/mails/", given).status_code == 302
    assert wishes.of(people.reviewer) == Wish(
        ("item.assigned",), has_digest=True, digest_hour=7, time_zone="Asia/Tokyo"
    )
    html = client.get("/profile/mails/").content.decode()
    assert '<option value="Asia/Tokyo" selected>' in html
    assert client.post("/profile/mails/", {**given, "time_zone": "Mars"}).status_code == 422
    client.post("/profile/mails/", {"none": "1"})
    assert wishes.of(people.reviewer) == Wish(digest_hour=7, time_zone="Asia/Tokyo", is_warned=False)


def test_a_person_mutes_queues_that_they_see_and_no_others(people: People) -> None:
    seen, other = (QueueFactory(workspace=people.workspace, name=name) for name in ("Refunds", "Trains"))
    QueueFactory(workspace=people.workspace, name="Closed", is_open_to_all=False)
    foreign = QueueFactory(workspace=people.elsewhere, name="Foreign")
    archived = QueueFactory(workspace=people.workspace, status="archived")
    wishes.mute(user=people.reviewer, queue=archived)
    client = people.client(people.reviewer)
    html = client.get("/profile/mails/").content.decode()
    assert [name in html for name in ("Acme: Refunds", "Acme: Trains", "Closed", "Foreign")] == [
        True,
        True,
        False,
        False,
    ]
    given = {"digest_hour": "7", "time_zone": "UTC"}
    assert client.post("/profile/mails/", {**given, "muted": str(seen.uuid)}).status_code == 302
    assert set(wishes.of(people.reviewer).muted) == {seen, archived}, "what is not on the page stays as it is"
    assert client.post("/profile/mails/", {**given, "muted": str(foreign.uuid)}).status_code == 422
    assert client.post("/profile/mails/", {**given, "muted": str(other.uuid)}).status_code == 302
    assert set(wishes.of(people.reviewer).muted) == {other, archived}


def test_a_link_mutes_only_a_queue_that_its_mail_was_about(people: People) -> None:
    told, other = (QueueFactory(workspace=people.workspace, name=name) for name in ("Refunds", "Trains"))
    wishes.change(user=people.editor, wish=Wish(("item.assigned",)))
    path = f"/unsubscribe/{wishes.stop_token(people.editor, ['item.assigned'], [told])}/"
    program = Client(enforce_csrf_checks=True)
    html = program.get(path).content.decode()
    assert "Mute Refunds" in html
    assert "Trains" not in html
    for _ in range(2):
        assert "No more mails about Refunds go" in program.post(path, {"queue": str(told.uuid)}).content.decode()
        assert wishes.of(people.editor) == Wish(("item.assigned",), muted=(told,))
    program.post(path, {"queue": str(other.uuid)})
    assert wishes.of(people.editor) == Wish((), muted=(told,)), "as for any other post: the mails of this kind end"


@pytest.mark.parametrize("named", [0, 2])
def test_a_link_asks_for_no_more_than_the_queues_that_it_names(
    people: People, make_user: MakeUser, django_assert_num_queries: DjangoAssertNumQueries, named: int
) -> None:
    person = make_user("busy", people.workspace, "editor")
    for workspace in (people.elsewhere, WorkspaceFactory(), WorkspaceFactory()):
        MembershipFactory(user=person, workspace=workspace, role="editor")
        QueueFactory(workspace=workspace)
    told = QueueFactory.create_batch(named, workspace=people.workspace)
    closed = QueueFactory.create_batch(named, workspace=WorkspaceFactory())
    path = f"/unsubscribe/{wishes.stop_token(person, ['item.assigned'], [*told, *closed])}/"
    with django_assert_num_queries(3 if named else 1):
        html = Client().get(path).content.decode()
    assert html.count(">Mute ") == named


def test_somebody_whose_mails_do_not_arrive_reads_why(people: People) -> None:
    lost = MailFactory(user=people.reviewer, problem="The mail server answered 550 <unknown>", attempted_at=LONG_AGO)
    html = people.client(people.reviewer).get("/profile/mails/").content.decode()
    assert "A mail to you did not arrive" in html
    assert "The mail server answered 550 &lt;unknown&gt;" in html
    assert "It is tried again" in html
    Mail.objects.filter(pk=lost.pk).update(state=Mail.State.FAILED, attempt_count=9)
    assert "given up after 9 attempts" in " ".join(
        people.client(people.reviewer).get("/profile/mails/").content.decode().split()
    )


def test_a_link_in_a_mail_asks_before_it_ends_these_and_nothing_else(people: People) -> None:
    every = Wish(("item.assigned", "item.disagreement"), has_digest=True)
    wishes.change(user=people.editor, wish=every)
    path = f"/unsubscribe/{wishes.stop_token(people.editor, ['item.assigned'])}/"
    program = Client(enforce_csrf_checks=True)
    page = program.get(path).content.decode()
    assert "Items are assigned to me" in page
    assert wishes.of(people.editor) == every
    for _ in range(2):  # as mail programs do (RFC 8058)
        assert program.post(path, {"List-Unsubscribe": "One-Click"}).status_code == 200
        assert wishes.of(people.editor) == Wish(("item.disagreement",), has_digest=True)
    program.post(f"/unsubscribe/{wishes.stop_token(people.editor, [wishes.DIGEST])}/")
    assert wishes.of(people.editor) == Wish(("item.disagreement",))
    program.post(path, {"all": "1"})
    assert wishes.of(people.editor) == Wish(is_warned=False)


def test_a_link_that_was_changed_ends_nothing(people: People) -> None:
    wishes.change(user=people.editor, wish=Wish(("item.assigned",)))
    token = wishes.stop_token(people.editor, ["item.assigned"])
    assert Client().post(f"/unsubscribe/{token[:-1]}/").status_code == 404
    assert Client().post("/unsubscribe/nonsense/").status_code == 404
    assert wishes.of(people.editor).kinds == ("item.assigned",)


def test_an_admin_sees_which_mails_do_not_arrive_and_sends_them_again(people: People, broker: object) -> None:
    told = {"problem": "The mail server answered 550 <unknown>", "attempted_at": LONG_AGO}
    here = MailFactory(
        workspace=people.workspace, day=None, user=people.reviewer, state="failed", attempt_count=9, **told
    )
    digest = MailFactory(user=people.editor, attempt_count=2, **told)
    MailFactory(workspace=people.elsewhere, day=None, user=people.admin, **told)
    MailFactory(user=people.outsider, **told)
    client = people.client(people.admin)
    html = " ".join(client.get("/w/acme/settings/mails/").content.decode().split())
    assert html.count("The mail server answered 550 &lt;unknown&gt;") == 2
    assert [word in html for word in ("reviewer@", "editor@", "outsider@")] == [True, True, False]
    assert [word in html for word in ("given up", "again at 00:00 UTC", "Digest of 2 March")] == [True, True, True]
    assert client.post("/w/acme/settings/mails/again/").status_code == 302
    again = Mail.objects.filter(state="waiting", attempt_count=0, due_at__gt=LONG_AGO)
    assert set(again) == {here, digest}


@pytest.mark.parametrize("rows", [1, 3])
def test_the_list_asks_as_often_for_three_as_for_one(
    people: People, rows: int, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    for _ in range(rows):
        MailFactory(workspace=people.workspace, day=None, problem="No.")
        QueueFactory(workspace=people.workspace)
    client = people.client(people.admin)
    with django_assert_num_queries(5):
        client.get("/w/acme/settings/mails/")
    with django_assert_num_queries(6):
        client.get("/profile/mails/")


def test_an_installation_without_a_mail_server_says_so(people: People, settings: Settings) -> None:
    client = people.client(people.admin)
    assert "No mail server is set up" not in client.get("/w/acme/settings/mails/").content.decode()
    settings.EMAIL_BACKEND = "django.core.mail.backends.console.EmailBackend"
    assert "No mail server is set up" in client.get("/w/acme/settings/mails/").content.decode()
