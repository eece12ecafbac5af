"""Short names for addresses, made from what people call things."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import count

from django.utils.text import slugify

LONGEST = 50


def slug_for(name: str, *, is_taken: Callable[[str], bool], fallback: str) -> str:
    """The first free slug of `name`, `name-2`, `name-3` …; `fallback` where a name has no letter that an address takes."""
    base = slugify(name)[:LONGEST].strip("-_") or fallback
    return next(slug for slug in _candidates(base) if not is_taken(slug))


def _candidates(base: str) -> Iterator[str]:
    yield base
    for number in count(2):
        yield f"{base}-{number}"
