"""What a filter means: a small tree of conditions, equal to another tree exactly when both ask the same thing.

Positions are carried for error messages and never take part in equality.
"""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from enum import StrEnum


class Operator(StrEnum):
    """How a field is held against a value, in the words of the language."""

    IS = "is"
    IS_NOT = "is not"
    ANY_OF = "any of"
    NONE_OF = "none of"
    CONTAINS = "contains"
    MATCHES = "matches"
    EXISTS = "exists"
    EQUAL = "="
    UNEQUAL = "!="
    BELOW = "<"
    AT_MOST = "<="
    ABOVE = ">"
    AT_LEAST = ">="


@dataclass(frozen=True, slots=True)
class Span:
    """Where in the text something stands: offset of its first character and its length, in characters."""

    start: int = 0
    length: int = 0

    @property
    def end(self) -> int:
        """Offset behind the last character."""
        return self.start + self.length

    def to(self, other: Span) -> Span:
        """From the start of this to the end of the other."""
        return Span(self.start, max(other.end - self.start, 0))


NOWHERE = Span()


SECONDS_PER_UNIT = {
    "ms": Decimal("0.001"),
    "s": Decimal(1),
    "m": Decimal(60),
    "h": Decimal(3600),
    "d": Decimal(86400),
    "w": Decimal(604800),
}


@dataclass(frozen=True, slots=True)
class Duration:
    """A length of time as it was written: ``1500ms`` stays 1500 milliseconds and is not shown as 1.5 s."""

    amount: Decimal
    unit: str

    def seconds(self) -> Decimal:
        """The length in seconds."""
        return self.amount * SECONDS_PER_UNIT[self.unit]

    def as_timedelta(self) -> timedelta:
        """The length as Python has it, to the microsecond."""
        return timedelta(microseconds=int(self.seconds() * 1_000_000))


@dataclass(frozen=True, slots=True)
class Ago:
    """A moment relative to now: ``-24h``."""

    distance: Duration

    def at(self, now: datetime) -> datetime:
        """The moment that is meant when it is `now`."""
        return now - self.distance.as_timedelta()


@dataclass(frozen=True, slots=True)
class Pattern:
    """A regular expression in PostgreSQL's dialect: ``/refund(able)?/i``."""

    source: str
    is_case_blind: bool = False
    span: Span = dataclasses.field(default=NOWHERE, compare=False)


Value = str | Decimal | Duration | Ago | datetime | Pattern


@dataclass(frozen=True, slots=True)
class Condition:
    """One field held against values; ``key`` is the part after the dot of ``metadata.<key>``, else empty."""

    field: str
    operator: Operator
    values: tuple[Value, ...] = ()
    key: str = ""
    span: Span = dataclasses.field(default=NOWHERE, compare=False)


@dataclass(frozen=True, slots=True)
class Related:
    """One run (or one feedback) of the trace meets all of these conditions at once."""

    subject: str
    conditions: tuple[Condition, ...]
    span: Span = dataclasses.field(default=NOWHERE, compare=False)


@dataclass(frozen=True, slots=True)
class Text:
    """These words occur in the trace's input or output."""

    words: str
    span: Span = dataclasses.field(default=NOWHERE, compare=False)


@dataclass(frozen=True, slots=True)
class Not:
    """What the part does not hold for, also where the asked value is absent."""

    part: Node


@dataclass(frozen=True, slots=True)
class And:
    """All of the parts hold; without parts it holds for every trace, which is what the empty filter means."""

    parts: tuple[Node, ...] = ()


@dataclass(frozen=True, slots=True)
class Or:
    """At least one of the parts holds."""

    parts: tuple[Node, ...]


Node = Condition | Related | Text | Not | And | Or
EVERYTHING = And()
