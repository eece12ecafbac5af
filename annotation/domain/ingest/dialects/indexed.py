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
    if not named:  # asked for each message of each call: mostly so
        return [], []
    numbered: dict[int, dict[str, Any]] = {}
    keys: dict[int, list[str]] = {}
    for key in named:
        number, _, rest = key[len(prefix) :].partition(".")
        if number.isascii() and number.isdigit() and len(number) <= _MAX_DIGITS:
            index = int(number)
            numbered.setdefault(index, {})[rest] = attributes[key]
            keys.setdefault(index, []).append(key)
    chosen = sorted(numbered)[:MAX_ENTRIES]
    return [numbered[index] for index in chosen], [key for index in chosen for key in keys[index]]
