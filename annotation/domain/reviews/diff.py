"""What a person changed in a text, word by word, in time that grows with the text and not with its square. Pure.

Rare words that stand once on both sides are taken as anchors (patience diff, after Bram Cohen); the gaps between them
go through Myers' greedy algorithm (An O(ND) Difference Algorithm, 1986), which is given up where two passages have too
little in common: they are then shown as replaced, which is also how a person would call them.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from itertools import groupby

# A word, a run of blanks, or any other character alone; scripts without spaces between words go by the character.
_TOKEN = re.compile(
    r"[\u0e00-\u0eff\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]|[^\W\u0e00-\u0eff\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]+"
    r"|\s+|[^\w\s]"
)

MOST_EDITS = 300
"""Passages that differ by more edits than this are shown as replaced."""

ROUNDS = 4
"""How often short unchanged stretches are taken into the changes around them."""

DEEPEST = 24
"""How often anchors are looked for inside a gap between anchors."""


class Kind(StrEnum):
    """What became of a piece."""

    SAME = "same"
    GONE = "gone"
    NEW = "new"


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of text that stayed, went or came."""

    kind: Kind
    text: str


@dataclass(frozen=True, slots=True)
class _Match:
    """`size` tokens that stand at `before` on the one side and at `after` on the other."""

    before: int
    after: int
    size: int


@dataclass(frozen=True, slots=True)
class _Gap:
    """A stretch of both sides that is still to be compared: [before_from, before_to) and [after_from, after_to)."""

    before_from: int
    before_to: int
    after_from: int
    after_to: int

    @property
    def is_one_sided(self) -> bool:
        return self.before_from >= self.before_to or self.after_from >= self.after_to


def words(before: str, after: str) -> tuple[Piece, ...]:
    """The pieces, in order, that make `before` (same and gone) and `after` (same and new); neighbours differ in kind."""
    old, new = _TOKEN.findall(before), _TOKEN.findall(after)
    matches = sorted(_matches(old, new, _Gap(0, len(old), 0, len(new)), 0), key=lambda match: match.before)
    return tuple(_readable(list(_pieces(old, new, matches))))


def before(pieces: tuple[Piece, ...]) -> str:
    """The text that the pieces came from."""
    return "".join(piece.text for piece in pieces if piece.kind is not Kind.NEW)


def after(pieces: tuple[Piece, ...]) -> str:
    """The text that the pieces make."""
    return "".join(piece.text for piece in pieces if piece.kind is not Kind.GONE)


def is_changed(pieces: tuple[Piece, ...]) -> bool:
    """Whether anything went or came."""
    return any(piece.kind is not Kind.SAME for piece in pieces)


def word_count(pieces: tuple[Piece, ...], kind: Kind) -> int:
    """How many words went or came."""
    return sum(len(re.findall(r"\w+", piece.text)) for piece in pieces if piece.kind is kind)


def shortened(pieces: tuple[Piece, ...], *, around: int = 60) -> tuple[Piece, ...]:
    """For reading: unchanged stretches cut to about `around` characters next to a change, the cut marked by an ellipsis."""
    last = len(pieces) - 1
    return tuple(
        Piece(piece.kind, _cut(piece.text, around, is_first=at == 0, is_last=at == last))
        if piece.kind is Kind.SAME
        else piece
        for at, piece in enumerate(pieces)
    )


def _cut(text: str, around: int, *, is_first: bool, is_last: bool) -> str:
    head = "" if is_first else text[:around].rsplit(" ", 1)[0]
    tail = "" if is_last else text[-around:].split(" ", 1)[-1]
    return text if len(text) <= 2 * around + 20 else f"{head} … {tail}".strip(" " if is_first and is_last else "")


def _matches(old: list[str], new: list[str], gap: _Gap, depth: int) -> Iterator[_Match]:
    """What both sides have in common within the gap."""
    gap, edges = _trimmed(old, new, gap)
    yield from edges
    if gap.is_one_sided:
        return
    anchors = _anchors(old, new, gap) if depth < DEEPEST else []
    if not anchors:
        yield from _greedy(old, new, gap)
        return
    yield from anchors
    for inner in _between(anchors, gap):
        yield from _matches(old, new, inner, depth + 1)


def _trimmed(old: list[str], new: list[str], gap: _Gap) -> tuple[_Gap, list[_Match]]:
    """The gap without what begins or ends both sides alike."""
    longest = min(gap.before_to - gap.before_from, gap.after_to - gap.after_from)
    head = _run(lambda at: old[gap.before_from + at] == new[gap.after_from + at], longest)
    tail = _run(lambda at: old[gap.before_to - 1 - at] == new[gap.after_to - 1 - at], longest - head)
    inner = _Gap(gap.before_from + head, gap.before_to - tail, gap.after_from + head, gap.after_to - tail)
    edges = [_Match(gap.before_from, gap.after_from, head), _Match(inner.before_to, inner.after_to, tail)]
    return inner, [edge for edge in edges if edge.size]


def _run(is_alike: Callable[[int], bool], longest: int) -> int:
    length = 0
    while length < longest and is_alike(length):
        length += 1
    return length


def _anchors(old: list[str], new: list[str], gap: _Gap) -> list[_Match]:
    """Words that stand exactly once on each side of the gap, in an order that both sides share (the longest such)."""
    once = _once(old, gap.before_from, gap.before_to)
    also = _once(new, gap.after_from, gap.after_to)
    pairs = [(at, also[token]) for token, at in once.items() if token in also]
    return [_Match(before_at, after_at, 1) for before_at, after_at in _longest_rising(pairs)]


def _once(tokens: list[str], start: int, end: int) -> dict[str, int]:
    counted = Counter(tokens[start:end])
    return {tokens[at]: at for at in range(start, end) if counted[tokens[at]] == 1 and tokens[at].isalnum()}


def _longest_rising(pairs: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """The longest subsequence of pairs, sorted by their first, whose seconds rise (patience sorting)."""
    tops: list[int] = []
    piles: list[int] = []
    previous: list[int] = []
    for index, (_, value) in enumerate(pairs):
        pile = bisect_left(tops, value)
        previous.append(piles[pile - 1] if pile else -1)
        if pile == len(tops):
            tops.append(value)
            piles.append(index)
        else:
            tops[pile], piles[pile] = value, index
    rising: list[tuple[int, int]] = []
    at = piles[-1] if piles else -1
    while at >= 0:
        rising.append(pairs[at])
        at = previous[at]
    return rising[::-1]


def _between(anchors: list[_Match], gap: _Gap) -> Iterator[_Gap]:
    before_at, after_at = gap.before_from, gap.after_from
    for anchor in anchors:
        yield _Gap(before_at, anchor.before, after_at, anchor.after)
        before_at, after_at = anchor.before + 1, anchor.after + 1
    yield _Gap(before_at, gap.before_to, after_at, gap.after_to)


def _greedy(old: list[str], new: list[str], gap: _Gap) -> Iterator[_Match]:
    """Myers' algorithm over the gap; nothing where more than MOST_EDITS edits would be needed."""
    left, right = old[gap.before_from : gap.before_to], new[gap.after_from : gap.after_to]
    rounds = _furthest(left, right)
    if rounds is None:
        return
    x, y = len(left), len(right)
    for edits in range(len(rounds) - 1, -1, -1):
        reached, diagonal = rounds[edits], x - y
        is_down = diagonal == -edits or (
            diagonal != edits and reached.get(diagonal - 1, -1) < reached.get(diagonal + 1, -1)
        )
        came_from = diagonal + 1 if is_down else diagonal - 1
        from_x = reached.get(came_from, 0) if edits else 0
        snake_x = (from_x if is_down else from_x + 1) if edits else 0
        if x > snake_x:
            yield _Match(gap.before_from + snake_x, gap.after_from + snake_x - diagonal, x - snake_x)
        x, y = from_x, from_x - came_from


def _furthest(left: list[str], right: list[str]) -> list[dict[int, int]] | None:
    """Per number of edits, how far each diagonal had been reached before them; None when there are too many."""
    reached: dict[int, int] = {1: 0}
    rounds: list[dict[int, int]] = []
    for edits in range(min(len(left) + len(right), MOST_EDITS) + 1):
        rounds.append(dict(reached))
        for diagonal in range(-edits, edits + 1, 2):
            reached[diagonal] = x = _slide(left, right, _step(reached, diagonal, edits), diagonal)
            if x >= len(left) and x - diagonal >= len(right):
                return rounds
    return None


def _step(reached: dict[int, int], diagonal: int, edits: int) -> int:
    below, beside = reached.get(diagonal + 1, -1), reached.get(diagonal - 1, -1)
    is_down = diagonal == -edits or (diagonal != edits and beside < below)
    return below if is_down else beside + 1


def _slide(left: list[str], right: list[str], x: int, diagonal: int) -> int:
    y = x - diagonal
    while x < len(left) and y < len(right) and left[x] == right[y]:
        x, y = x + 1, y + 1
    return x


def _pieces(old: list[str], new: list[str], matches: list[_Match]) -> Iterator[Piece]:
    before_at = after_at = 0
    for match in [*matches, _Match(len(old), len(new), 0)]:
        yield Piece(Kind.GONE, "".join(old[before_at : match.before]))
        yield Piece(Kind.NEW, "".join(new[after_at : match.after]))
        yield Piece(Kind.SAME, "".join(old[match.before : match.before + match.size]))
        before_at, after_at = match.before + match.size, match.after + match.size


def _readable(pieces: list[Piece]) -> list[Piece]:
    """What stayed between two larger changes counts as changed with them: phrases read better than confetti."""
    found = list(_merged(piece for piece in pieces if piece.text))
    for _ in range(ROUNDS):
        swallowed = _swallowed(found)
        if swallowed == found:
            break
        found = swallowed
    return found


def _swallowed(pieces: list[Piece]) -> list[Piece]:
    """The pieces, merged, without the unchanged ones that are no longer than the changes around them on average."""
    sizes = _change_sizes(pieces)
    kept: list[Piece] = []
    for piece, (before_it, after_it) in zip(pieces, sizes, strict=True):
        if piece.kind is Kind.SAME and before_it and after_it and 2 * len(piece.text) <= before_it + after_it:
            kept += [Piece(Kind.GONE, piece.text), Piece(Kind.NEW, piece.text)]
        else:
            kept.append(piece)
    return list(_merged(kept))


def _change_sizes(pieces: list[Piece]) -> list[tuple[int, int]]:
    """For every piece the length of the larger of what went and what came, right before it and right after it."""
    ahead = _sizes_before(pieces)
    behind = _sizes_before(pieces[::-1])[::-1]
    return list(zip(ahead, behind, strict=True))


def _sizes_before(pieces: list[Piece]) -> list[int]:
    sizes: list[int] = []
    size = 0
    for piece in pieces:
        sizes.append(size)
        size = 0 if piece.kind is Kind.SAME else max(size, len(piece.text))
    return sizes


def _merged(pieces: Iterable[Piece]) -> Iterator[Piece]:
    """Between two unchanged stretches: all that went, then all that came."""
    for is_same, group in groupby(pieces, key=lambda piece: piece.kind is Kind.SAME):
        stretch = list(group)
        for kind in (Kind.SAME,) if is_same else (Kind.GONE, Kind.NEW):
            if text := "".join(piece.text for piece in stretch if piece.kind is kind):
                yield Piece(kind, text)
