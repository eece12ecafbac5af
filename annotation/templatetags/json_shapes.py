"""JSON values as templates show them: as lists that fold, and tables."""

from __future__ import annotations

from collections.abc import Iterator

from django import template
from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe

from annotation.domain.formats import grouped
from annotation.domain.traces.conversation import values
from annotation.domain.traces.conversation.values import Entries, Members, Plain, Shape, Table, Text

register = template.Library()

OPEN_UP_TO = 12
"""Lines of what stands open inside; longer parts are folded."""


@register.simple_tag
def json_shape(shape: Shape) -> SafeString:
    """A value as HTML. There may be hundreds on a page, which as nodes of a template would take most of its time."""
    return mark_safe("".join(_html(shape)))  # noqa: S308 -- every text and name goes through escape


def _html(shape: Shape) -> Iterator[str]:
    match shape:
        case Text(text, left_out):
            tag = "div" if "\n" in text else "span"
            yield f'<{tag} class="json-text" dir="auto">{escape(text)}</{tag}>{_left_out(left_out, "character")}'
        case Plain(word):
            yield f'<span class="json-plain">{escape(word)}</span>'
        case Members():
            yield from _members(shape)
        case Entries():
            yield from _entries(shape)
        case Table():
            yield from _table(shape)


def _members(shape: Members) -> Iterator[str]:
    yield '<dl class="json-members">'
    for name, entry in shape.entries:
        yield f'<dt dir="auto">{escape(name)}</dt><dd>'
        yield from _inner(entry)
        yield "</dd>"
    yield f"</dl>{_left_out(shape.left_out, 'member')}"


def _entries(shape: Entries) -> Iterator[str]:
    yield '<ol class="json-entries" start="0">'
    for entry in shape.entries:
        yield "<li>"
        yield from _inner(entry)
        yield "</li>"
    yield f"</ol>{_left_out(shape.left_out, 'entry')}"


def _table(shape: Table) -> Iterator[str]:
    yield '<div class="json-table" tabindex="0" role="group" aria-label="Table"><table><thead><tr>'
    for name in shape.columns:
        yield f'<th scope="col" dir="auto">{escape(name)}</th>'
    yield "</tr></thead><tbody>"
    for row in shape.rows:
        yield "<tr>"
        for cell in row:
            yield f'<td dir="auto">{escape(cell)}</td>'
        yield "</tr>"
    yield f"</tbody></table></div>{_left_out(shape.left_out, 'row')}"


def _inner(shape: Shape) -> Iterator[str]:
    if isinstance(shape, Text | Plain | Table):
        yield from _html(shape)
        return
    yield f"<details{' open' if values.weight(shape) <= OPEN_UP_TO else ''}><summary>{_gist(shape)}</summary>"
    yield from _html(shape)
    yield "</details>"


def _gist(shape: Members | Entries) -> str:
    count = len(shape.entries) + shape.left_out
    if isinstance(shape, Entries):
        return f"{grouped(count)} {'entry' if count == 1 else 'entries'}"
    names = ", ".join(name for name, _ in shape.entries[:4])
    return escape(names[:80] + ("…" if count > 4 or len(names) > 80 else "")) or f"{grouped(count)} members"


def _left_out(count: int, what: str) -> str:
    plural = {"entry": "entries"}.get(what, f"{what}s")
    return (
        f'<span class="faint json-more">… {grouped(count)} more {what if count == 1 else plural}</span>'
        if count
        else ""
    )
