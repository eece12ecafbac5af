"""Mails about what happened: to who wants them and may know, once, few, and easy to end."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.utils import timezone

from annotation.domain.notices import completions, mailing, wishes
from annotation.domain.notices.wishes import Wish
from annotation.domain.projects import members
from annotation.domain.queues import items, lifecycle, rubric, sharing, subjects
from annotation.domain.queues.lifecycle import QueueSettings
from annotation.domain.queues.reasons import Reason
from annotation.domain.reviews import submit
from annotation.domain.reviews.content import ReviewInput
from annotation.models import Item, Membership, Notice, NoticeMail, Queue, User
from tests.factories.traces import TraceFactory
from tests.fixtures.mailing import MailServer
from tests.fixtures.people import People

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


def _share(queue: Queue, people: People, given: list[Item]) -> None:
    some = Item.objects.filter(pk__in=[item.pk for item in given])
    sharing.share(queue=queue, items=some, people=[people.reviewer], by=people.admin, now=timezone.now())


def _say(item: Item, by: User, thumbs: str) -> None:
    submit.submit(item=item, by=by, answers=ReviewInput(answers={"thumbs": thumbs}), now=timezone.now())


def _want(user: User, *kinds: str) -> None:
    wishes.change(user=user, wish=Wish(kinds=kinds))


def _later(clock: Any, minutes: float) -> None:
    clock.shift(timedelta(minutes=minutes))
    mailing.send_due()


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
    assert (mail["To"], mail["Subject"]) == ("reviewer@example.com", "2 things happened in Acme")
    text = mail_server.text()
    assert "3 items are assigned to you in Refunds <b>" in text
    assert f"http://localhost:8000/w/acme/queues/{second.uuid}/review/" in text
    assert "1 item is assigned to you in Late trains" in text
    assert "in Refunds &lt;b&gt;" in mail_server.html()
    assert "src=" not in mail_server.html()
    stop = mail["List-Unsubscribe"].strip(" <>")
    assert stop in text
    assert mail["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert wishes.of_token(stop.split("/")[-2]) == (people.reviewer, ["item.assigned"])


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
    assert "Easy is done: all its items are settled" in mail_server.text()
    assert f"http://localhost:8000/w/acme/queues/{done.uuid}/" in mail_server.text()


@pytest.mark.parametrize("way", ["removed", "demoted", "closed", "stopped", "archived"])
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
    else:
        changed = {"is_open_to_all": False} if way == "closed" else {"status": Queue.Status.ARCHIVED}
        Queue.objects.update(**changed)
    _later(clock, 4)
    assert NoticeMail.objects.exists()
    assert mail_server.got == []


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
    _later(clock, 5)
    _later(clock, 60)
    assert len(mail_server.got) == 1


def test_a_name_with_a_line_break_adds_no_header(people: People, mail_server: MailServer, clock: Any) -> None:
    _want(people.reviewer, "item.assigned")
    queue, added = _queue(people, 1)
    Queue.objects.update(name="Refunds\r\nBcc: all@example.org")
    _share(queue, people, added)
    _later(clock, 4)
    (mail,) = mail_server.got
    assert mail["Bcc"] is None
    assert mail["Subject"] == "1 item is assigned to you in Refunds Bcc: all@example.org"
