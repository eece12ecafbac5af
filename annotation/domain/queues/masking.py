"""What reviewers of a queue read tokens instead of: the typed reader of `Queue.masking`. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from pydantic import BaseModel, ConfigDict, ValidationError, field_validator, model_validator

from annotation.domain.masking import KINDS, WITHHELD, Finder, Kind, Mask
from annotation.domain.queues.patterns import PatternError, compiled
from annotation.domain.queues.searching import search

MOST_PATTERNS = 20
LONGEST_NAME = 40
_NAME = re.compile(r"\w[\w -]{0,39}")


class OwnPattern(BaseModel):
    """A pattern of the queue's own; `name` stands in the tokens, as in `[customer 3]`."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    name: str
    pattern: str

    @field_validator("name")
    @classmethod
    def _can_stand_in_a_token(cls, name: str) -> str:
        name = " ".join(name.split())
        if not _NAME.fullmatch(name) or name[-1:].isdecimal():
            raise ValueError("Name what is masked in letters, digits, spaces and hyphens, at most 40, no digit last.")
        if name in {*Kind, WITHHELD}:
            raise ValueError(f"“{name}” is recognised already; choose another name.")
        return name

    @field_validator("pattern")
    @classmethod
    def _can_be_searched(cls, pattern: str) -> str:
        try:
            is_empty = compiled(pattern).matches("")
        except PatternError as problem:
            raise ValueError(str(problem)) from problem
        if is_empty:
            raise ValueError("This pattern also matches nothing at all; say what has to stand there.")
        return pattern


class Masking(BaseModel):
    """The kinds of personal data that are masked, and patterns beside them."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    kinds: tuple[Kind, ...] = ()
    patterns: tuple[OwnPattern, ...] = ()

    @model_validator(mode="after")
    def _named_once(self) -> Masking:
        names = [one.name for one in self.patterns]
        if len(names) > MOST_PATTERNS:
            raise ValueError(f"A queue has at most {MOST_PATTERNS} patterns of its own.")
        if twice := next((name for name in names if names.count(name) > 1), None):
            raise ValueError(f"Two patterns are named “{twice}”; put them into one, as in (a|b).")
        return self

    @property
    def is_on(self) -> bool:
        """Whether anything is masked."""
        return bool(self.kinds or self.patterns)

    def mask(self, secret: bytes, numbers: Mapping[tuple[str, str], int]) -> Mask:
        """What masks the texts of one item; patterns of the queue's own have the first word."""
        own = {one.name: search(one.pattern) for one in self.patterns}
        known: dict[str, Finder] = {kind.value: finder for kind, finder in KINDS.items() if kind in self.kinds}
        at_cut = {name: one.open for name, one in own.items()}
        price = len(known) + sum(one.price for one in own.values())
        return Mask({**own, **known}, secret, numbers, at_cut=at_cut, price=price)

    def document(self) -> dict[str, Any]:
        """The JSON that a queue and its reviews keep."""
        return self.model_dump(mode="json", exclude_defaults=True)


WORDS = {
    Kind.EMAIL: "E-mail addresses",
    Kind.PHONE: "Telephone numbers",
    Kind.CARD: "Card numbers",
    Kind.IBAN: "Bank accounts (IBAN)",
    Kind.IP: "IP addresses",
}
"""The kinds as people read them."""


def read(document: Mapping[str, Any]) -> Masking:
    """What a queue or a review keeps."""
    return Masking.model_validate(document)


def lines(patterns: tuple[OwnPattern, ...]) -> str:
    """Patterns as they are typed: a line each, name and pattern."""
    return "\n".join(f"{one.name}: {one.pattern}" for one in patterns)


def typed(text: str) -> tuple[OwnPattern, ...]:
    """The patterns that were typed so. Raises ValueError, which says which line is to blame."""
    found = []
    for number, line in enumerate(text.splitlines(), start=1):
        if line.strip():
            name, colon, pattern = line.partition(":")
            if not colon or not pattern.strip():
                raise ValueError(f"Line {number}: write a name, a colon and a pattern, as in “customer: KD-\\d{{6}}”.")
            try:
                found.append(OwnPattern(name=name, pattern=pattern.strip()))
            except ValueError as problem:
                raise ValueError(f"Line {number}: {words_of(problem)}") from problem
    return tuple(found)


def words_of(problem: ValueError) -> str:
    """What is wrong, in words for people: of a validation the first that was found."""
    errors = problem.errors() if isinstance(problem, ValidationError) else []
    return str(errors[0].get("ctx", {}).get("error", errors[0]["msg"])) if errors else str(problem)
