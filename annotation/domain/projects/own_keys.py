"""The keys of the review page, and which of them a person has moved. Pure but for `change`.

What submits while typing (Ctrl or ⌘ with Enter), the digits of a question's options, Enter, Escape and ? are the same for
everybody.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from annotation.models import User


@dataclass(frozen=True, slots=True)
class Action:
    """What a key does on the review page; `key` is the one that it has by itself, and its name in what a person keeps."""

    key: str
    label: str

    @property
    def sign(self) -> str:
        """The key as people read it."""
        return sign(self.key)


ACTIONS = (
    Action("g", "Good"),
    Action("b", "Bad; B of a pair"),
    Action("a", "A of a pair"),
    Action("t", "Both of a pair alike"),
    Action("q", "Unsure"),
    Action("n", "Find or name a label; neither of a pair"),
    Action("x", "The marked step failed first"),
    Action("e", "Correct the answer"),
    Action("c", "Write a note"),
    Action("d", "Add to a dataset"),
    Action("ArrowDown", "Next question"),
    Action("ArrowUp", "Question before"),
    Action("j", "Next step, or next row of a table"),
    Action("k", "Step before, or row before"),
    Action("ArrowRight", "Next question of a row"),
    Action("ArrowLeft", "Question of a row before"),
    Action("G", "This step is good"),
    Action("B", "This step is bad"),
    Action("L", "Label this step"),
    Action("M", "Note on this step"),
    Action("o", "Next open step; a row of a table on its own page"),
    Action("r", "Texts raw, or rendered"),
    Action("i", "Instructions"),
    Action("s", "Skip"),
    Action("f", "Flag for an editor"),
    Action("u", "Undo the last submission"),
    Action("U", "Your last submissions"),
)
"""In the order of the table."""

_KNOWN = {action.key: action for action in ACTIONS}
_MAY_BE = re.compile(r"[a-zA-Z\[\];',./=-]")
_SIGNS = {"ArrowDown": "↓", "ArrowUp": "↑", "ArrowRight": "→", "ArrowLeft": "←"}


def sign(key: str) -> str:
    """A key as people read it; a capital letter is the letter with Shift."""
    if key in _SIGNS:
        return _SIGNS[key]
    return f"⇧ {key}" if key.isupper() else key.upper()


def read(document: Mapping[str, Any]) -> dict[str, str]:
    """The moved keys: from the key by itself to the person's own. What is known no more is left out."""
    return {
        key: own for key, own in document.items() if key in _KNOWN and isinstance(own, str) and _MAY_BE.fullmatch(own)
    }


def moved(given: Mapping[str, str]) -> tuple[dict[str, str], dict[str, str]]:
    """What a person typed per action, as they keep it, and the problems by action; empty means the key by itself."""
    wanted = {action.key: given.get(action.key, "").strip() or action.key for action in ACTIONS}
    problems: dict[str, str] = {}
    times = Counter(wanted.values())
    for key, own in wanted.items():
        if own != key and not _MAY_BE.fullmatch(own):
            problems[key] = "Type one letter, or one of [ ] ; ' , . / - =. Digits pick options."
        elif times[own] > 1:
            others = [_KNOWN[other].label for other, taken in wanted.items() if taken == own and other != key]
            problems[key] = f"{sign(own)} is also the key of “{others[0]}”."
    return {key: own for key, own in wanted.items() if own != key}, problems


def change(*, user: User, keys: Mapping[str, str]) -> None:
    """Keep the person's own keys; an empty mapping brings all back."""
    user.keys = read(keys)
    user.save(update_fields=["keys"])
