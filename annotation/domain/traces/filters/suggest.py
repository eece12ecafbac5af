"""What could be written next in a filter: the words that the grammar expects there, or the field whose values fit."""

from __future__ import annotations

import re
from dataclasses import dataclass

from annotation.domain.traces.filters.errors import FilterError
from annotation.domain.traces.filters.fields import TRACE_FIELDS
from annotation.domain.traces.filters.parser import parse

_LAST_WORD = re.compile(r"[\w.-]*\Z")
_VALUE_OF = re.compile(
    r"\b(\w+)\s+(?:is not|is|any of\s*\((?:[^()]*,)?|none of\s*\((?:[^()]*,)?|contains)\s*\Z", re.IGNORECASE
)
MOST = 12


@dataclass(frozen=True, slots=True)
class Suggestions:
    """Words to put in place of what stands after `head`; `field` is the one whose known values may be offered too."""

    head: str
    begun: str
    words: tuple[str, ...]
    field: str = ""


def suggest(text: str) -> Suggestions:
    """What may follow at the end of the text."""
    begun = _LAST_WORD.search(text)
    word = begun.group() if begun else ""
    head = text[: len(text) - len(word)]
    named = _VALUE_OF.search(head)
    return Suggestions(head, word, _begun(_expected(head), word), named.group(1).casefold() if named else "")


def matching(words: tuple[str, ...] | list[str], begun: str) -> tuple[str, ...]:
    """Those of the words that begin like that, then those that hold it."""
    return _begun(tuple(words), begun)


def _expected(head: str) -> tuple[str, ...]:
    if not head.strip():
        return (*TRACE_FIELDS, "run(", "feedback(", "not", "in queue")
    try:
        parse(head)
    except FilterError as error:
        return tuple(str(word) for word in error.expected) if error.position >= len(head.rstrip()) else ()
    return ("and", "or") if head[-1].isspace() or head[-1] in ')"' else ()


def _begun(words: tuple[str, ...], begun: str) -> tuple[str, ...]:
    wanted = begun.casefold()
    first = [word for word in words if word.casefold().startswith(wanted)]
    later = [word for word in words if len(wanted) > 1 and wanted in word.casefold() and word not in first]
    return tuple((first + later)[:MOST])
