"""A trajectory as pages show it: rows of the outline and turns, each with its addresses. For the trace and the review."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from itertools import groupby
from urllib.parse import urlencode
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse

from annotation.domain import markdown
from annotation.domain.masking.tokens import shortened
from annotation.domain.queues.sight import WHOLE, Sight
from annotation.domain.reviews import presented
from annotation.domain.traces import veiled
from annotation.domain.traces.conversation import Turn, TurnKind
from annotation.domain.traces.trajectory import WINDOW, OutlineRun, Trajectory, without_content
from annotation.models import Run, Trace
from annotation.web.http import MemberRequest

#: Types whose runs the outline's filter "calls" keeps.
CALLS = frozenset({Run.Type.LLM, Run.Type.TOOL, Run.Type.RETRIEVER, Run.Type.RERANKER, Run.Type.EMBEDDING})
DEEPEST_INDENT = 8

#: A name that more model calls of a trace have says nothing.
OFTEN = 3
_LONGEST_GIST = 60
_ONE_ARGUMENT = re.compile(r'\w+="((?:[^"\\]|\\.)*)"?')

#: Rows of the outline that a page begins with; the rest is loaded as somebody gets there.
OUTLINE_ROWS = 2 * WINDOW


@dataclass(frozen=True, slots=True)
class OutlineRow:
    """A step in the outline. `thumb` is "up" or "down" where somebody gave the run one.

    `gist` is the beginning of what it did, where that has been read; `is_named`: its name tells it from other steps.
    """

    run: OutlineRun
    indent: int
    address: str
    is_call: bool
    is_current: bool
    thumb: str
    gist: str = ""
    is_named: bool = True


@dataclass(frozen=True, slots=True)
class OutlinePart:
    """Some rows of the outline, and the addresses of those above and below; empty where there are none to load."""

    rows: list[OutlineRow]
    earlier: str = ""
    earlier_count: int = 0
    later: str = ""
    later_count: int = 0


@dataclass(frozen=True, slots=True)
class ShownTurn:
    """A turn with the id of its element and the address of its step's details (empty: they are hidden, as are times)."""

    turn: Turn
    id: str
    details: str
    is_current: bool
    is_timed: bool = False


@dataclass(frozen=True, slots=True)
class Stretch:
    """Turns that stand together; those said before this trace began are folded."""

    is_earlier: bool
    turns: list[ShownTurn]


@dataclass(frozen=True)
class ShownTrajectory:
    """What `components/outline.html` and `components/trajectory.html` are given.

    `page` is the address of the page around it; `query` what it carries besides the step. `prefix` keeps the ids of
    two trajectories on one page apart. `is_veiled`: which model answered is not told. `item` is the outside id of the
    item through which the trace is seen, where that shows less than there is; `has_raw`: steps open to what they carry; `has_times`:
    turns say when they began. `facts` stand above the conversation, by name.
    """

    trajectory: Trajectory
    workspace: str
    page: str
    query: Mapping[str, str] = field(default_factory=dict)
    prefix: str = ""
    is_raw: bool = False
    thumbs: Mapping[UUID, str] = field(default_factory=dict)
    is_veiled: bool = False
    item: str = ""
    has_raw: bool = True
    has_times: bool = True
    facts: Sequence[tuple[str, str]] = ()

    @property
    def step_count(self) -> int:
        """How many steps the trace has in all."""
        return len(self.trajectory.steps)

    @property
    def outline(self) -> OutlinePart:
        """The outline from the window on, as the page begins with it."""
        start = self.trajectory.window.earlier_count
        return self._part(start, start + OUTLINE_ROWS)

    def outline_before(self, stop: int, most: int = OUTLINE_ROWS) -> OutlinePart:
        """At most so many rows above the index `stop`."""
        return replace(self._part(max(stop - most, 0), stop), later="")

    def outline_after(self, start: int, most: int = OUTLINE_ROWS) -> OutlinePart:
        """At most so many rows from the index `start` on."""
        return replace(self._part(start, start + most), earlier="")

    def _part(self, start: int, stop: int) -> OutlinePart:
        left = max(self.step_count - stop, 0)
        return OutlinePart(
            list(self._rows(start, stop)),
            earlier=self._more("outline_before", start) if start > 0 else "",
            earlier_count=start,
            later=self._more("outline_after", stop) if left else "",
            later_count=left,
        )

    def _more(self, name: str, index: int) -> str:
        return f"{self.page}?{urlencode({**self.query, 'trace': str(self.trajectory.trace.uuid), name: index})}"

    def _rows(self, start: int, stop: int) -> Iterator[OutlineRow]:
        current, anchors, base = self.trajectory.at, self.trajectory.window.conversation.anchors, self._page("")
        for step in self.trajectory.steps[start:stop]:
            turn = anchors.get(step.run.uuid)
            yield OutlineRow(
                step.run,
                min(step.depth, DEEPEST_INDENT),
                f"{base}{step.run.uuid}" if turn is None else f"{base}{step.run.uuid}#{self.prefix}turn-{turn}",
                step.run.type in CALLS,
                step.run.uuid == current,
                self.thumbs.get(step.run.uuid, ""),
                self.gists.get(step.run.uuid, ""),
                self.is_named(step.run),
            )

    @cached_property
    def gists(self) -> dict[UUID, str]:
        """What the steps of the window did, in a few words."""
        return gists_of(self.trajectory.window.conversation.turns)

    def is_named(self, run: OutlineRun) -> bool:
        """Whether its name tells the run from others of the trace."""
        return run.type != Run.Type.LLM or self._names[run.name] <= OFTEN

    @cached_property
    def _names(self) -> Counter[str]:
        return Counter(step.run.name for step in self.trajectory.steps if step.run.type == Run.Type.LLM)

    def turns(self) -> Iterator[ShownTurn]:
        """The turns of the window."""
        base = reverse("trace-detail", args=[self.workspace, self.trajectory.trace.uuid])
        named = {"veiled": "1"} if self.is_veiled else {}
        named |= {"item": self.item} if self.item else {}
        veil = f"?{urlencode(named)}" if named else ""
        conversation = self.trajectory.window.conversation
        at = conversation.anchors.get(self.trajectory.at) if self.trajectory.at else None
        for index, turn in enumerate(conversation.turns):
            details = f"{base}steps/{turn.run}/{veil}" if self.has_raw else ""
            yield ShownTurn(turn, f"{self.prefix}turn-{index}", details, index == at, self._is_timed)

    @property
    def _is_timed(self) -> bool:  # a transcript without times only keeps its order: a microsecond from step to step
        return self.has_times and (self.trajectory.trace.latency_ms or 0) >= 1

    def stretches(self) -> list[Stretch]:
        """The turns of the window, those of earlier traces apart from those of this one."""
        return [Stretch(is_earlier, list(turns)) for is_earlier, turns in groupby(self.turns(), _is_earlier)]

    @property
    def earlier_questions(self) -> int:
        """How many earlier turns of the thread the model was given again."""
        turns = self.trajectory.window.conversation.turns
        return sum(turn.is_earlier and turn.kind is TurnKind.USER for turn in turns)

    @cached_property  # each of its turns asks
    def text_address(self) -> str:
        """Where a cut text is had whole, when its place is put behind."""
        base = reverse("trace-text", args=[self.workspace, self.trajectory.trace.uuid])
        named = ({"raw": "1"} if self.is_raw else {}) | ({"item": self.item} if self.item else {})
        return f"{base}?{urlencode({**named, 'at': ''})}"

    @cached_property
    def image_address(self) -> str:
        """Where an image of the trace is had, when its place is put behind."""
        base = reverse("trace-image", args=[self.workspace, self.trajectory.trace.uuid])
        return f"{base}?{urlencode({**({'item': self.item} if self.item else {}), 'at': ''})}"

    @property
    def earlier(self) -> str:
        """The address of the stretch of steps above; empty at the beginning."""
        before = self.trajectory.window.before
        return self._page(before) if before else ""

    @property
    def later(self) -> str:
        """The address of the stretch of steps below; empty at the end."""
        after = self.trajectory.window.after
        return self._page(after) if after else ""

    @property
    def other_form(self) -> str:
        """The same page with raw texts instead of rendered ones, or the other way round."""
        query = dict(self.query) | ({"step": str(self.trajectory.at)} if self.trajectory.at else {})
        if self.is_raw:
            query.pop("raw", None)
        else:
            query["raw"] = "1"
        return f"{self.page}?{urlencode(query)}" if query else self.page

    def _page(self, step: UUID | str) -> str:
        return f"{self.page}?{urlencode({**self.query, 'step': str(step)})}"


def gists_of(turns: Iterable[Turn]) -> dict[UUID, str]:
    """What each run did, in a few words: arguments of a tool, what a model said, or which tools it asked for."""
    found: dict[UUID, str] = {}
    asked: dict[UUID, list[str]] = {}
    for turn in turns:
        if turn.is_earlier:
            continue  # the model was given it, the run did not do it
        if turn.tool:
            alone = _ONE_ARGUMENT.fullmatch(turn.tool.summary)
            found.setdefault(turn.run, alone[1].replace('\\"', '"') if alone else turn.tool.summary)
            if turn.asked_by and turn.asked_by != turn.run:
                asked.setdefault(turn.asked_by, []).append(turn.tool.name)
        elif turn.kind is TurnKind.ASSISTANT:
            found[turn.run] = markdown.plain(shortened(turn.text.text, 2 * _LONGEST_GIST))
    asks = {run: f"→ {', '.join(dict.fromkeys(names))}" for run, names in asked.items()}
    return {run: shortened(" ".join(words.split()), _LONGEST_GIST) for run, words in {**asks, **found}.items()}


def is_more_of_outline(request: MemberRequest) -> bool:
    """Whether a page asks for rows of its outline alone."""
    return "outline_before" in request.GET or "outline_after" in request.GET


def more_of_outline(
    request: MemberRequest,
    trace: Trace,
    *,
    page: str,
    thumbs: Mapping[UUID, str],
    query: Mapping[str, str] | None = None,
    is_veiled: bool = False,
    sight: Sight = WHOLE,
) -> HttpResponse:
    """The rows above or below those that the page has: `?outline_before=` or `?outline_after=` an index from 0.

    With `outline_rest`, for a filter that few of them pass, all that there are.
    """
    raw = {"raw": "1"} if "raw" in request.GET else {}
    bare = presented.trajectory(without_content(trace), sight)
    shown = ShownTrajectory(
        veiled.trajectory(bare) if is_veiled else bare,
        request.workspace.slug,
        page,
        {**(query or {}), **raw},
        thumbs=thumbs,
    )
    before, after = (_index(request.GET.get(name, "")) for name in ("outline_before", "outline_after"))
    most = shown.step_count if "outline_rest" in request.GET else OUTLINE_ROWS
    part = shown.outline_before(before, most) if before is not None else shown.outline_after(after or 0, most)
    return render(request, "components/outline_rows.html", {"part": part})


def _index(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 9 else None


def _is_earlier(shown: ShownTurn) -> bool:
    return shown.turn.is_earlier
