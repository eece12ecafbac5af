"""What one person sees of an item: all of it, or what its queue lets reviewers see, with personal data masked.

A masked value is called by a number that belongs to the item. It is given when an answer goes out (`numbered`), so that no
page reads the whole item to count; until then its digest stands there, which tells nobody anything.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.db import connection, transaction
from django.utils.crypto import salted_hmac

from annotation.domain.masking import Kind, Mask
from annotation.domain.masking.tokens import DIGEST, TOKEN
from annotation.domain.queues import masking, presentation
from annotation.domain.queues.masking import Masking
from annotation.domain.queues.presentation import Presentation
from annotation.models import Item, MaskedValue, Queue

_ONE_AT_A_TIME = "SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))"


@dataclass(frozen=True, slots=True)
class Sight:
    """What is shown of an item; without a `mask` nothing is masked."""

    presentation: Presentation = field(default_factory=Presentation)
    mask: Mask | None = None
    policy: Mapping[str, Any] = field(default_factory=dict)

    @property
    def is_whole(self) -> bool:
        """Whether all is shown as it is."""
        return self.mask is None and not self.presentation.hides_anything

    def text(self, text: str) -> str:
        """A text as it may be read."""
        return self.mask.text(text) if self.mask else text

    def json(self, value: Any) -> Any:
        """A JSON value as it may be read."""
        return self.mask.json(value) if self.mask else value

    def document(self) -> dict[str, Any]:
        """What a review keeps of it; empty where all was shown."""
        return dict(self.policy)


WHOLE = Sight()
"""Everything, as editors see it."""


def is_limiting(queue: Queue) -> bool:
    """Whether reviewers of the queue see less than there is."""
    return masking.read(queue.masking).is_on or presentation.read(queue.presentation) != Presentation()


def of_reviewer(item: Item, *, shows_rest: bool = False) -> Sight:
    """The item as a reviewer sees it; with `shows_rest` all parts of it, where the queue allows that."""
    return of_reviewer_each([item], shows_rest=shows_rest)[item.pk]


def of_reviewer_each(items: Iterable[Item], *, shows_rest: bool = False) -> dict[int, Sight]:
    """The same for many items, by their inside ids, in one statement at most."""
    rows = list(items)
    masked = [item.pk for item in rows if masking.read(item.queue.masking).is_on]
    numbers = _numbers(masked)
    return {item.pk: _sight(item, numbers.get(item.pk, {}), shows_rest=shows_rest) for item in rows}


def _sight(item: Item, numbers: Mapping[tuple[str, str], int], *, shows_rest: bool) -> Sight:
    policy, shown = masking.read(item.queue.masking), presentation.read(item.queue.presentation)
    kept: dict[str, Any] = {"masking": policy.document(), "presentation": shown.document()}
    if shows_rest and shown.may_show_rest:
        kept, shown = {**kept, "showed_rest": True}, Presentation(texts=shown.texts)
    mask = policy.mask(_secret(item), numbers) if policy.is_on else None
    return Sight(shown, mask, {name: said for name, said in kept.items() if said})


def earlier(item: Item) -> Mask | None:
    """The mask of all kinds, and of the queue's patterns as they are now, with the numbers that values of the item have; None without any."""
    numbers = _numbers([item.pk]).get(item.pk)
    policy = masking.read(item.queue.masking).model_copy(update={"kinds": tuple(Kind)})
    return policy.mask(_secret(item), numbers) if numbers else None


def tried(item: Item, shown: Presentation, masks: Masking) -> Sight:
    """The item by settings that are not saved; see `numbered_for_now`."""
    return Sight(shown, masks.mask(_secret(item), {}) if masks.is_on else None)


def numbered_for_now(text: str) -> str:
    """A text with masked values numbered as they come, which nobody remembers."""
    numbers: dict[tuple[str, str], int] = {}
    counts: dict[str, int] = {}
    for token in TOKEN.finditer(text):
        key = (token[1], token[2])
        if len(token[2]) == DIGEST and key not in numbers:
            numbers[key] = counts[token[1]] = counts.get(token[1], 0) + 1
    return TOKEN.sub(lambda token: _said(token[1], token[2], numbers), text)


def numbered(item: Item, mask: Mask, text: str) -> str:
    """The text as it goes out: values that have no number yet get the next ones, in the order in which they stand there.

    Safe at once in many processes. No statement where all have theirs.
    """
    met = [key for token in TOKEN.finditer(text) if (key := (token[1], token[2])) in mask.fresh]
    if not met:
        return text
    given = _given(item, list(dict.fromkeys(met)))
    return TOKEN.sub(lambda token: _said(token[1], token[2], given), text)


def _said(kind: str, digest: str, given: Mapping[tuple[str, str], int]) -> str:
    return f"[{kind} {given.get((kind, digest), digest)}]"


def _given(item: Item, wanted: list[tuple[str, str]]) -> dict[tuple[str, str], int]:
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute(_ONE_AT_A_TIME, [f"masked values:{item.pk}"])
        known = _numbers([item.pk]).get(item.pk, {})
        last: dict[str, int] = {}
        for (kind, _digest), number in known.items():
            last[kind] = max(last.get(kind, 0), number)
        fresh = []
        for kind, digest in wanted:
            if (kind, digest) not in known:
                last[kind] = known[kind, digest] = last.get(kind, 0) + 1
                fresh.append(MaskedValue(item=item, kind=kind, digest=digest, number=last[kind]))
        MaskedValue.objects.bulk_create(fresh, batch_size=1000)
    return known


def _numbers(items: list[int]) -> dict[int, dict[tuple[str, str], int]]:
    found: dict[int, dict[tuple[str, str], int]] = {}
    rows = MaskedValue.objects.filter(item__in=items) if items else MaskedValue.objects.none()
    for item, kind, digest, number in rows.values_list("item", "kind", "digest", "number"):
        found.setdefault(item, {})[kind, digest] = number
    return found


def _secret(item: Item) -> bytes:
    """Keys the digests of an item, so that they can be tried out by nobody and compared with no other item's."""
    return salted_hmac("annotation.masked_value", str(item.uuid), algorithm="sha256").digest()
