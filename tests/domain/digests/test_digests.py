"""The daily digest."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.core.cache import cache
from pytest_django import DjangoAssertNumQueries

from annotation.domain.digests import composing, writing
from annotation.domain.notices import mailing, wishes
from annotation.domain.notices.wishes import Wish
from annotation.domain.queues import counts
from annotation.models import Item, Mail, MailWish, Membership, Queue, Review
from tests.factories import (
    AssignmentFactory,
    CompletionFactory,
    ItemFactory,
    QueueFactory,
    ReservationFactory,
    ReviewFactory,
    RubricVersionFactory,
)
from tests.fixtures.mailing import MailServer
from tests.fixtures.people import People

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("broker")]
EIGHT = datetime(2026, 3, 2, 8, tzinfo=UTC)
"""Nine o'clock in Berlin, on a Monday."""

LONG_AGO, LATELY = EIGHT - timedelta(days=30), EIGHT - timedelta(hours=3)


@pytest.fixture
def queue(people: People) -> Queue:
    made = QueueFactory(workspace=people.workspace, name="Refunds", due_on=date(2026, 3, 6))
    ItemFactory.create_batch(2, queue=made, created_at=LONG_AGO)
    ItemFactory(queue=made, created_at=LONG_AGO, state=Item.State.DONE)
    ItemFactory(queue=made, created_at=LONG_AGO, state=Item.State.DISAGREEMENT)
    return made


def _want(people: People, **wish: Any) -> None:
    for person in (people.reviewer, people.editor, people.admin, people.viewer, people.outsider):
        wishes.change(user=person, wish=Wish(has_digest=True, **{"time_zone": "Europe/Berlin", **wish}))


def _at(now: datetime, *, is_read: bool = True) -> None:
    """What the scheduler and a worker do at this moment."""
    with time_machine.travel(now, tick=False):
        writing.write_due(now=now)
        if is_read:
            cache.clear()
            mailing.send_due(digest=composing.letter)


def _texts(mail_server: MailServer) -> dict[str, str]:
    """What each of the people was sent last, without what stands below every mail."""
    every = {mail["To"].split("@")[0]: mail_server.text(number) for number, mail in enumerate(mail_server.got)}
    return {name: text.partition("\n--\n")[0].strip() for name, text in every.items()}


def test_everybody_hears_what_waits_for_them_once_at_their_hour(
    people: People, queue: Queue, mail_server: MailServer, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    _want(people)
    _at(EIGHT - timedelta(minutes=1))
    assert mail_server.got == []
    for minutes in (0, 5, 600):
        _at(EIGHT + timedelta(minutes=minutes))
    with django_assert_num_queries(1):
        writing.write_due(now=EIGHT + timedelta(minutes=605))
    base = f"http://testserver/w/acme/queues/{queue.uuid}"
    review = f"- Refunds: 2 items to review (due on Friday, 6 March)\n  {base}/review/"
    decide = f"- Refunds: 1 item to decide, as the reviews differ (due on Friday, 6 March)\n  {base}/adjudication/"
    progress = f"- Refunds: 25 % done, 1 of 4 (due on Friday, 6 March)\n  {base}/progress/"
    assert _texts(mail_server) == {
        "reviewer": f"Waits for you\n\n{review}",
        "editor": f"Waits for you\n\n{review}\n\n{decide}",
        "admin": f"Waits for you\n\n{review}\n\n{decide}\n\nQueues that are due\n\n{progress}",
    }
    titles = {mail["To"]: mail["Subject"] for mail in mail_server.got}
    assert titles["reviewer@example.com"] == "2 items to review"
    assert titles["editor@example.com"] == "2 items to review, 1 to decide"
    _at(EIGHT + timedelta(days=1))
    assert len(mail_server.got) == 6
    assert len({mail["Message-ID"] for mail in mail_server.got}) == 6


def test_what_changed_since_the_last_one_is_told_to_whom_it_concerns(
    people: People, queue: Queue, mail_server: MailServer
) -> None:
    Queue.objects.update(due_on=None)
    Item.objects.exclude(state=Item.State.DONE).delete()
    item, rubric = Item.objects.get(), RubricVersionFactory(queue=queue)
    given = {"item": item, "rubric": rubric}
    ReviewFactory(**given, reviewer=people.reviewer, submitted_at=LONG_AGO)
    ReviewFactory(**given, reviewer=people.admin, submitted_at=LATELY)
    _want(people)
    _at(EIGHT - timedelta(days=1))
    assert set(_texts(mail_server)) == {"editor", "admin", "viewer"}, "a review is news to who reads all"

    correction = {"correction_state": Review.Correction.ACCEPTED, "decided_by": people.editor, "decided_at": LATELY}
    Review.objects.filter(reviewer=people.reviewer).update(**correction)
    Review.objects.filter(reviewer=people.admin).update(submitted_at=LONG_AGO)
    Item.objects.update(adjudicated_at=LATELY, adjudicated_by=people.editor)
    fresh = ItemFactory.create_batch(2, queue=queue, created_at=LATELY)
    AssignmentFactory(item=fresh[0], reviewer=people.reviewer, assigned_by=people.admin, assigned_at=LATELY)
    AssignmentFactory(item=fresh[1], reviewer=people.editor, assigned_by=people.editor, assigned_at=LATELY)
    easy = QueueFactory(workspace=people.workspace, name="Easy")
    ItemFactory(queue=easy, state=Item.State.DONE, created_at=LONG_AGO)
    CompletionFactory(queue=easy, noted_at=LATELY)
    mail_server.got.clear()
    _at(EIGHT)
    parts = {name: text.partition("New since ")[2].partition("\n\n") for name, text in _texts(mail_server).items()}
    days = {name: day for name, (day, _, _) in parts.items()}
    assert days == dict.fromkeys(("viewer", "editor", "admin"), "yesterday") | {"reviewer": "Saturday, 28 February"}
    told = {name: text.split("\n- ") for name, (_, _, text) in parts.items()}
    lines = {name: [line.strip("- ").partition("\n")[0] for line in some] for name, some in told.items()}
    done, came = "Easy: done, all its items are settled", "2 items came in"
    assert lines == {
        "reviewer": [
            done,
            f"Refunds: 1 item assigned to you, {came}",
            "Your reviews: 1 correction accepted, 1 item settled",
        ],
        "viewer": [done, f"Refunds: {came} (33 % done, 1 of 3)"],
        "editor": [done, f"Refunds: {came} (33 % done, 1 of 3)"],
        "admin": [done, f"Refunds: {came} (33 % done, 1 of 3)", "Your reviews: 1 item settled"],
    }
    mail_server.got.clear()
    Item.objects.filter(pk__in=[one.pk for one in fresh]).delete()
    _at(EIGHT + timedelta(days=4))
    assert mail_server.got == [], "it was all told before"


def test_what_is_kept_for_others_waits_for_nobody_else(people: People, queue: Queue, mail_server: MailServer) -> None:
    for item in Item.objects.filter(state=Item.State.OPEN):
        AssignmentFactory(item=item, reviewer=people.reviewer, assigned_at=LONG_AGO)
    ItemFactory(queue=queue, created_at=LONG_AGO)
    _want(people)
    _at(EIGHT)
    first = {name: text.split("\n")[2].partition(" (")[0] for name, text in _texts(mail_server).items()}
    assert first["reviewer"] == "- Refunds: 3 items to review, 2 of them assigned to you"
    assert first["editor"] == "- Refunds: 1 item to review"


def test_what_cannot_be_had_does_not_wait_and_what_is_asked_again_does(
    people: People, queue: Queue, mail_server: MailServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(counts, "BOUND", 3)
    mine, other = Item.objects.filter(state=Item.State.OPEN)
    for item in (other, *ItemFactory.create_batch(2, queue=queue, created_at=LONG_AGO)):
        ReservationFactory(item=item, reviewer=people.admin, expires_at=EIGHT + timedelta(minutes=20))
    ReservationFactory(item=mine, reviewer=people.reviewer, expires_at=EIGHT + timedelta(minutes=20))
    ItemFactory(queue=queue, created_at=LONG_AGO)
    _want(people)
    _at(EIGHT)
    subjects = {mail["To"].split("@")[0]: mail["Subject"].partition(",")[0] for mail in mail_server.got}
    assert subjects["reviewer"] == "2 items to review", "of five, three are on somebody's screen"
    assert subjects["editor"] == "1 item to review"

    done = Item.objects.get(state=Item.State.DONE)
    rubric = RubricVersionFactory(queue=queue)
    ReviewFactory(item=done, rubric=rubric, reviewer=people.reviewer, submitted_at=LONG_AGO, is_asked_again=True)
    mail_server.got.clear()
    _at(EIGHT + timedelta(days=1))
    subjects = {mail["To"].split("@")[0]: mail["Subject"].partition(",")[0] for mail in mail_server.got}
    assert subjects["reviewer"] == "4 items or more to review"
    assert subjects["editor"] == "3 items or more to review"


def test_nothing_is_said_of_what_may_not_be_seen_is_muted_or_is_not_wanted_any_more(
    people: People, queue: Queue, mail_server: MailServer
) -> None:
    _want(people)
    QueueFactory(workspace=people.elsewhere, name="Foreign")
    Membership.objects.filter(user=people.editor).delete()
    wishes.mute(user=people.reviewer, queue=queue)
    _at(EIGHT, is_read=False)
    wishes.stop(user=people.admin)
    _at(EIGHT)
    assert mail_server.got == []
    assert set(Mail.objects.values_list("state", flat=True)) == {Mail.State.DROPPED}


def test_one_that_waited_for_a_server_is_overtaken_by_the_next(
    people: People, queue: Queue, mail_server: MailServer
) -> None:
    wishes.change(user=people.reviewer, wish=Wish(has_digest=True))
    ItemFactory(queue=queue, created_at=LATELY)
    mail_server.refuses = True
    _at(EIGHT + timedelta(hours=1))
    mail_server.refuses = False
    _at(EIGHT + timedelta(days=1, hours=1))
    assert [mail["Subject"] for mail in mail_server.got] == ["3 items to review"]
    assert "New since Sunday, 1 March\n\n- Refunds: 1 item came in\n" in mail_server.text()
    assert [*Mail.objects.order_by("day").values_list("state", flat=True)] == [Mail.State.DROPPED, Mail.State.SENT]


def test_what_is_new_is_what_came_since_the_last_one_that_was_sent(
    people: People, queue: Queue, mail_server: MailServer
) -> None:
    _want(people)
    Item.objects.exclude(state=Item.State.DONE).delete()
    ItemFactory(queue=queue, created_at=LATELY, state=Item.State.DONE)
    for days in (0, 1):
        _at(EIGHT + timedelta(days=days))
    assert set(Mail.objects.filter(user=people.viewer).values_list("state", flat=True)) == {"sent", "dropped"}
    ItemFactory(queue=queue, created_at=EIGHT + timedelta(days=1, hours=1), state=Item.State.DONE)
    mail_server.refuses = True
    _at(EIGHT + timedelta(days=2))
    mail_server.refuses = False
    mail_server.got.clear()
    _at(EIGHT + timedelta(days=3))
    told = _texts(mail_server)["viewer"]
    assert told.startswith("New since Monday, 2 March\n\n- Refunds: 1 item came in (100 % done, 3 of 3)\n")


def test_a_digest_that_cannot_be_put_together_holds_up_nobody_elses(
    people: People, queue: Queue, mail_server: MailServer
) -> None:
    _want(people, time_zone="UTC")
    MailWish.objects.filter(user=people.admin).update(time_zone="Mars/Olympus")  # as if the system had lost it

    def broken(mail: Mail, now: datetime) -> Any:
        if mail.user == people.reviewer:
            raise LookupError("This person's is broken.")
        return composing.letter(mail, now)

    writing.write_due(now=EIGHT + timedelta(hours=1))
    with time_machine.travel(EIGHT + timedelta(hours=1), tick=False):
        mailing.send_due(digest=broken)
    assert set(_texts(mail_server)) == {"editor", "admin"}
    assert "LookupError" in Mail.objects.get(user=people.reviewer).problem


def test_a_time_zone_that_is_none_is_refused(people: People) -> None:
    with pytest.raises(wishes.BadWishError, match="no time zone"):
        wishes.change(user=people.reviewer, wish=Wish(time_zone="Mars/Olympus"))
    assert not MailWish.objects.exists()
