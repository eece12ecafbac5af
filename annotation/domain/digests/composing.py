"""What a digest says, as things are when it leaves: of each workspace what waits, what changed, and what is due soon."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from annotation.domain import access, addresses
from annotation.domain.access import Actor, Capability
from annotation.domain.digests import changes
from annotation.domain.digests.changes import Changes
from annotation.domain.notices import messages, wishes, wording
from annotation.domain.notices.letters import Entry, Letter, Section
from annotation.domain.notices.wishes import Wish
from annotation.domain.queues import counts, waiting
from annotation.domain.queues.counts import Counts
from annotation.models import Mail, Membership, Queue

_LONGEST = timedelta(days=7)
"""So far back a digest looks, if none came for long."""

_SOON = timedelta(days=7)
"""A queue that is due within so long is told of every day, whether or not it moved."""


@dataclass(frozen=True, slots=True)
class _When:
    """The moment of the digest, the day that it is there for the person, and since when things are new."""

    now: datetime
    today: date
    since: datetime


@dataclass(slots=True)
class _Told:
    """What there is to say, gathered over all workspaces; `review` and `decide` are numbers of items."""

    waiting: list[tuple[date, Entry]] = field(default_factory=list)
    changed: list[Entry | None] = field(default_factory=list)
    due: list[tuple[date, Entry]] = field(default_factory=list)
    review: int = 0
    decide: int = 0


@dataclass(frozen=True, slots=True)
class _Known:
    """One queue with what is known of it; `name` is how the mail calls it, `left` how many items the person can review."""

    queue: Queue
    name: str
    path: str
    count: Counts
    change: Changes
    left: int
    is_done: bool


def letter(mail: Mail, now: datetime) -> Letter | None:
    """None where there is nothing to say, the person wants none any more, or a newer digest says it."""
    wish = wishes.of(mail.user)
    is_overtaken = Mail.objects.filter(user=mail.user_id, day__gt=mail.day).exists()
    if is_overtaken or not (wish.has_digest and mail.user.is_active):
        return None
    when = _When(now, wish.today(now), _since(mail, now))
    told = _told(mail, wish, when)
    named = {
        "Waits for you": _by_day(told.waiting),
        f"New since {_named(wishes.there(when.since, wish.time_zone).date(), when.today)}": [
            entry for entry in told.changed if entry
        ],
        "Queues that are due": _by_day(told.due),
    }
    sections = [Section(heading, entries) for heading, entries in named.items() if entries]
    return Letter(mail.user, _title(told), sections, [wishes.DIGEST]) if sections else None


def _since(mail: Mail, now: datetime) -> datetime:
    """When the last digest before was sent; a day before the first one was due, if none was.

    One that was dropped told nothing: there was nothing, or, after an outage, this one tells it.
    """
    before = Mail.objects.filter(user=mail.user_id, day__lt=mail.day)
    sent = before.filter(state=Mail.State.SENT).order_by("-day").values_list("attempted_at", flat=True).first()
    first = before.order_by("day").values_list("day", flat=True).first()
    days = (mail.day - first).days if first and mail.day else 0
    return max(sent or now - timedelta(days=days + 1), now - _LONGEST)


def _told(mail: Mail, wish: Wish, when: _When) -> _Told:
    memberships = Membership.objects.filter(user=mail.user_id).select_related("workspace", "user")
    members = list(memberships.order_by("workspace__name", "pk"))
    told, muted = _Told(), {queue.pk for queue in wish.muted}
    for member in members:
        _tell(told, access.member_actor(member), muted, when, is_one=len(members) == 1)
    return told


def _tell(told: _Told, actor: Actor, muted: set[int], when: _When, *, is_one: bool) -> None:
    seen = access.visible(actor, Queue).filter(status__in=access.OPEN_STATUSES).exclude(pk__in=muted)
    queues = list(seen.order_by("name", "pk"))
    prefix = "" if is_one else f"{actor.workspace}: "
    for known in _known(actor, queues, when, prefix=prefix):
        if known.queue.status == Queue.Status.ACTIVE:
            _tell_waiting(told, actor, known, when.today)
        told.changed.append(_changed(actor, known))
        _tell_due(told, actor, known, when.today)
    told.changed.append(_own(actor, queues, when.since, prefix=prefix))


def _known(actor: Actor, queues: Sequence[Queue], when: _When, *, prefix: str) -> Iterator[_Known]:
    counted = counts.of_queues(queues, person=actor.person)
    changed, done = changes.of_queues(queues, actor, since=when.since), changes.done(queues, since=when.since)
    had = _to_be_had(actor, queues, when.now)
    for queue in queues:
        path = addresses.absolute(messages.queue_path(actor.workspace.slug, str(queue.uuid)))
        pk = queue.pk
        left = had[pk] + counted[pk].again if pk in had else 0
        yield _Known(queue, f"{prefix}{queue}", path, counted[pk], changed[pk], left, pk in done)


def _to_be_had(actor: Actor, queues: Sequence[Queue], now: datetime) -> dict[int, int]:
    """How many items the person can be given now, of those queues in which they review."""
    if actor.person is None:
        return {}
    own = access.reviewable_queues(actor).filter(pk__in=[queue.pk for queue in queues], status=Queue.Status.ACTIVE)
    return waiting.to_be_had(own.values_list("pk", flat=True), actor.person, now, most=counts.BOUND)


def _tell_waiting(told: _Told, actor: Actor, known: _Known, today: date) -> None:
    """What the person has to review and to decide."""
    due, place = wording.due(known.queue.due_on, today), known.queue.due_on or date.max
    if known.left:
        words = f"{_items(known.left)} to review{_assigned(known.change.own, known.left)}"
        told.waiting.append((place, Entry(known.name, words, f"{known.path}review/", **due)))
        told.review += known.left
    if known.count.disagreement and actor.may(Capability.EDIT):
        words = f"{_items(known.count.disagreement)} to decide, as the reviews differ"
        told.waiting.append((place, Entry(known.name, words, f"{known.path}adjudication/", **due)))
        told.decide += known.count.disagreement


def _assigned(own: int, left: int) -> str:
    if not own:
        return ""
    return ", assigned to you" if own >= left else f", {own:,} of them assigned to you"


def _changed(actor: Actor, known: _Known) -> Entry | None:
    """What happened in the queue, as far as the person may know."""
    change, reads = known.change, actor.may(Capability.READ)
    said = ["done, all its items are settled"] if known.is_done else []
    said += [f"{_items(change.given)} assigned to you"] if change.given else []
    said += [f"{_items(change.added)} came in"] if change.added else []
    said += [f"{wording.counted(change.reviewed, 'review')} given"] if change.reviewed and reads else []
    if not said:
        return None
    more = _progress(known.count) if reads and not known.is_done else ""
    return Entry(known.name, ", ".join(said), f"{known.path}review/" if change.given else known.path, more)


def _own(actor: Actor, queues: Sequence[Queue], since: datetime, *, prefix: str) -> Entry | None:
    """What became of the person's reviews."""
    if actor.person is None or not actor.may(Capability.REVIEW):
        return None
    found = changes.own(queues, actor.person, since=since)
    said = [f"{wording.counted(found.accepted, 'correction')} accepted"] if found.accepted else []
    said += [f"{wording.counted(found.rejected, 'correction')} not accepted"] if found.rejected else []
    said += [f"{wording.items(found.settled)} settled"] if found.settled else []
    address = addresses.absolute(f"/w/{actor.workspace.slug}/queues/mine/")
    return Entry(f"{prefix}Your reviews", ", ".join(said), address) if said else None


def _tell_due(told: _Told, actor: Actor, known: _Known, today: date) -> None:
    """How far queues are that have to be done soon or should be, for who runs them."""
    due_on = known.queue.due_on
    is_open = known.count.done < known.count.total
    if due_on and is_open and due_on - today <= _SOON and actor.may(Capability.ADMINISTER):
        due = wording.due(due_on, today)
        entry = Entry(known.name, _progress(known.count), f"{known.path}progress/", **due)
        told.due.append((due_on, entry))


def _title(told: _Told) -> str:
    said = [f"{_items(told.review)} to review"] if told.review else []
    if told.decide:
        said.append(f"{told.decide:,} to decide" if said else f"{_items(told.decide)} to decide")
    return ", ".join(said) or "What is new in your queues"


def _named(day: date, today: date) -> str:
    return "yesterday" if today - day == timedelta(days=1) else wording.day(day)


def _by_day(lines: list[tuple[date, Entry]]) -> list[Entry]:
    return [entry for _, entry in sorted(lines, key=lambda line: line[0])]


def _items(count: int) -> str:
    return wording.items(count, bound=counts.BOUND)


def _progress(count: Counts) -> str:
    return f"{count.percent} % done, {count.done:,} of {count.total:,}{' or more' if count.is_bounded else ''}"
