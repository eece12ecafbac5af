"""Places of the texts of a trace, so that a cut one can be asked for whole; pure.

A place is `<run uuid>:<name>`, as in `…:messages.3.text` or `…:tool.result`; or `trace:input` and `trace:output`.
"""

from __future__ import annotations

from typing import Any

from annotation.domain.traces.conversation.clip import written
from annotation.domain.traces.conversation.images import Picture, picture
from annotation.domain.traces.conversation.turns import SpokenRun

_DIRECT = ("input_text", "output_text", "error_message", "error_stack")
_DOCUMENTS = ("inputs", "outputs", "attributes", "metadata", "resource", "events", "messages")


class NoSuchPlaceError(LookupError):
    """The run has no text under this name."""


def place(run: SpokenRun, name: str) -> str:
    """Where the text `name` of a run is."""
    return f"{run.uuid}:{name}"


def text_at(run: Any, name: str) -> str:
    """The whole text under a name in a run. Raises NoSuchPlaceError."""
    whole_name = name
    name, _, rest = name.partition(".")
    try:
        if name in _DIRECT + _DOCUMENTS and not rest:
            return written(getattr(run, name))
        if name == "tool" and rest in ("arguments", "result"):
            return written(run.tool[rest])
        if name == "messages":
            return _of_message(run.messages, *rest.split("."))
        if name == "documents":
            return written(run.documents[_index(rest.removesuffix(".content"))]["content"])
    except (LookupError, TypeError, ValueError) as problem:
        raise NoSuchPlaceError(whole_name) from problem
    raise NoSuchPlaceError(whole_name)


def role_at(run: Any, name: str) -> str:
    """Whose message a text is part of, as in `messages.3.text`; empty for a text of no message. Developers speak as the system."""
    where, _, rest = name.partition(".")
    try:
        message = run.messages[_index(rest.partition(".")[0])] if where == "messages" else None
    except (LookupError, TypeError, ValueError):
        return ""
    role = str(message.get("role")) if isinstance(message, dict) else ""
    return "system" if role == "developer" else role


def picture_at(run: Any, name: str) -> Picture | None:
    """The image under a name in a run, as in `messages.3.1`. Raises NoSuchPlaceError."""
    try:
        where, index, number = name.split(".")
        part = run.messages[_index(index)]["parts"][_index(number)]
    except (LookupError, TypeError, ValueError) as problem:
        raise NoSuchPlaceError(name) from problem
    if where != "messages" or not isinstance(part, dict) or part.get("type") != "image":
        raise NoSuchPlaceError(name)
    return picture(part)


def _of_message(messages: Any, index: str, part: str) -> str:
    """A part of a message; `text` and `reasoning` for all parts of that kind together."""
    parts = messages[_index(index)]["parts"]
    if part in ("text", "reasoning"):
        return joined(parts, part)
    found = parts[_index(part)]
    return written(found.get("result", found.get("arguments")))


def _index(written: str) -> int:
    """Digits only: what is counted from the end, or spelled otherwise, would pass by those who look at the name. Raises ValueError."""
    if not (written.isascii() and written.isdigit()):
        raise ValueError(written)
    return int(written)


def joined(parts: Any, kind: str) -> str:
    """The text of all parts of a kind, in order."""
    return "\n\n".join(
        part["text"] for part in parts if isinstance(part, dict) and part.get("type") == kind and part.get("text")
    )
