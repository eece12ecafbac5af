"""A pair as its page shows it: rows of aligned turns, A beside B, without what would tell who is who."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import urlencode

from annotation.domain.reviews import comparing
from annotation.domain.reviews.comparing import Compared
from annotation.domain.traces.alignment import Mark, Row
from annotation.domain.traces.conversation import Turn
from annotation.domain.traces.trajectory import WINDOW, Trajectory
from annotation.models import Item, Trace
from annotation.web import sight
from annotation.web.http import MemberRequest
from annotation.web.trajectory import ShownTrajectory, ShownTurn
from annotation.web.views.review import walk
from annotation.web.views.review.trajectory import item_named, may_be_raw

MARKS = {Mark.ALIKE: "alike", Mark.DIFFERENT: "differs", Mark.LEFT: "only A", Mark.RIGHT: "only B"}
MOST_PARTS = 10_000


@dataclass(frozen=True, slots=True)
class ShownRow:
    """A row of the comparison; where both say the same, only `left` is shown, for both. `anchor` is the id to go to."""

    number: int
    left: ShownTurn | None
    right: ShownTurn | None
    mark: str
    words: str
    anchor: str
    name: str
    kind: str


@dataclass(frozen=True, slots=True)
class ShownPair:
    """What `review/pair.html` is given: both sides (None: the trace is not there), the rows, and the parts around."""

    left: ShownTrajectory | None
    right: ShownTrajectory | None
    rows: list[ShownRow]
    is_raw: bool
    other_form: str
    earlier: str
    later: str

    @property
    def different(self) -> int:
        """How many rows are not alike."""
        return sum(row.mark != Mark.ALIKE for row in self.rows)


def of(request: MemberRequest, item: Item, traces: Sequence[Trace], page: str) -> dict[str, Any]:
    """The context of the page beside the form; `?part=` is the stretch of a long pair, `?raw` shows texts as they came."""
    seen, part = sight.of(request, item), _part(request)
    is_raw = may_be_raw(request, seen)
    found = comparing.compared(item, request.user, traces, part=part, sight=seen)
    named = item_named(item, seen)
    left, right = (
        _side(request, side, page, prefix, named, is_raw=is_raw)
        for side, prefix in ((found.left, "a-"), (found.right, "b-"))
    )
    shown = ShownPair(
        left,
        right,
        list(_rows(found)),
        is_raw,
        _address(request, page, part, is_raw=not is_raw),
        _address(request, page, part - 1, is_raw=is_raw) if part else "",
        "" if found.is_last else _address(request, page, part + 1, is_raw=is_raw),
    )
    return {"pair": shown, "trajectories": [], "earlier": [], "steps": [], "answers": []}


def _side(
    request: MemberRequest, side: Trajectory | None, page: str, prefix: str, item: str, *, is_raw: bool
) -> ShownTrajectory | None:
    if side is None:
        return None
    slug = request.workspace.slug
    return ShownTrajectory(side, workspace=slug, page=page, prefix=prefix, is_raw=is_raw, item=item)


def _rows(found: Compared) -> Iterator[ShownRow]:
    for number, row in enumerate(found.rows, start=found.part * WINDOW + 1):
        turn = row.left or row.right
        assert turn is not None  # noqa: S101 -- a row has a side
        anchor = f"{'a' if row.left else 'b'}-turn-{number}"
        yield ShownRow(
            number,
            _blind(row.left, f"a-turn-{number}"),
            None if row.mark is Mark.ALIKE else _blind(row.right, f"b-turn-{number}"),
            row.mark.value,
            MARKS[row.mark],
            anchor,
            turn.tool.name if turn.tool else "",
            _icon(row, turn),
        )


def _blind(turn: Turn | None, identity: str) -> ShownTurn | None:
    """The turn without times and without its details, which name the model, the cost and the project."""
    if turn is None:
        return None
    return ShownTurn(replace(turn, latency_ms=None, model=None, carried=0), identity, "", is_current=False)


def _icon(row: Row[Turn], turn: Turn) -> str:
    sides = [side for side in (row.left, row.right) if side]
    return "error" if any(side.failure for side in sides) else turn.kind.value


def _part(request: MemberRequest) -> int:
    text = request.GET.get("part", "0")
    return min(int(text), MOST_PARTS) if text.isascii() and text.isdigit() and len(text) < 9 else 0


def _address(request: MemberRequest, page: str, part: int, *, is_raw: bool) -> str:
    query = walk.kept(request) | ({"part": str(part)} if part else {}) | ({"raw": "1"} if is_raw else {})
    return f"{page}?{urlencode(query)}" if query else page
