"""Markdown of traces and instructions as inert HTML, or without its marks; pure.

Hostile input is normal: raw HTML is off, images are off (they would be fetched), and what markdown-it made goes through
nh3 all the same.
"""

from __future__ import annotations

import re

import nh3
from markdown_it import MarkdownIt

TAGS = frozenset(
    [
        "a",
        "blockquote",
        "br",
        "code",
        "del",
        "em",
        "h1",
        "h2",
        "h3",
        "h4",
        "h5",
        "h6",
        "hr",
        "li",
        "ol",
        "p",
        "pre",
        "strong",
        "table",
        "tbody",
        "td",
        "th",
        "thead",
        "tr",
        "ul",
    ]
)

_parser = (
    MarkdownIt("commonmark", {"html": False, "linkify": False, "breaks": True})
    .enable(["table", "strikethrough"])
    .disable("image")
)
_cleaner = nh3.Cleaner(
    tags=set(TAGS),
    attributes={"a": {"href", "title"}, "code": {"class"}, "ol": {"start"}},
    url_schemes={"http", "https", "mailto"},
    set_tag_attribute_values={"table": {"tabindex": "0"}},  # a wide one scrolls in itself, by keyboard too
    link_rel="noopener noreferrer nofollow",
)


def render(text: str) -> str:
    """The text as HTML of a few harmless tags; links open apart and tell nothing about where they were followed."""
    return _cleaner.clean(_parser.render(text))


def plain(text: str) -> str:
    """The beginning of a text without the marks of Markdown that only disturb where it stands in a line or two."""
    return _MARKS.sub("", text).strip()


_MARKS = re.compile(r"\*\*|`+|(?:^|(?<=\s))#{1,6}\s")
