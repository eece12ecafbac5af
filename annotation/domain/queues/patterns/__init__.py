r"""Regular expressions for typed answers, matched in time that grows with pattern times text: none can hang a worker.

The whole answer has to match. Known are characters, `.`, classes such as `[a-z]`, `\d \w \s` and their opposites, groups,
`|` and the repetitions `* + ? {2} {2,} {2,4}`; `^` at the beginning and `$` at the end say nothing new. What needs going
back over the text (references, looking around) is refused. All ways through the pattern are followed at once: Thompson,
"Regular Expression Search Algorithm" (1968). Pure.
"""

from __future__ import annotations

import re
from functools import lru_cache

from annotation.domain.queues.patterns.automaton import END, LONGEST_TEXT, Pattern, Place
from annotation.domain.queues.patterns.errors import PatternError
from annotation.domain.queues.patterns.nodes import One, Sequence
from annotation.domain.queues.patterns.reading import LONGEST_PATTERN, read

__all__ = ["END", "LONGEST_PATTERN", "LONGEST_TEXT", "Pattern", "PatternError", "Place", "beginning", "compiled"]


@lru_cache(maxsize=256)
def compiled(source: str) -> Pattern:
    """The pattern, ready to match. Raises PatternError."""
    return Pattern(read(source))


def beginning(source: str) -> str:
    """The plain text that every match begins with; empty where none does. Raises PatternError."""
    node, found = read(source), ""
    for part in node.parts if isinstance(node, Sequence) else (node,):
        kind = part.kind.pattern if isinstance(part, One) else "."
        sign = re.sub(r"^\\(?=\W)", "", kind)
        if len(sign) != 1 or kind == ".":
            break
        found += sign
    return found
