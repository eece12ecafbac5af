"""What a person should read of objects that Python printed: the text in `StopEvent(result='18C and sunny')`.

Source: `run-llama/llama_index`, whose workflows begin and end with events, `deepset-ai/haystack`, whose messages are objects, and
`Arize-ai/openinference`, which records both as printed, events cut after 200 characters.
"""

import ast
import re
from collections.abc import Iterable

from annotation.domain.ingest.values import clean_text

_ENDED = "StopEvent("
_NOTHING = ("", "None", "result=None")
_LITERAL = r"""'(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*\""""
_TEXT = re.compile(_LITERAL)
_FIELD = re.compile(rf"\w+=({_LITERAL})")
_HAYSTACK = "ChatMessage(_role=<ChatRole."
_HAYSTACK_TEXT = re.compile(rf"TextContent\(text=({_LITERAL})")
_SAID = "blocks=[TextBlock(block_type='text', text="


def result(text: str) -> str | None:
    """What a workflow ended with, if the text is the event of its end; any other text unchanged."""
    return first_field(text) if text.startswith(_ENDED) else text


def first_field(event: str) -> str | None:
    """The first field of an event: its text, or what an agent said; None if it has none, or an agent's answer is cut.

    An agent's answer stands whole in the last call of its model, so half of it is worth less than nothing.
    """
    inside = event.partition("(")[2].removesuffix(")")
    if inside in _NOTHING:
        return None
    if found := _FIELD.match(inside):
        return _constant(found[1])
    if "=AgentOutput(" in inside[:40]:
        begin = inside.find(_SAID)
        said = _TEXT.match(inside, begin + len(_SAID)) if begin >= 0 else None
        return _constant(said[0]) if said else None
    return inside.removeprefix("result=").lstrip("'\"") or None


def last_said(texts: Iterable[str], role: str) -> str | None:
    """What a role said last among messages of Haystack; None if no text is one, or the role said nothing."""
    opening = f"{_HAYSTACK}{role.upper()}:"
    for text in reversed([text for text in texts if text.startswith(opening)]):
        if said := [constant for found in _HAYSTACK_TEXT.finditer(text) if (constant := _constant(found[1]))]:
            return "\n".join(said)
    return None


def is_message(text: str) -> bool:
    """True for a message of Haystack's."""
    return text.startswith(_HAYSTACK)


def _constant(literal: str) -> str | None:
    try:
        return clean_text(str(ast.literal_eval(literal))) or None
    except (ValueError, SyntaxError, MemoryError):
        return literal[1:-1]
