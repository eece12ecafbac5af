"""The order in which seats are locked, so that nobody waits in a ring: queues, what they ask, items, and then what is whose.

Who takes or frees seats holds the item; who holds items of a queue is `under_policy` before, and takes several in the order
of their inside ids.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable

from annotation.domain import statements
from annotation.models import Queue


def under_policy(queues: Iterable[int]) -> None:
    """Have changes of what these queues (by inside ids) ask wait until the transaction ends; before any item is locked."""
    for queue in sorted(set(queues)):
        statements.ask(_UNDER_POLICY, {"key": _policy_of(queue)})()


def send_under_policy(queue: int) -> None:
    """The same for one queue, to be sent in a pipeline."""
    statements.send(_UNDER_POLICY, {"key": _policy_of(queue)})


def change_policy(queue: Queue) -> None:
    """Wait for all who hold items of the queue under its policy, and have others wait until the transaction ends.

    Who began before a change would count by the old policy what is given after it, and nobody would derive that item again.
    """
    statements.ask(_CHANGING_POLICY, {"key": _policy_of(queue.pk)})()


def items(those: Collection[int]) -> None:
    """Lock these items (inside ids) until the transaction ends."""
    statements.ask(_ITEMS, {"items": list(those)})()


def _policy_of(queue: int) -> str:
    return f"policy:{queue}"


_CHANGING_POLICY = "SELECT pg_advisory_xact_lock(hashtextextended(%(key)s, 0))"
_UNDER_POLICY = (
    "SELECT pg_advisory_xact_lock_shared(hashtextextended(%(key)s, 0))"  # a statement before the one that reads
)
_ITEMS = "SELECT FROM annotation_item i WHERE i.id = ANY(%(items)s::bigint[]) ORDER BY i.id FOR NO KEY UPDATE"
