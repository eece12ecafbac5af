"""Lists that a dialect writes as numbered attributes, such as `llm.input_messages.0.message.role`."""

from collections.abc import Mapping
from typing import Any

#: Entries of one list beyond this many are not read (they stay attributes): a sender's bug must not cost memory.
MAX_ENTRIES = 10_000

_MAX_DIGITS = 9


def entries(attributes: Mapping[str, Any], prefix: str) -> tuple[list[dict[str, Any]], list[str]]:
    """The entries of the list below `prefix` (with its dot) in numeric order, and the attributes they came from.

    Each entry maps what follows the number (`""` for a plain value) to the value; gaps close up, and a huge number
    costs no more than a small one.
    """
    named = [key for key in attributes if key.startswith(prefix)]
    if not named:
        return [], []
    length = len(prefix)
    groups: dict[str, dict[str, str]] = {}
    for key in named:
        number, _, rest = key[length:].partition(".")
        if number in groups:
            groups[number][rest] = key
        else:
            groups[number] = {rest: key}
    chosen = sorted(filter(_is_index, groups), key=int)[:MAX_ENTRIES]
    found = [{rest: attributes[key] for rest, key in groups[number].items()} for number in chosen]
    return found, [key for number in chosen for key in groups[number].values()]


def _is_index(number: str) -> bool:
    return number.isascii() and number.isdigit() and len(number) <= _MAX_DIGITS
