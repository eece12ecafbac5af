"""Mails about what happened: to who wants them and may know, at least once under one id, few, and easy to end."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.core.cache import cache
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from pytest_django import Settings

from annotation.domain.digests import composing as digest
from annotation.domain.notices import completions, delivering, mailing, recording, trouble, webhooks, wishes
from annotation.domain.notices.webhooks import Terms
from annotation.domain.notices.wishes import Stop, Wish
from annotation.domain.projects import members
from annotation.domain.queues import items, lifecycle, rubric, sharing, subjects
from annotation.domain.queues.reasons import Reason
from annotation.domain.queues.settings import QueueSettings
from annotation.domain.reviews import submit
from annotation.domain.reviews.content import ReviewInput
from annotation.models import Item, Mail, Membership, Notice, NoticeMail, Queue, User, Webhook
from tests.factories.notices import MailFactory
from tests.factories.traces import TraceFactory
from tests.fixtures.mailing import MailServer
from tests.fixtures.people import MakeUser, People
from tests.fixtures.processes import free_port
from tests.fixtures.receiving import Receiver

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
pytestmark = pytest.mark.usefixtures("broker")


@pytest.fixture(autouse=True)
def clock(db: None) -> Iterator[Any]:
    with time_machine.travel(NOON, tick=False) as moved:
        yield moved


def _queue(people: People, count: int, name: str = "Refunds", **settings: Any) -> tuple[Queue, list[Item]]:
    wished = QueueSettings(name=name, **settings)
    queue = lifecycle.create(workspace=people.workspace, settings=wished, rubric=rubric.default(), by=people.admin)
    traces = [TraceFactory(project=people.project) for _ in range(count)]
    wanted = [subjects.of_trace(one.uuid) for one in traces]
    return queue, list(items.add(queue=queue, subjects=wanted, reason=Reason()).added)


def _share(queue: Queue, people: People, given: list[Item], **how: bool) -> None:
    some = Item.objects.filter(pk__in=[item.pk for item in given])
    sharing.share(queue=queue, items=some, people=[people.reviewer], by=people.admin, now=timezone.now(), **how)


def _say(item: Item, by: User, thumbs: str) -> None:
    submit.submit(item=item, by=by, answers=ReviewInput(answers={"thumbs": thumbs}), now=timezone.now())


def _want(user: User, *kinds: str) -> None:
    wishes.change(user=user, wish=Wish(kinds=kinds))


def _later(clock: Any, minutes: float) -> None:
    clock.shift(timedelta(minutes=minutes))
    _send()


def _send() -> None:
    cache.clear()  # nobody rests after a server that was away
    mailing.send_due(digest=digest.letter)


def test_nobody_is_mailed_who_did_not_ask_for_it(people: People, mail_server: MailServer, clock: Any) -> None:
    queue, added = _queue(people, 2)
    _want(people.editor, "item.assigned")  # to others
    _want(people.admin, "item.assigned")  # who takes the other one
    _share(queue, people, added[:1])
    taken = sharing.share(
        queue=queue, items=Item.objects.filter(pk=added[1].pk), people=[people.admin], by=people.admin, now=NOON
    )
    assert taken.by_person == {people.admin: 1}
    _later(clock, 60)
    assert not Notice.objects.exists()
    assert mail_server.got == []


def test_several_assignments_within_minutes_are_one_mail(people: People, mail_server: MailServer, clock: Any) -> None:
    _want(people.reviewer, "item.assigned")
    first, some = _queue(people, 3, "Refunds <b>")
    second, more = _queue(people, 1, "Late trains")
    _share(first, people, some)
    clock.shift(timedelta(minutes=2))
    _share(second, people, more)
    _later(clock, 0.5)
    assert mail_server.got == []
    _later(clock, 1)
    _later(clock, 60)
    (mail,) = mail_server.got
    assert (mail["To"], mail["Subject"]) == (
        "reviewer@example.com",
        "Refunds <b>: 3 items assigned to you, and 1 more",
    )
    text = mail_server.text()
    assert "- Refunds <b>: 3 items assigned to you\n" in text
    assert f"http://testserver/w/acme/queues/{second.uuid}/review/" in text
    assert "- Late trains: 1 item assigned to you\n" in text
    assert ">Refunds &lt;b&gt;</a>" in mail_server.html()
    assert "src=" not in mail_server.html()
    stop = mail["List-Unsubscribe"].strip(" <>")
    assert stop in text
    assert mail["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    ended = Stop(people.reviewer, ["item.assigned"], frozenset([first.uuid, second.uuid]))
    assert wishes.of_token(stop.split("/")[-2]) == ended


@pytest.mark.parametrize("named", [recording.MOST_ITEMS, 1])
def test_items_that_are_given_twice_within_minutes_are_told_once(
    people: People, mail_server: MailServer, clock: Any, monkeypatch: pytest.MonkeyPatch, named: int
) -> None:
    monkeypatch.setattr(recording, "MOST_ITEMS", named)
    _want(people.reviewer, "item.assigned")
    queue, added = _queue(people, 3)
    _share(queue, people, added)
    clock.shift(timedelta(minutes=1))
    _share(queue, people, added, is_reassigning=True)
    clock.shift(timedelta(minutes=1))
    sharing.take_back(queue=queue, by=people.admin, items=Item.objects.filter(pk=added[0].pk))
    _later(clock, 2)
    assert [mail["Subject"] for mail in mail_server.got] == ["Refunds: 2 items assigned to you"]


@pytest.mark.parametrize("named", [recording.MOST_ITEMS, 1])
def test_items_that_are_given_twice_and_taken_back_are_not_told(
    people: People, mail_server: MailServer, clock: Any, monkeypatch: pytest.MonkeyPatch, named: int
) -> None:
    monkeypatch.setattr(recording, "MOST_ITEMS", named)
    _want(people.reviewer, "item.assigned")
    queue, added = _queue(people, 3)
    for _ in range(2):
        _share(queue, people, added)
        sharing.take_back(queue=queue, by=people.admin)
        clock.shift(timedelta(minutes=1))
    _later(clock, 2)
    assert Mail.objects.get().state == Mail.State.DROPPED
    assert mail_server.got == []


def test_editors_and_admins_hear_of_disagreements_and_of_queues_that_are_done(
    people: People, mail_server: MailServer, clock: Any
) -> None:
    for person in (people.admin, people.editor, people.reviewer, people.viewer, people.outsider):
        _want(person, "item.disagreement", "queue.done")
    queue, added = _queue(people, 1, reviewers_per_item=2, decides=Queue.Decides.EDITOR)
    _say(added[0], people.reviewer, "up")
    _say(added[0], people.editor, "down")
    done, (item,) = _queue(people, 1, "Easy")
    _say(item, people.reviewer, "up")
    completions.note(now=timezone.now())
    _later(clock, 4)
    assert sorted(mail["To"] for mail in mail_server.got) == ["admin@example.com", "editor@example.com"]
    assert f"/w/acme/queues/{queue.uuid}/adjudication/?item={added[0].number}" in mail_server.text()
    assert "- Easy: done, all its items are settled\n" in mail_server.text()
    assert f"http://testserver/w/acme/queues/{done.uuid}/" in mail_server.text()


@pytest.mark.parametrize("way", ["removed", "demoted", "closed", "stopped", "muted", "archived"])
def test_nobody_is_mailed_who_lost_access_or_wants_no_more(
    people: People, mail_server: MailServer, clock: Any, way: str
) -> None:
    _want(people.reviewer, "item.assigned")
    queue, added = _queue(people, 1)
    _share(queue, people, added)
    membership = Membership.objects.get(user=people.reviewer)
    if way == "removed":
        members.remove(membership=membership, by=people.admin)
    elif way == "demoted":
        members.change_role(membership=membership, role="viewer", by=people.admin)
    elif way == "stopped":
        wishes.stop(user=people.reviewer)
    elif way == "muted":
        wishes.mute(user=people.reviewer, queue=queue)
    else:
        changed = {"is_open_to_all": False} if way == "closed" else {"status": Queue.Status.ARCHIVED}
        Queue.objects.update(**changed)
    _later(clock, 4)
    assert Mail.objects.get().state == Mail.State.DROPPED
    assert mail_server.got == []


def test_who_is_given_items_of_a_draft_hears_of_it_when_the_queue_opens(
    people: People, mail_server: MailServer, clock: Any
) -> None:
    _want(people.reviewer, "item.assigned")
    queue, added = _queue(people, 1)
    Queue.objects.update(status=Queue.Status.DRAFT)
    _share(queue, people, added)
    _later(clock, 60)
    assert not Mail.objects.exists()
    Queue.objects.update(status=Queue.Status.ACTIVE)
    _send()
    assert [mail["Subject"] for mail in mail_server.got] == ["Refunds: 1 item assigned to you"]


def test_a_mail_server_that_is_away_loses_nothing_and_doubles_nothing(
    people: People, mail_server: MailServer, clock: Any
) -> None:
    _want(people.reviewer, "item.assigned")
    queue, added = _queue(people, 1)
    _share(queue, people, added)
    mail_server.refuses = True
    _later(clock, 4)
    mail_server.refuses = False
    _later(clock, 1)
    assert mail_server.got == []
    mail = Mail.objects.get()
    assert (mail.state, mail.problem) == (Mail.State.WAITING, "The mail server answered 451 later")
    _later(clock, 5)
    _later(clock, 60)
    assert len(mail_server.got) == 1
    mail.refresh_from_db()
    assert (mail.state, mail.problem, mail.attempt_count) == (Mail.State.SENT, "", 2)


def test_a_mail_that_no_server_takes_is_given_up_after_a_day_and_sent_when_an_admin_says_so(
    people: People, mail_server: MailServer, clock: Any
) -> None:
    _want(people.reviewer, "item.assigned")
    queue, added = _queue(people, 1)
    _share(queue, people, added)
    mail_server.refuses = True
    for _ in range(100):
        _later(clock, 20)
    mail = Mail.objects.get()
    assert (mail.state, mail.attempt_count) == (Mail.State.FAILED, mailing.MOST_ATTEMPTS)
    assert mail.attempted_at is not None
    assert timedelta(hours=20) < mail.attempted_at - NOON < timedelta(hours=26)
    assert trouble.of_person(people.reviewer) == mail
    assert [*trouble.of_workspace(people.workspace)] == [mail]
    assert [*trouble.of_workspace(people.elsewhere)] == []
    mail_server.refuses = False
    assert trouble.try_again(workspace=people.elsewhere, now=timezone.now()) == 0
    assert trouble.try_again(workspace=people.workspace, now=timezone.now()) == 1
    _send()
    assert [got["Message-ID"] for got in mail_server.got] == [f"<{mail.uuid}@localhost>"]
    assert not trouble.of_workspace(people.workspace).exists()


@pytest.mark.parametrize(
    ("later", "minutes", "is_lost"),
    [("sent", 5, False), ("sent", -5, True), ("dropped", 5, True), ("waiting", 5, True)],
)
def test_somebodys_mails_are_in_trouble_until_one_arrives(
    people: People, later: str, minutes: int, *, is_lost: bool
) -> None:
    lost = MailFactory(user=people.reviewer, state="failed", problem="No.", attempted_at=NOON)
    at = NOON + timedelta(minutes=minutes)
    MailFactory(user=people.reviewer, day=at.date() + timedelta(days=1), state=later, attempted_at=at)
    MailFactory(user=people.editor, state="sent", attempted_at=NOON + timedelta(hours=1))
    assert trouble.of_person(people.reviewer) == (lost if is_lost else None)


def test_a_mail_that_cannot_be_written_holds_up_nobody_elses(
    people: People, mail_server: MailServer, clock: Any
) -> None:
    for person in (people.editor, people.admin):
        _want(person, "item.disagreement", "queue.done")
    queue, (item,) = _queue(people, 1)
    broken = Notice.objects.create(workspace=people.workspace, queue=queue, kind="item.disagreement", happened_at=NOON)
    NoticeMail.objects.create(notice=broken, user=people.editor, due_at=NOON)
    _say(item, people.reviewer, "up")
    completions.note(now=timezone.now())
    _later(clock, 4)
    assert [mail["To"] for mail in mail_server.got] == ["admin@example.com"]
    failed = Mail.objects.get(notice_mails__notice=broken)
    assert failed.problem == "It could not be written (KeyError); the worker's log says more."


def test_a_server_that_is_away_is_asked_seldom_and_loses_nothing(
    people: People, mail_server: MailServer, clock: Any, settings: Settings
) -> None:
    queue, added = _queue(people, 2)
    for person, item in zip((people.reviewer, people.editor), added, strict=True):
        _want(person, "item.assigned")
        some = Item.objects.filter(pk=item.pk)
        sharing.share(queue=queue, items=some, people=[person], by=people.admin, now=timezone.now())
    there, settings.EMAIL_PORT = settings.EMAIL_PORT, free_port()
    clock.shift(timedelta(minutes=4))
    for _ in range(3):
        mailing.send_due(digest=digest.letter)
    tried, other = Mail.objects.order_by("-attempt_count")
    assert (tried.attempt_count, tried.problem) == (1, "The mail server cannot be reached: Connection refused")
    assert (other.attempt_count, other.problem) == (0, "")
    settings.EMAIL_PORT = there
    _later(clock, 6)
    assert sorted(mail["To"] for mail in mail_server.got) == ["editor@example.com", "reviewer@example.com"]


def test_what_was_done_or_settled_meanwhile_is_not_told_and_not_named_in_the_link(
    people: People, mail_server: MailServer, clock: Any
) -> None:
    _want(people.reviewer, "item.assigned")
    first, (item,) = _queue(people, 1)
    second, more = _queue(people, 2, "Late trains")
    _share(first, people, [item])
    _share(second, people, more)
    _say(item, people.reviewer, "up")
    _say(more[0], people.reviewer, "up")
    _later(clock, 4)
    (mail,) = mail_server.got
    assert mail["Subject"] == "Late trains: 1 item assigned to you"
    link = wishes.of_token(mail["List-Unsubscribe"].strip(" <>").split("/")[-2])
    assert link == Stop(people.reviewer, ["item.assigned"], frozenset([second.uuid]))


def test_a_mail_reads_no_queue_but_those_it_tells_of(people: People, mail_server: MailServer, clock: Any) -> None:
    _want(people.reviewer, "item.assigned")
    queue, added = _queue(people, 1)
    _queue(people, 1, "Late trains")
    _share(queue, people, added)
    with CaptureQueriesContext(connection) as asked:
        _later(clock, 4)
    assert len(mail_server.got) == 1
    of_queues = [one["sql"] for one in asked if 'FROM "annotation_queue"' in one["sql"]]
    whole = [sql for sql in of_queues if '"instructions"' in sql and "muted_queues" not in sql]
    assert (len(of_queues), whole) == (2, [])


def test_a_name_with_a_line_break_adds_no_header(people: People, mail_server: MailServer, clock: Any) -> None:
    _want(people.reviewer, "item.assigned")
    queue, added = _queue(people, 1)
    Queue.objects.update(name="Refunds\r\nBcc: all@example.org")
    _share(queue, people, added)
    _later(clock, 4)
    (mail,) = mail_server.got
    assert mail["Bcc"] is None
    assert mail["Subject"] == "Refunds Bcc: all@example.org: 1 item assigned to you"


def test_admins_hear_of_a_webhook_that_turned_itself_off_unless_they_said_no(
    people: People, mail_server: MailServer, receiver: Receiver, clock: Any, make_user: MakeUser
) -> None:
    second, silent = (make_user(name, people.workspace, Membership.Role.ADMIN) for name in ("second", "silent"))
    wishes.stop(user=silent)
    terms = Terms("Chat <b>", receiver.url, ["queue.done"])
    hook = webhooks.create(workspace=people.workspace, terms=terms, by=people.admin).webhook
    receiver.statuses = [410]
    _fail(hook)
    _send()
    assert sorted(mail["To"] for mail in mail_server.got) == ["admin@example.com", "second@example.com"]
    assert mail_server.got[0]["Subject"] == "Webhook Chat <b>: turned off by itself"
    assert "The receiver answered that it is gone (410). You can turn it on again." in mail_server.text()
    assert f"http://testserver/w/acme/settings/webhooks/{hook.uuid}/" in mail_server.text()

    link = wishes.of_token(wishes.stop_token(second, [wishes.WARNING]))
    assert link is not None
    wishes.stop(user=link.user, kinds=link.kinds)
    mail_server.got.clear()
    _fail(hook)
    _send()
    assert [mail["To"] for mail in mail_server.got] == ["admin@example.com"]
    _fail(hook)
    webhooks.turn(webhook=hook, is_on=True, by=people.admin)
    _send()
    assert len(mail_server.got) == 1, "it is on again"


def _fail(hook: Webhook) -> None:
    webhooks.turn(webhook=hook, is_on=True, by=User.objects.get(name="admin"))
    webhooks.send_test(webhook=hook, now=timezone.now())
    delivering.deliver()
