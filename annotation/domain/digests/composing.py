"""What a digest says, as things are when it leaves: of each workspace what waits, what changed, and what is due soon."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from annotation.domain import access
from annotation.domain.access import Actor, Capability
from annotation.domain.digests import changes
from annotation.domain.digests.changes import Changes
from annotation.domain.notices import messages, wishes, wording
from annotation.domain.notices.letters import Entry, Letter, Section
from annotation.domain.notices.wishes import Wish
from annotation.domain.queues import counts
from annotation.domain.queues.counts import Counts
from annotation.models import Mail, Membership, Queue

_LONGEST = timedelta(days=7)
"""So far back a digest looks, if none came for long."""

_SOON = timedelta(days=7)
"""A queue that is due within so long is told of every day, whether or not it moved."""


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
    """One queue with what is known of it; `name` is how the mail calls it."""

    queue: Queue
    name: str
    path: str
    count: Counts
    change: Changes
    is_own: bool
    is_done: bool


def letter(mail: Mail, now: datetime) -> Letter | None:
    """None where there is nothing to say, the person wants none any more, or a newer digest says it."""
    wish = wishes.of(mail.user)
    is_overtaken = Mail.objects.filter(user=mail.user_id, day__gt=mail.day).exists()
    if is_overtaken or not (wish.has_digest and mail.user.is_active):
        return None
    since, today = _since(mail, now), wish.today(now)
    told = _told(mail, wish, since, today)
    named = {
        "Waits for you": _by_day(told.waiting),
        f"New since {_named(wishes.there(since, wish.time_zone).date(), today)}": [
            entry for entry in told.changed if entry
        ],
        "Queues that are due": _by_day(told.due),
    }
    sections = [Section(heading, entries) for heading, entries in named.items() if entries]
    return Letter(mail.user, _title(told), sections, [wishes.DIGEST]) if sections else None


def _since(mail: Mail, now: datetime) -> datetime:
    """When the digest before was put together; a day ago if there was none."""
    over = (Mail.State.SENT, Mail.State.DROPPED)
    before = Mail.objects.filter(user=mail.user_id, day__lt=mail.day, state__in=over).order_by("-day").first()
    last = before.attempted_at if before else None
    return max(last or now - timedelta(days=1), now - _LONGEST)


def _told(mail: Mail, wish: Wish, since: datetime, today: date) -> _Told:
    memberships = Membership.objects.filter(user=mail.user_id).select_related("workspace", "user")
    members = list(memberships.order_by("workspace__name", "pk"))
    told, muted = _Told(), {queue.pk for queue in wish.muted}
    for member in members:
        _tell(told, access.member_actor(member), muted, since, today, is_one=len(members) == 1)
    return told


def _tell(told: _Told, actor: Actor, muted: set[int], since: datetime, today: date, *, is_one: bool) -> None:
    seen = access.visible(actor, Queue).filter(status__in=access.OPEN_STATUSES).exclude(pk__in=muted)
    queues = list(seen.order_by("name", "pk"))
    prefix = "" if is_one else f"{actor.workspace}: "
    for known in _known(actor, queues, since, prefix=prefix):
        if known.queue.status == Queue.Status.ACTIVE:
            _tell_waiting(told, actor, known, today)
        told.changed.append(_changed(actor, known))
        _tell_due(told, actor, known, today)
    told.changed.append(_own(actor, queues, since, prefix=prefix))


def _known(actor: Actor, queues: Sequence[Queue], since: datetime, *, prefix: str) -> Iterator[_Known]:
    counted = counts.of_queues(queues, person=actor.person)
    changed, done = changes.of_queues(queues, actor, since=since), changes.done(queues, since=since)
    own = set(access.reviewable_queues(actor).values_list("pk", flat=True))
    for queue in queues:
        path = messages.absolute(messages.queue_path(actor.workspace.slug, str(queue.uuid)))
        pk = queue.pk
        yield _Known(queue, f"{prefix}{queue}", path, counted[pk], changed[pk], pk in own, pk in done)


def _tell_waiting(told: _Told, actor: Actor, known: _Known, today: date) -> None:
    """What the person has to review and to decide."""
    due, place = wording.due(known.queue.due_on, today), known.queue.due_on or date.max
    left = known.count.left - known.change.kept  # what waits for others by name waits for nobody else
    if left > 0 and known.is_own:
        words = f"{_items(left)} to review{_assigned(known.change.own, left)}"
        told.waiting.append((place, Entry(known.name, words, f"{known.path}review/", **due)))
        told.review += left
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
    address = messages.absolute(f"/w/{actor.workspace.slug}/queues/mine/")
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
