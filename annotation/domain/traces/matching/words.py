"""Free text: the words of a search box, held against what the user asked and finally got."""

from __future__ import annotations

import re

from django.contrib.postgres.search import SearchQuery
from django.db.models import Q

from annotation.domain.traces.matching.expressions import LastWordAsPrefix

UNSPACED = re.compile(
    "[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3100-\u312f\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff"
    "\U00020000-\U0003ffff]"
)
"""Scripts written without spaces (Thai, Lao, Burmese, Khmer, Japanese, Chinese), which the text index takes for one
long word."""

PLAIN_WORDS = re.compile(r"\w+(?:\s+\w+)*")
"""Nothing but words: no quotes, no minus, nothing that a web search understands differently."""


def search(words: str) -> Q:
    """The traces whose input or output has these words.

    Words are looked up in the text index as a web search does: all of them, `"in quotes"` next to each other, `-word`
    not at all, `or` between; the last of plain words may go on. What the index cannot cut into words, such as Chinese
    or an emoji, is looked for as it stands.
    """
    if not is_indexed(words):
        return _as_it_stands(words)
    if PLAIN_WORDS.fullmatch(words.strip()) and not re.search(r"\bor\b", words, re.IGNORECASE):
        return Q(search=LastWordAsPrefix(words.strip()))
    return Q(search=SearchQuery(words, config="simple", search_type="websearch"))


def is_indexed(words: str) -> bool:
    """Whether the text index can cut them into words."""
    return not UNSPACED.search(words) and re.search(r"\w", words) is not None


def _as_it_stands(words: str) -> Q:
    found = Q()
    for word in words.split():
        found &= Q(input__icontains=word) | Q(output__icontains=word)
    return found
