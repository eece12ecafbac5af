"""The daily digest."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from pytest_django import DjangoAssertNumQueries

from annotation.domain import digests
from annotation.domain.notices import wishes
from annotation.domain.notices.wishes import Wish
from annotation.models import Item, MailWish, Membership, Queue
from tests.factories.queues import ItemFactory, QueueFactory
from tests.fixtures.mailing import MailServer
from tests.fixtures.people import People

pytestmark = pytest.mark.django_db
EIGHT = datetime(2026, 3, 2, 8, tzinfo=UTC)
"""Nine o'clock in Berlin."""


@pytest.fixture
def queue(people: People) -> Queue:
    made = QueueFactory(workspace=people.workspace, name="Refunds", due_on=datetime(2026, 3, 9, tzinfo=UTC).date())
    ItemFactory.create_batch(2, queue=made)
    ItemFactory(queue=made, state=Item.State.DONE)
    ItemFactory(queue=made, state=Item.State.DISAGREEMENT)
    return made


def _want(people: People, **wish: object) -> None:
    for person in (people.reviewer, people.editor, people.admin, people.viewer, people.outsider):
        wishes.change(user=person, wish=Wish(has_digest=True, **{"time_zone": "Europe/Berlin", **wish}))  # type: ignore[arg-type]


def test_everybody_hears_what_waits_for_them_once_at_their_hour(
    people: People, queue: Queue, mail_server: MailServer, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    _want(people)
    digests.send_due(now=EIGHT - timedelta(minutes=1))
    assert mail_server.got == []
    for minutes in (0, 5, 600):
        digests.send_due(now=EIGHT + timedelta(minutes=minutes))
    with django_assert_num_queries(1):
        digests.send_due(now=EIGHT + timedelta(minutes=605))
    by = {mail["To"]: mail_server.text(number) for number, mail in enumerate(mail_server.got)}
    assert sorted(by) == ["admin@example.com", "editor@example.com", "reviewer@example.com"]
    mine = f"- Acme: Refunds: 2 items for you to review (due 09 Mar 2026)\n  http://localhost:8000/w/acme/queues/{queue.uuid}/review/"
    words = [mine, "Acme: Refunds: 1 item whose reviews differ", "Acme: Refunds: 25 % done, 1 of 4"]
    told = {to: [word in text for word in words] for to, text in by.items()}
    assert told == {
        "reviewer@example.com": [True, False, False],
        "editor@example.com": [True, True, False],
        "admin@example.com": [True, True, True],
    }
    digests.send_due(now=EIGHT + timedelta(days=1))
    assert len(mail_server.got) == 6


def test_nothing_is_sent_where_there_is_nothing_to_say_or_to_see(
    people: People, queue: Queue, mail_server: MailServer
) -> None:
    _want(people)
    Membership.objects.filter(user=people.editor).delete()
    Item.objects.update(state=Item.State.DONE)
    digests.send_due(now=EIGHT)
    assert mail_server.got == []


def test_a_server_that_is_away_is_tried_again_the_same_day(
    people: People, queue: Queue, mail_server: MailServer
) -> None:
    wishes.change(user=people.reviewer, wish=Wish(has_digest=True))
    mail_server.refuses = True
    digests.send_due(now=EIGHT + timedelta(hours=1))
    mail_server.refuses = False
    for minutes in (65, 70):
        digests.send_due(now=EIGHT + timedelta(minutes=minutes))
    assert len(mail_server.got) == 1


def test_a_time_zone_that_is_none_is_refused(people: People) -> None:
    with pytest.raises(wishes.BadWishError, match="no time zone"):
        wishes.change(user=people.reviewer, wish=Wish(time_zone="Mars/Olympus"))
    assert not MailWish.objects.exists()
