"""What the person at the other end may see of an item, and of a trace that they see through one."""

from __future__ import annotations

from collections.abc import Iterable
from uuid import UUID

from django.core.exceptions import PermissionDenied
from django.db.models import Q, QuerySet

from annotation.domain.queues import presentation, sight
from annotation.domain.queues.sight import WHOLE, Sight
from annotation.models import Item, Queue, Run, Trace
from annotation.web.access import is_readable, of_threads, visible
from annotation.web.http import MemberRequest

LIKE_REVIEWERS = "sees_like_reviewers"
"""Where the session keeps the queues that an editor looks at as reviewers do."""
ELSEWHERE = "You read this on the review page of your queue, which shows what reviewers are to see of it."
REST = "shows_rest"
"""Where the session keeps the queues of which somebody has asked for what is hidden at first."""


def of(request: MemberRequest, item: Item) -> Sight:
    """What the person sees of the item, made once a request."""
    return of_each(request, item.queue, [item])[item.pk]


def of_each(request: MemberRequest, queue: Queue, items: Iterable[Item]) -> dict[int, Sight]:
    """The same of many items of one queue, by their inside ids, in one statement at most."""
    rows = list(items)
    is_limited = request.actor.is_limited_to_queues or is_like_reviewers(request, queue)
    if not (is_limited and sight.is_limiting(queue)):
        return {item.pk: WHOLE for item in rows}
    met = sights_of(request)
    shows_rest = str(queue.uuid) in request.session.get(REST, ())
    fresh = {item.pk: item for item in rows if item.pk not in met}
    for item in fresh.values():
        item.queue = queue
    found = sight.of_reviewer_each(fresh.values(), shows_rest=shows_rest)
    met.update({pk: (fresh[pk], one) for pk, one in found.items()})
    return {item.pk: met[item.pk][1] for item in rows}


def sights_of(request: MemberRequest) -> dict[int, tuple[Item, Sight]]:
    """What has been looked at in this request; a middleware numbers the values that were masked."""
    if not hasattr(request, "sights"):
        request.sights = {}  # type: ignore[attr-defined]
    found: dict[int, tuple[Item, Sight]] = request.sights  # type: ignore[attr-defined]
    return found


def is_like_reviewers(request: MemberRequest, queue: Queue) -> bool:
    """Whether an editor has asked to see what reviewers see."""
    return str(queue.uuid) in request.session.get(LIKE_REVIEWERS, ())


def choose(request: MemberRequest, queue: Queue) -> None:
    """Keep what the address asks for: `?as=reviewer` or `?as=editor`, `?rest=1` or `?rest=0`."""
    for name, kept, on in (("as", LIKE_REVIEWERS, "reviewer"), ("rest", REST, "1")):
        if name in request.GET:
            queues = set(request.session.get(kept, ())) - {str(queue.uuid)}
            request.session[kept] = sorted(queues | ({str(queue.uuid)} if request.GET[name] == on else set()))


def through(request: MemberRequest, trace: Trace) -> Sight:
    """What the person sees of a trace: through the item that `?item=` names, else all of it.

    403 for a reviewer of a queue that hides something, who comes without an item: there the trace is read.
    """
    named = _uuid(request.GET.get("item", ""))
    is_limited = request.actor.is_limited_to_queues
    if not is_limited and named is None:
        return WHOLE
    items = _about(visible(request, Item), trace).select_related("queue")
    if named is not None and (item := items.filter(uuid=named).first()):
        return of(request, item)
    if is_limited and any(sight.is_limiting(item.queue) for item in items):
        raise PermissionDenied(ELSEWHERE)
    return WHOLE


def require_whole(request: MemberRequest, *traces: Trace) -> None:
    """403 where the person reads a trace on the review page of its item only, because that shows less than there is."""
    if not is_whole(request, *traces):
        raise PermissionDenied(ELSEWHERE)


def is_whole(request: MemberRequest, *traces: Trace) -> bool:
    """Whether the person may read all of these traces."""
    if not request.actor.is_limited_to_queues:
        return True
    items = _about(visible(request, Item), *traces).select_related("queue")
    return not any(sight.is_limiting(item.queue) for item in items)


def trace_with(request: MemberRequest, step: UUID) -> Trace | None:
    """The trace that has the step, where the person may read it by itself; None where they may not, or nobody knows the step."""
    run = visible(request, Run).select_related("trace").filter(uuid=step).first()
    return run.trace if run and is_readable(request, run.trace) and is_whole(request, run.trace) else None


def shown(request: MemberRequest, queue: Queue, seen: Sight) -> dict[str, bool]:
    """What the page says of it, and offers."""
    is_limited, rest = request.actor.is_limited_to_queues, str(queue.uuid) in request.session.get(REST, ())
    policy = presentation.read(queue.presentation)
    return {
        "is_masked": seen.mask is not None,
        "is_partial": seen.presentation.hides_anything,
        "may_choose": not is_limited and sight.is_limiting(queue),
        "is_like_reviewers": not is_limited and is_like_reviewers(request, queue),
        "may_show_rest": policy.may_show_rest and policy.hides_anything and seen is not WHOLE,
        "shows_rest": rest,
    }


def _about(items: QuerySet[Item], *traces: Trace) -> QuerySet[Item]:
    uuids = [trace.uuid for trace in traces]
    return items.filter(Q(trace_uuid__in=uuids) | Q(other_trace_uuid__in=uuids) | of_threads(*traces))


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text) if text else None
    except ValueError:
        return None
