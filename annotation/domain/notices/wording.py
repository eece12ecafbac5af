"""Numbers and days in the words of mails. Pure."""

from __future__ import annotations

from datetime import date
from typing import Any

_A_WEEK = 7


def items(count: int, *, bound: int | None = None) -> str:
    """`1 item`, `1,200 items`; at `bound`, where counting stopped, `10,000 items or more`."""
    said = counted(count, "item")
    return f"{said} or more" if bound is not None and count >= bound else said


def counted(count: int, word: str) -> str:
    """`1 review`, `1,200 reviews`."""
    return f"{count:,} {word}{'' if count == 1 else 's'}"


def day(on: date) -> str:
    """`Monday, 2 March`."""
    return f"{on:%A}, {on.day} {on:%B}"


def due(on: date | None, today: date) -> dict[str, Any]:
    """`more` and `is_pressing` of a line about what is due on a day: tomorrow's and what is late presses."""
    if on is None:
        return {}
    left = (on - today).days
    if left < 0:
        words = f"was due on {day(on)}"
    elif left < 2:
        words = "due tomorrow" if left else "due today"
    else:
        words = f"due on {day(on)}" if left < _A_WEEK else f"due on {on.day} {on:%B %Y}"
    return {"more": words, "is_pressing": left < 2}
