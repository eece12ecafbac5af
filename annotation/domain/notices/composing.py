"""What a mail about notices says: what the person still wants to hear and may still see, as far as it still holds."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from itertools import groupby

from annotation.domain import access, addresses
from annotation.domain.access import Actor, Capability
from annotation.domain.notices import messages, wishes, wording
from annotation.domain.notices.letters import Entry, Letter, Section
from annotation.domain.notices.wishes import Wish
from annotation.models import Assignment, Item, Mail, Membership, Notice, Queue, User, Webhook

Kind = Notice.Kind

_TAKES = {
    Kind.DISAGREEMENT: Capability.EDIT,
    Kind.DONE: Capability.EDIT,
    Kind.WEBHOOK_OFF: Capability.ADMINISTER,
}
"""Who hears of what does not concern one person."""


def letter(mail: Mail, now: datetime) -> Letter | None:
    """About the notices that were put into this mail; None where nothing of it is left to tell."""
    wish = wishes.of(mail.user)
    wanted, today = _wanted(mail, wish), wish.today(now)
    about = [list(alike) for _, alike in groupby(sorted(wanted, key=_subject), key=_subject)]
    told = [(alike[0], entry) for alike in about if (entry := _entry(alike, mail.user, today))]
    if not told:
        return None
    entries = [entry for _, entry in told]
    title = f"{entries[0].about}: {entries[0].words}" + (f", and {len(told) - 1} more" if len(told) > 1 else "")
    queues = {notice.queue.pk: notice.queue for notice, _ in told if notice.queue}
    kinds = {wishes.WARNING if one.kind == Kind.WEBHOOK_OFF else one.kind for one, _ in told}
    return Letter(mail.user, title, [Section(f"In {wanted[0].workspace}", entries)], kinds, [*queues.values()])


def _wanted(mail: Mail, wish: Wish) -> list[Notice]:
    """Those that the person still wants and may still see."""
    memberships = Membership.objects.select_related("workspace", "user")
    member = memberships.filter(user=mail.user_id, workspace=mail.workspace_id, user__is_active=True).first()
    if member is None:
        return []
    actor = access.member_actor(member)
    own = set(access.reviewable_queues(actor).values_list("pk", flat=True))
    kinds = {*wish.kinds, *([Kind.WEBHOOK_OFF] if wish.is_warned else [])}
    muted = {queue.pk for queue in wish.muted}
    rows = Notice.objects.filter(mails__mail=mail, kind__in=kinds).select_related("workspace", "queue").order_by("pk")
    return [one for one in rows if one.queue_id not in muted and _may_hear(one, actor, own)]


def _may_hear(notice: Notice, actor: Actor, own: set[int]) -> bool:
    taken = _TAKES.get(Kind(notice.kind))
    return actor.may(taken) if taken else notice.queue_id in own


def _subject(notice: Notice) -> tuple[str, int]:
    """Notices of one kind about one queue are one line; about each webhook there is one."""
    return notice.kind, notice.queue_id or -notice.pk


def _entry(alike: Sequence[Notice], user: User, today: date) -> Entry | None:
    """None for what was undone, settled or done meanwhile."""
    if alike[0].kind == Kind.WEBHOOK_OFF:
        return _off(alike[0])
    queue = alike[0].queue
    assert isinstance(queue, Queue)  # noqa: S101 -- only these are mailed
    path = messages.queue_path(alike[0].workspace.slug, str(queue.uuid))
    if alike[0].kind == Kind.ASSIGNED:
        return _assigned(alike, user, queue, path, today)
    if alike[0].kind == Kind.DISAGREEMENT:
        return _differing(alike, queue, path)
    return Entry(str(queue), "done, all its items are settled", addresses.absolute(path))


def _assigned(alike: Sequence[Notice], user: User, queue: Queue, path: str, today: date) -> Entry | None:
    given = [notice.happened_at for notice in alike]  # an item bears the last time it was given
    kept = Assignment.objects.filter(reviewer=user, item__queue=queue, item__state=Item.State.OPEN)
    left = kept.filter(assigned_at__in=given).count()
    if not left:
        return None
    words = f"{wording.items(left)} assigned to you"
    return Entry(str(queue), words, addresses.absolute(f"{path}review/"), **wording.due(queue.due_on, today))


def _differing(alike: Sequence[Notice], queue: Queue, path: str) -> Entry | None:
    rows = Item.objects.filter(uuid__in=_named(alike), state=Item.State.DISAGREEMENT).order_by("number")
    numbers = list(rows.values_list("number", flat=True))
    if not numbers:
        return None
    address = addresses.absolute(f"{path}adjudication/?item={numbers[0]}")
    which = f"item {numbers[0]}" if len(numbers) == 1 else wording.items(len(numbers))
    return Entry(str(queue), f"reviews of {which} differ", address, "for you to decide")


def _off(notice: Notice) -> Entry | None:
    known = notice.detail["webhook"]
    hook = Webhook.objects.filter(uuid=known["id"], is_on=False).first()
    if hook is None:
        return None
    address = addresses.absolute(f"/w/{notice.workspace.slug}/settings/webhooks/{hook.uuid}/")
    return Entry(f"Webhook {hook}", "turned off by itself", address, f"{hook.off_reason} You can turn it on again.")


def _named(alike: Sequence[Notice]) -> set[str]:
    return {item["id"] for notice in alike for item in notice.detail["items"]}
