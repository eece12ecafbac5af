"""Numbers and times as a person reads them; pure."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

#: Operations that the GenAI conventions name spans by.
_VERBS = frozenset({"execute_tool", "chat", "invoke_agent", "text_completion", "embeddings", "generate_content"})

SECOND, MINUTE, HOUR, DAY = 1_000.0, 60_000.0, 3_600_000.0, 86_400_000.0


def duration(milliseconds: float | None) -> str:
    """Milliseconds in the two largest units that matter."""
    if milliseconds is None:
        return "–"
    if milliseconds < SECOND:
        return f"{milliseconds:.0f} ms"
    if milliseconds < MINUTE:
        return f"{milliseconds / SECOND:.1f} s"
    if milliseconds < HOUR:
        return f"{milliseconds // MINUTE:.0f} min {milliseconds % MINUTE // SECOND:.0f} s"
    return f"{milliseconds // HOUR:.0f} h {milliseconds % HOUR // MINUTE:.0f} min"


def grouped(number: float | None) -> str:
    """A number with thousands separated by commas, whole where it is whole."""
    if number is None:
        return "–"
    return f"{number:,.0f}" if float(number).is_integer() else f"{number:,.2f}"


def cost(amount: Decimal | None) -> str:
    """US dollars: cents from one dollar on, two significant digits below."""
    if amount is None:
        return "–"
    if amount == 0 or amount >= 1:
        return f"${amount:,.2f}"
    digits = max(2, 1 - amount.adjusted())
    return f"${amount:.{digits}f}"


def price(amount: Decimal | None) -> str:
    """US dollars with all the digits that a price has, at least two behind the point."""
    if amount is None:
        return "–"
    exponent = amount.normalize().as_tuple().exponent
    return f"${amount:,.{max(2, -exponent if isinstance(exponent, int) else 0)}f}"


def ago(age: timedelta) -> str:
    """How long ago, in one unit; what lies ahead by a clock's error is now."""
    seconds = int(age.total_seconds())
    for unit, size in (("d", 86_400), ("h", 3_600), ("min", 60)):
        if seconds >= size:
            return f"{seconds // size} {unit} ago"
    return "just now" if seconds < 10 else f"{seconds} s ago"


def step_name(name: str) -> str:
    """A step's name without the verb that OpenTelemetry's conventions put in front: its icon says that already."""
    verb, _, rest = name.partition(" ")
    return rest if rest and verb in _VERBS else name
