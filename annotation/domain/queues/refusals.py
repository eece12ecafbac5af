"""Why somebody cannot have an item: each refusal says what is the case and what to do."""

from __future__ import annotations

from annotation.models import Item, Queue, User


class ClaimError(Exception):
    """An item, or the next one, cannot be given to the person; the message is for them. `code` is for programs.

    `item` is the one that it is about, where that is known.
    """

    code = "claim_refused"
    item: Item | None = None


class QueueNotActiveError(ClaimError):
    """The queue gives out nothing: it is a draft, paused, completed or archived."""

    code = "queue_not_active"

    def __init__(self, queue: Queue) -> None:
        self.queue = queue
        super().__init__(f"The queue “{queue}” {_WHY_NOT_ACTIVE.get(queue.status, 'gives out no items.')}")


_WHY_NOT_ACTIVE: dict[str, str] = {
    Queue.Status.DRAFT: "is still a draft; an admin opens it for review.",
    Queue.Status.PAUSED: "is paused; what you typed is kept, and you can go on once an admin resumes it.",
    Queue.Status.COMPLETED: "is completed; there is nothing more to review in it.",
    Queue.Status.ARCHIVED: "is archived; there is nothing more to review in it.",
}


class NotAReviewerError(ClaimError):
    """The queue is not open to the person."""

    code = "not_a_reviewer"

    def __init__(self, queue: Queue) -> None:
        self.queue = queue
        super().__init__(f"The queue “{queue}” is not open to you; an admin can add you to its reviewers.")


class NothingLeftError(ClaimError):
    """The person's line is empty; `held_count` items are with others, `flagged_count` are set aside."""

    code = "nothing_left"

    def __init__(self, queue: Queue, *, held_count: int, flagged_count: int) -> None:
        self.queue, self.held_count, self.flagged_count = queue, held_count, flagged_count
        waiting = [
            f"{held_count:,} with other people" if held_count else "",
            f"{flagged_count:,} flagged and waiting for an editor" if flagged_count else "",
        ]
        rest = " and ".join(part for part in waiting if part)
        super().__init__(f"Nothing is left for you in “{queue}”" + (f": {rest}." if rest else "."))


class ItemTakenError(ClaimError):
    """All seats of the item are on other people's screens, or theirs by assignment."""

    code = "item_taken"

    def __init__(self, item: Item) -> None:
        self.item = item
        super().__init__(
            f"Somebody else has item {item.number}, on the screen or by assignment; take the next one, or come back later."
        )


class ItemNotOpenError(ClaimError):
    """The item has all its reviews, or was removed from the queue."""

    code = "item_not_open"

    def __init__(self, item: Item) -> None:
        self.item = item
        why = "was removed from the queue" if item.state == Item.State.REMOVED else "has all the reviews it needs"
        super().__init__(f"Item {item.number} {why}; take the next one.")


class ItemFlaggedError(ClaimError):
    """The item is set aside for an editor. `by` is who flagged it, None where the person may not know; `is_own`: themselves."""

    code = "item_flagged"

    def __init__(self, item: Item, *, by: User | None, is_own: bool = False) -> None:
        self.item, self.is_own = item, is_own
        if is_own:
            super().__init__(
                f"You flagged item {item.number}; it waits for an editor. Withdraw the flag to have it again."
            )
            return
        who = f" by {by}" if by else ""
        super().__init__(f"Item {item.number} is flagged{who} and waits for an editor; take the next one.")


class FlagOfAnotherError(ClaimError):
    """Who withdraws a flag has not set it."""

    code = "flag_of_another"

    def __init__(self, item: Item) -> None:
        self.item = item
        super().__init__(f"Item {item.number} was flagged by somebody else; only an editor clears that flag.")


class ReservationLostError(ClaimError):
    """The reservation lapsed and the seat is taken, an admin took the item over, or it is no longer open."""

    code = "reservation_lost"

    def __init__(self, item: Item) -> None:
        self.item = item
        super().__init__(
            f"Item {item.number} is no longer yours: your reservation lapsed and somebody else took it, or an admin took it "
            "over. What you typed is kept as a draft."
        )
