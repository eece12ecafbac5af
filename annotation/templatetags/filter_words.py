"""A filter as the trace list words it: a chip for each of its parts, few of them at first."""

from __future__ import annotations

from typing import Any

from django import template

from annotation.domain.traces.filters import FilterError, chips, parse

register = template.Library()

FEW = 3
"""Parts that are shown at first."""

SHORT = 48
"""Characters of a part that are shown at first."""


@register.filter(name="chips")
def chips_of(text: str) -> tuple[str, ...]:
    """The parts of a filter; one that cannot be read (any more) is one part, and an empty one has none."""
    try:
        return chips(parse(text)) if text else ()
    except FilterError:
        return (text,)


@register.inclusion_tag("components/filter_chips.html")
def filter_chips(text: str) -> dict[str, Any]:
    """The first parts of a filter, each cut where it is long, with the whole behind a click if that is more."""
    parts = chips_of(text)
    few = parts[:FEW]
    shown = [part if len(part) <= SHORT else f"{part[: SHORT - 1].rstrip()}…" for part in few]
    return {"text": text, "shown": shown, "more": len(parts) - len(few), "is_cut": shown != list(parts)}
