"""What a person wants mails about, and the signed links that end it without signing in."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime
from uuid import UUID
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError, available_timezones

from django.core import signing
from django.db import transaction
from django.db.models import Q

from annotation.domain import access
from annotation.models import MailWish, Membership, Notice, Queue, User

DIGEST = "digest"
WARNING = "warning"
"""Beside the kinds of notices: what a link can end, too."""

_QUEUE = "queue:"
_SALT = "annotation.unsubscribe"
_MOST_NAMED = 5
"""Queues in a link."""


class BadWishError(ValueError):
    """It cannot be so; `field` says where."""

    def __init__(self, field: str, message: str) -> None:
        super().__init__(message)
        self.field = field


@dataclass(frozen=True, slots=True)
class Wish:
    """Which kinds of notices, whether a daily digest, and when that comes; whether, as an admin, to be warned of webhooks that
    are turned off; and queues that nothing is to be heard of.
    """

    kinds: Collection[str] = ()
    has_digest: bool = False
    digest_hour: int = 9
    time_zone: str = "UTC"
    is_warned: bool = True
    muted: Collection[Queue] = ()

    def today(self, now: datetime) -> date:
        """Which day it is where the person is."""
        return there(now, self.time_zone).date()


@dataclass(frozen=True, slots=True)
class Stop:
    """What a link ends, and for whom; `queues` are those that the mail was about, by their outside ids."""

    user: User
    kinds: list[str]
    queues: frozenset[UUID]


def there(now: datetime, time_zone: str) -> datetime:
    """The same moment by the clocks of a time zone; by UTC, should the system no longer know that one."""
    try:
        return now.astimezone(ZoneInfo(time_zone))
    except (ZoneInfoNotFoundError, ValueError):
        return now.astimezone(UTC)


def of(user: User) -> Wish:
    """What the person wants; nothing but warnings, if they never said."""
    row = MailWish.objects.filter(user=user).first()
    if row is None:
        return Wish()
    muted = tuple(row.muted_queues.order_by("name", "pk"))
    return Wish(tuple(row.kinds), row.has_digest, row.digest_hour, row.time_zone, row.is_warned, muted)


def change(*, user: User, wish: Wish) -> None:
    """Want this from now on. Raises BadWishError."""
    if not set(wish.kinds) <= set(Notice.HEARD):
        raise BadWishError("kinds", f"Choose of: {', '.join(Notice.HEARD)}.")
    if wish.time_zone not in available_timezones():
        raise BadWishError("time_zone", "There is no time zone of this name; write it as Europe/Berlin.")
    values = {
        "kinds": sorted(set(wish.kinds)),
        "has_digest": wish.has_digest,
        "digest_hour": wish.digest_hour,
        "time_zone": wish.time_zone,
        "is_warned": wish.is_warned,
    }
    with transaction.atomic():
        row, _ = MailWish.objects.update_or_create(user=user, defaults=values)
        row.muted_queues.set(wish.muted)


def queues_of(user: User, *, only: Collection[UUID] | None = None) -> list[Queue]:
    """The queues of all workspaces that the person may see and that still tell anything, which are those they can mute; or of
    these (outside ids) `only`.
    """
    among = Q(status__in=access.OPEN_STATUSES)
    return list(_seen(user, among if only is None else among & Q(uuid__in=only)))


def _seen(user: User, among: Q) -> Iterator[Queue]:
    """Workspaces without any such queue are not looked into."""
    memberships = Membership.objects.filter(user=user, workspace__in=Queue.objects.filter(among).values("workspace"))
    for one in memberships.select_related("workspace", "user").order_by("workspace__name", "pk"):
        seen = access.visible(access.member_actor(one), Queue).filter(among)
        yield from seen.select_related("workspace").order_by("name")


def stop_token(user: User, kinds: Collection[str], queues: Collection[Queue] = ()) -> str:
    """For the link in a mail by which mails of these kinds end, or a queue of it is muted; it works for ever, and opens nothing else."""
    named = [f"{_QUEUE}{queue.uuid}" for queue in queues][:_MOST_NAMED]
    return signing.dumps([str(user.uuid), *sorted(kinds), *named], salt=_SALT, compress=True)


def of_token(token: str) -> Stop | None:
    """What a link ends; None for what is no such link, or of somebody who is gone."""
    try:
        who, *what = signing.loads(token, salt=_SALT)
    except (signing.BadSignature, ValueError):
        return None
    user = User.objects.filter(uuid=UUID(who)).first()
    queues = frozenset(UUID(one.removeprefix(_QUEUE)) for one in what if one.startswith(_QUEUE))
    return Stop(user, [one for one in what if not one.startswith(_QUEUE)], queues) if user else None


def stop(*, user: User, kinds: Collection[str] | None = None) -> None:
    """No more mails of these kinds, or (None) none at all; what waits to be sent is dropped when its turn comes."""
    with transaction.atomic():
        row = _locked(user)
        row.kinds = [kind for kind in row.kinds if kinds is not None and kind not in kinds]
        row.has_digest = row.has_digest and kinds is not None and DIGEST not in kinds
        row.is_warned = row.is_warned and kinds is not None and WARNING not in kinds
        row.save(update_fields=["kinds", "has_digest", "is_warned"])


def mute(*, user: User, queue: Queue) -> None:
    """No more mails about this queue, nor a word of it in the digest."""
    with transaction.atomic():
        _locked(user).muted_queues.add(queue)


def _locked(user: User) -> MailWish:
    """What they said, or nothing so far; locked: of two links at once, each ends its own."""
    MailWish.objects.get_or_create(user=user)
    return MailWish.objects.select_for_update().get(user=user)
