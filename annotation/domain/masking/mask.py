"""Texts with tokens in place of personal data; pure.

The same value has the same token wherever it stands in an item, however it is spelled: `[e-mail 2]`. A value that has no
number yet is called by its digest, which whoever sends the text exchanges for the next number (see `Mask.fresh`).
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeAlias

from annotation.domain.masking.kinds import KINDS, Kind
from annotation.domain.masking.tokens import DIGEST, TOKEN, Spelling

Finder: TypeAlias = Callable[[str], Iterable[tuple[int, int]]]
MARGIN = 512
"""Characters behind a cut that are looked at, so that none goes through the middle of a value."""

WITHHELD = "too long to be masked"
"""What a text is called, as a whole, for which there is no time left."""

MOST_WORK = 100_000_000
"""What a mask does before it withholds what else comes: characters, times about what each takes (`Mask.price`). Five seconds for
most texts, half a minute for the worst."""

_EACH = 50
"""Characters that every single text costs beside its own."""

MOST_TURNS = 8
LONGEST_KEPT = 3_000
_PERHAPS = re.compile(r"@|%40|::|\d(?:[^\d\n]{0,3}\d){3}")
"""What each of the kinds has: the sign of an address, or four digits near one another."""
_LONG_NUMBER = 10**6
_NO_DIGITS = re.compile(r"\D+")
_TOUCHING = re.compile(r"[\w+@%(\[\]]|[^\s\w]\w|\s\d")
"""What stands beside a value, read away from it, when the two may have been taken for one."""


@dataclass(frozen=True, slots=True)
class Masked:
    """A masked text with what each of its tokens stands for, in order."""

    text: str
    stood: tuple[tuple[str, Spelling], ...] = ()


@dataclass(slots=True)
class Mask:
    """Masks the texts of one item: `finders` by kind, in order of precedence, `numbers` those that values have already.

    `secret` keys the digests. `fresh` fills with the kinds and digests that were met and have no number yet. `at_cut` has
    finders for a text that goes on behind what they see. When `left` is used up, a text is called by one token as a whole, and
    `has_withheld` says so.
    """

    finders: Mapping[str, Finder]
    secret: bytes
    numbers: Mapping[tuple[str, str], int] = field(default_factory=dict)
    at_cut: Mapping[str, Finder] = field(default_factory=dict)
    price: int = len(KINDS)
    left: int = MOST_WORK
    has_withheld: bool = False
    fresh: dict[tuple[str, str], None] = field(default_factory=dict)
    _kept: dict[tuple[str, str], Masked] = field(default_factory=dict)
    _called: frozenset[tuple[str, int]] = field(init=False)
    _withheld_before: frozenset[str] = field(init=False)

    def __post_init__(self) -> None:
        self._called = frozenset((kind, number) for (kind, _digest), number in self.numbers.items())
        self._withheld_before = frozenset(digest for kind, digest in self.numbers if kind == WITHHELD)

    def text(self, text: str, *, behind: str = "") -> str:
        """The text without personal data; `behind` is what stands before it, as the name of the member that it fills."""
        return self.masked(text, behind=behind).text

    def cut(self, text: str, end: int, *, behind: str = "") -> str:
        """About the first `end` characters, without the half of a value at the end."""
        if len(text) <= end:
            return self.text(text, behind=behind)
        seen, shown = text[: end + MARGIN], text[:end]
        if not self._may_look(seen):
            return self._withheld(text).text
        goes_on = self.at_cut if len(seen) < len(text) else {}
        for start, stop, _kind in self._found(seen, behind, {**self.finders, **goes_on}):
            if start < end < stop:
                shown = text[:start]
        return self.text(shown, behind=behind)

    def json(self, value: Any, *, behind: str = "") -> Any:
        """The same value with its texts, names of members and long numbers masked."""
        match value:
            case str():
                return self.text(value, behind=behind)
            case dict():
                names = self._names(value)
                return {names[key].text: self.json(entry, behind=str(key)) for key, entry in value.items()}
            case list() | tuple():
                return [self.json(entry, behind=behind) for entry in value]
            case int() if abs(value) >= _LONG_NUMBER:
                shown = self.text(str(value), behind=behind)
                return value if shown == str(value) else shown
            case _:
                return value

    def masked(self, text: str, *, behind: str = "") -> Masked:
        """The text without personal data, and what its tokens stand for."""
        if len(text) > LONGEST_KEPT:  # of which there may be too many to remember
            return self._masked(text, behind)
        if (text, behind) not in self._kept:
            self._kept[text, behind] = self._masked(text, behind)
        return self._kept[text, behind]

    def stood(self, value: Any, *, behind: str = "") -> Iterator[tuple[str, Spelling]]:
        """The tokens that a value gets, with what they stand for, in its order."""
        match value:
            case str():
                yield from self.masked(value, behind=behind).stood
                if self._withheld_before and self._digest(WITHHELD, value) in self._withheld_before:
                    yield from self._withheld(value).stood
            case dict():
                names = self._names(value)
                for key, entry in value.items():
                    yield from names[key].stood
                    yield from self.stood(entry, behind=str(key))
            case list() | tuple():
                for entry in value:
                    yield from self.stood(entry, behind=behind)
            case int() if abs(value) >= _LONG_NUMBER and self.json(value, behind=behind) != value:
                yield str(self.json(value, behind=behind)), value

    def has_called(self, token: str) -> bool:
        """Whether a token may stand for anything: it has a number that was given, or none yet."""
        read = TOKEN.fullmatch(token)
        return read is not None and (len(read[2]) == DIGEST or self.has_numbered(token))

    def has_numbered(self, token: str) -> bool:
        """Whether a value of the item was called so: it has a number that was given."""
        read = TOKEN.fullmatch(token)
        return read is not None and len(read[2]) < DIGEST and (read[1], int(read[2])) in self._called

    def _names(self, members: Mapping[Any, Any]) -> dict[Any, Masked]:
        """The names of an object's members, no two of them alike: spellings of one value get tokens of their own then."""
        names = {key: self.masked(str(key)) for key in members}
        if len({name.text for name in names.values()}) == len(names):
            return names
        taken = {name.text for key, name in names.items() if name.text == str(key)}
        for key in [key for key, name in names.items() if name.text != str(key)]:
            spelling = 0
            while names[key].text in taken:
                spelling += 1
                names[key] = self._masked(str(key), "", spelling)
            taken.add(names[key].text)
        return names

    def _masked(self, text: str, behind: str, spelling: int = 0) -> Masked:
        """Again and again, until nothing is found any more: a token may part what looked like one word before."""
        if not self._may_look(text):
            return self._withheld(text)
        found = list(self._found(text, behind, self.finders))
        if not found:
            return Masked(text)
        shown, is_whole = self._replaced(Masked(text), found, spelling, is_first=True), _stand_apart(text, found)
        for _turn in range(0 if is_whole else MOST_TURNS):
            if not self._may_look(shown.text):
                return self._withheld(text)
            found = list(self._found(shown.text, behind, self.finders))
            if all(kind is None for _start, _stop, kind in found):
                break
            shown = self._replaced(shown, found, spelling, is_first=False)
        return shown

    def _may_look(self, text: str) -> bool:
        """Whether there is time left to look for values in the text; if so, it is spent."""
        cost = self.price * (len(text) + _EACH)
        if cost > self.left:
            self.has_withheld = True
            return False
        self.left -= cost
        return True

    def _withheld(self, text: str) -> Masked:
        token = self._token(WITHHELD, text)
        return Masked(token, ((token, text),))

    def _replaced(
        self, shown: Masked, found: list[tuple[int, int, str | None]], spelling: int, *, is_first: bool
    ) -> Masked:
        pieces, stood, before, end = [], [], iter(shown.stood), 0
        for start, stop, kind in found:
            written = shown.text[start:stop]
            token = written if kind is None else self._token(kind, written, spelling)
            stood.append((token, written) if kind or is_first else next(before))
            pieces += [shown.text[end:start], token]
            end = stop
        return Masked("".join([*pieces, shown.text[end:]]), tuple(stood))

    def _found(self, text: str, behind: str, finders: Mapping[str, Finder]) -> Iterator[tuple[int, int, str | None]]:
        """Tokens (None) and values in order; where two claim the same characters the earlier kind has them."""
        taken: list[tuple[int, int, str | None]] = []
        if "[" in text:
            taken = [
                (*one.span(), None) for one in TOKEN.finditer(text) if one[1] in self.finders or one[1] == WITHHELD
            ]
        is_plain = _PERHAPS.search(text) is None
        offset = len(behind) + 2 if behind else 0
        for kind, finder in finders.items():
            if is_plain and kind in KINDS:
                continue
            seen = f"{behind}: {text}" if behind and kind == Kind.PHONE else text
            shift = offset if seen is not text else 0
            found = [(start - shift, stop - shift, kind) for start, stop in finder(seen) if start >= shift]
            taken = _merged(taken, found) if found else taken
        yield from taken

    def _token(self, kind: str, written: str, spelling: int = 0) -> str:
        digest = self._digest(kind, written, spelling)
        number = self.numbers.get((kind, digest))
        if number is None:
            self.fresh[kind, digest] = None
        return f"[{kind} {digest if number is None else number}]"

    def _digest(self, kind: str, written: str, spelling: int = 0) -> str:
        """Of the value, however it is spelled; with `spelling` (from 1) one of those of this spelling only."""
        value = f"{written}\0{spelling}" if spelling else _plain(kind, written)
        said = f"{kind}\0{value}".encode(errors="replace")
        return hashlib.blake2b(said, digest_size=DIGEST // 2, key=self.secret).hexdigest()


def _stand_apart(text: str, found: list[tuple[int, int, str | None]]) -> bool:
    """Whether no value touches a word or number beside it, so that a token in its place parts nothing."""
    around = ((text[max(0, start - 2) : start][::-1], text[stop : stop + 2]) for start, stop, _kind in found)
    return not any(_TOUCHING.match(beside) for both in around for beside in both)


def _merged(
    taken: list[tuple[int, int, str | None]], found: list[tuple[int, int, str]]
) -> list[tuple[int, int, str | None]]:
    """Both in order, without those of `found` that touch what is taken or one another."""
    merged: list[tuple[int, int, str | None]] = []
    end = 0
    for start, stop, kind, is_new in sorted(
        [(*one, False) for one in taken] + [(*one, True) for one in found], key=lambda one: (one[0], -one[1])
    ):
        if not is_new:
            while merged and merged[-1][1] > start:
                merged.pop()  # a later kind ran into it
        if not is_new or start >= end:
            merged.append((start, stop, kind))
            end = stop
    return merged


def _plain(kind: str, written: str) -> str:
    """A value however it is spelled."""
    match kind:
        case Kind.EMAIL:
            return written.replace("%40", "@").casefold()
        case Kind.CARD | Kind.PHONE:
            digits = _NO_DIGITS.sub("", written)
            return digits.removeprefix("00") if kind == Kind.PHONE else digits
        case Kind.IBAN:
            return "".join(written.split()).upper()
        case _:
            return written
