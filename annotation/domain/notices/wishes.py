"""What a person wants mails about, and the signed links that end it without signing in."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from uuid import UUID
from zoneinfo import available_timezones

from django.core import signing
from django.db import transaction

from annotation.models import MailWish, Notice, User

DIGEST = "digest"
"""Beside the kinds of notices."""

_SALT = "annotation.unsubscribe"


class BadWishError(ValueError):
    """It cannot be so; `field` says where."""

    def __init__(self, field: str, message: str) -> None:
        super().__init__(message)
        self.field = field


@dataclass(frozen=True, slots=True)
class Wish:
    """Which kinds of notices, whether a daily digest, and when that comes."""

    kinds: Collection[str] = ()
    has_digest: bool = False
    digest_hour: int = 9
    time_zone: str = "UTC"


def of(user: User) -> Wish:
    """What the person wants; nothing, if they never said."""
    row = MailWish.objects.filter(user=user).first()
    return Wish(tuple(row.kinds), row.has_digest, row.digest_hour, row.time_zone) if row else Wish()


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
    }
    MailWish.objects.update_or_create(user=user, defaults=values)


def stop_token(user: User, kinds: Collection[str]) -> str:
    """For the link in a mail by which mails of these kinds end; it works for ever, and opens nothing else."""
    return signing.dumps([str(user.uuid), *sorted(kinds)], salt=_SALT, compress=True)


def of_token(token: str) -> tuple[User, list[str]] | None:
    """Whose mails of which kinds a link ends; None for what is no such link, or of somebody who is gone."""
    try:
        who, *kinds = signing.loads(token, salt=_SALT)
    except (signing.BadSignature, ValueError):
        return None
    user = User.objects.filter(uuid=UUID(who)).first()
    return (user, kinds) if user else None


def stop(*, user: User, kinds: Collection[str] | None = None) -> None:
    """No more mails of these kinds, or (None) none at all; what waits to be sent is dropped when its turn comes."""
    with transaction.atomic():  # locked: of two links at once, each ends its kind
        row = MailWish.objects.select_for_update().filter(user=user).first()
        if row is None:
            return
        row.kinds = [kind for kind in row.kinds if kinds is not None and kind not in kinds]
        row.has_digest = row.has_digest and kinds is not None and DIGEST not in kinds
        row.save(update_fields=["kinds", "has_digest"])
