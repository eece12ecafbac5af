"""All places of a text where a pattern matches, in time that grows with the text, however the two are made.

One way from the end of the text to its beginning notes which places of the pattern can still come to an end. So it is known
where matches begin and, on the way back, when the longest one is over: nobody looks further in vain, and a match may be as long
as it likes (compare Reps, “Maximal-munch tokenization in linear time”, 1998). Both ways remember the sets of places that they
meet, as an automaton that is built while it runs: Aho, Sethi and Ullman, “Compilers” (1986), 3.7. Pure.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import lru_cache

from annotation.domain.queues import patterns
from annotation.domain.queues.patterns import END, Place

MOST_TRIED, TRIED_FOR = 20, 1_000
"""Beginnings that are tried one by one, and for how many characters each."""

MOST_KEPT = 20_000
"""Ways from one set of places to the next that are remembered at a time."""

STRETCH = 4_096
"""Characters for which is kept what can still end: of a long text it is worked out anew where it is needed."""


class Search:
    """Finds what a pattern matches; `price` is about how much it takes for a character. Raises PatternError where it cannot be read."""

    def __init__(self, source: str) -> None:
        self._beginning = patterns.beginning(source)
        places, first = patterns.compiled(source).places()
        self._end = 1 << len(places)
        self._all = 2 * self._end - 1
        self._onwards, self._back = _Onwards(places, first), _Back(places, first)
        self.price = 1 + len(places) // 8

    def __call__(self, text: str) -> Iterator[tuple[int, int]]:
        """Start and end of each match, in order, the longest from each place; matches of nothing are none."""
        return self._found(text, self._end)

    def open(self, text: str) -> Iterator[tuple[int, int]]:
        """The same of a text that was cut off: what might have become a match behind its end counts as one."""
        return self._found(text, self._all)

    def _found(self, text: str, last: int) -> Iterator[tuple[int, int]]:
        tried = self._tried(text) if self._beginning and last == self._end else None
        yield from self._searched(text, last) if tried is None else tried

    def _tried(self, text: str) -> list[tuple[int, int]] | None:
        """The matches, where every match begins with plain text that stands there seldom; None where that is no way to find them."""
        found, end, at = list[tuple[int, int]](), 0, -1
        for _ in range(MOST_TRIED):
            at = text.find(self._beginning, at + 1)
            if at < 0:
                return found
            stop = self._tried_at(text, at) if at >= end else at
            if stop is None:
                return None
            if stop > at:
                found.append((at, stop))
                end = stop
        return None

    def _tried_at(self, text: str, start: int) -> int | None:
        """Where the longest match from here ends, `start` if there is none; None if it takes long to know."""
        state, end = self._onwards.start, start
        for at in range(start, min(len(text), start + TRIED_FOR)):
            state = state[text[at]]
            if not state.bits:
                return end
            if state.bits & self._end:
                end = at + 1
        return end if len(text) <= start + TRIED_FOR else None

    def _searched(self, text: str, last: int) -> Iterator[tuple[int, int]]:
        ahead, end = _Ahead(self._back, text, last), 0
        for start in ahead.beginnings():
            if start >= end:
                end = self._longest(text, start, ahead)
                yield start, end

    def _longest(self, text: str, start: int, ahead: _Ahead) -> int:
        """On as long as a place is reached from which an end can be."""
        state, at = self._onwards.start, start
        while at < len(text) and state.bits & ahead.at(at) & ~self._end:
            state = state[text[at]]
            at += 1
        return at


@lru_cache(maxsize=256)
def search(source: str) -> Search:
    """The search for a pattern, with what it has met already. Raises PatternError."""
    return Search(source)


class _Ahead:
    """From which places an end can be reached, at every character of a text."""

    def __init__(self, back: _Back, text: str, last: int) -> None:
        self._text, self._marks = text, list[tuple[_State, bool]]()
        state = back.state(last)
        for start in reversed(range(0, len(text), STRETCH)):
            mark, has_beginning = state, False
            for sign in reversed(text[start : start + STRETCH]):
                state = state[sign]
                has_beginning = has_beginning or state.begins
            self._marks.append((mark, has_beginning))
        self._marks.reverse()
        self._number, self._row = -1, list[_State]()

    def beginnings(self) -> Iterator[int]:
        """Where matches begin, one in another too."""
        for number, (_, has_beginning) in enumerate(self._marks):
            if has_beginning:
                start = number * STRETCH
                yield from (start + at for at, state in enumerate(self._stretch(number)) if state.begins)

    def at(self, place: int) -> int:
        """The places, before the character that stands there."""
        number, within = divmod(place, STRETCH)
        return self._stretch(number)[within].bits

    def _stretch(self, number: int) -> list[_State]:
        if number != self._number:
            state, row = self._marks[number][0], list[_State]()
            for sign in reversed(self._text[number * STRETCH : (number + 1) * STRETCH]):
                state = state[sign]
                row.append(state)
            self._number, self._row = number, row[::-1]
        return self._row


class _State(dict[str, "_State"]):
    """A set of places as bits, and the sets that it has led to, by the character between; `begins`: a match may begin before it."""

    __slots__ = ("_of", "begins", "bits")

    def __init__(self, of: _Automaton, bits: int, *, begins: bool) -> None:
        super().__init__()
        self._of, self.bits, self.begins = of, bits, begins

    def __missing__(self, sign: str) -> _State:
        found = self._of.state(self._of.led(self.bits, sign))
        self._of.keep()
        self[sign] = found
        return found


class _Automaton:
    """Sets of places by what led to them; `rows` are the places (as bits) that each place leads to."""

    def __init__(self, places: list[Place], first: Iterable[int]) -> None:
        self._kinds = [(place.kind, 1 << number) for number, place in enumerate(places)]
        self._end = 1 << len(places)
        self._first = self._bits(first) & ~self._end
        self._rows = self._rows_of(places)
        self._unions: list[dict[int, int]] = [{} for _ in range(len(places) // 8 + 1)]
        self._taking: dict[str, int] = {}
        self._states: dict[int, _State] = {}
        self._kept = 0

    def state(self, bits: int) -> _State:
        """The state of these places."""
        found = self._states.get(bits)
        if found is None:
            found = self._states[bits] = _State(self, bits, begins=bool(bits & self._first))
        return found

    def keep(self) -> None:
        """Called for every way that is to be remembered: too many are forgotten, all at once."""
        self._kept += 1
        if self._kept > MOST_KEPT:
            for state in list(self._states.values()):  # others may be at it at the same time
                state.clear()
            self._states, self._taking, self._kept = {}, {}, 0

    def led(self, bits: int, sign: str) -> int:
        """The places to which this character leads from these."""
        raise NotImplementedError

    def _rows_of(self, places: list[Place]) -> list[int]:
        raise NotImplementedError

    def _bits(self, places: Iterable[int]) -> int:
        return sum(self._end if place == END else 1 << place for place in places)

    def _takes(self, sign: str) -> int:
        """The places that take this character."""
        found = self._taking.get(sign)
        if found is None:
            found = self._taking[sign] = sum(bit for kind, bit in self._kinds if kind.fullmatch(sign))
        return found

    def _union(self, bits: int) -> int:
        """The rows of all these places together, eight places at a time."""
        found = 0
        for number, byte in enumerate(bits.to_bytes(len(self._unions), "little")):
            if byte:
                known = self._unions[number].get(byte)
                if known is None:
                    known = self._unions[number][byte] = self._union_of(number * 8, byte)
                found |= known
        return found

    def _union_of(self, first: int, byte: int) -> int:
        found = 0
        for at in range(8):
            if byte >> at & 1:
                found |= self._rows[first + at]
        return found


class _Onwards(_Automaton):
    """Places that may take the next character."""

    def __init__(self, places: list[Place], first: Iterable[int]) -> None:
        super().__init__(places, first)
        self._all_first = self._bits(first)

    @property
    def start(self) -> _State:
        """Before any character."""
        return self.state(self._all_first)

    def led(self, bits: int, sign: str) -> int:
        """Behind the character."""
        return self._union(bits & self._takes(sign))

    def _rows_of(self, places: list[Place]) -> list[int]:
        return [*(self._bits(place.then) for place in places), 0]


class _Back(_Automaton):
    """Places from which an end can be reached, where one may be anywhere."""

    def led(self, bits: int, sign: str) -> int:
        """Before the character."""
        return self._union(bits) & self._takes(sign) | self._end

    def _rows_of(self, places: list[Place]) -> list[int]:
        rows = [0] * (len(places) + 1)
        for number, place in enumerate(places):
            for then in place.then:
                rows[then] |= 1 << number  # END is the last
        return rows
