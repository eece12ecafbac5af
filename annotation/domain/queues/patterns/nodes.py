"""A pattern as a tree."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TypeAlias


@dataclass(frozen=True, slots=True)
class One:
    """One character of a kind."""

    kind: re.Pattern[str]


@dataclass(frozen=True, slots=True)
class Sequence:
    """One part after the other."""

    parts: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Either:
    """One of the branches."""

    branches: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Repeat:
    """The part so often; `most` is None for ever more."""

    part: Node
    least: int
    most: int | None


Node: TypeAlias = One | Sequence | Either | Repeat
