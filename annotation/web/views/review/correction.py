"""The correction as it is typed: what it starts from, and how far it is from that."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from annotation.domain.datasets import schemas
from annotation.domain.datasets.content import RowContent, pretty
from annotation.domain.queues import blindness
from annotation.domain.queues.rubric import Rubric
from annotation.domain.queues.sight import Sight
from annotation.domain.reviews import assertions, correct, diff, diff_json, masked, originals, presented
from annotation.domain.reviews.content import ReviewInput
from annotation.domain.reviews.diff import Kind, Piece
from annotation.domain.reviews.diff_json import Line
from annotation.domain.reviews.originals import Original
from annotation.domain.traces.conversation.clip import clip
from annotation.models import Dataset, Item, Trace
from annotation.web.forms import review_fields
from annotation.web.forms.review_sent import Sent


@dataclass(frozen=True, slots=True)
class ShownCorrection:
    """The text area with its diff: `pieces` of a text, or `lines` of JSON; neither while nothing is changed.

    `misfit` says why the dataset would not take it as a row. `size` is set (to the bytes) where the original is so
    long that it is loaded only when asked for; the text area is empty until then.
    """

    format: str
    text: str
    is_changed: bool
    pieces: tuple[Piece, ...]
    lines: tuple[Line, ...]
    dataset: Dataset | None
    problem: str = ""
    misfit: str = ""
    size: int = 0

    @property
    def gone_count(self) -> int:
        """Words that went."""
        return diff.word_count(self._pieces(), Kind.GONE)

    @property
    def new_count(self) -> int:
        """Words that came."""
        return diff.word_count(self._pieces(), Kind.NEW)

    def _pieces(self) -> tuple[Piece, ...]:
        return self.pieces or tuple(
            Piece(line.kind, piece.text) if piece.kind is Kind.SAME else piece
            for line in self.lines
            for piece in line.pieces
        )


def original(item: Item, given: ReviewInput, seen: Sight, *, trace: Trace | None = None) -> Original:
    """What the correction starts from, as far as the queue shows it; not masked yet. `trace` as for `originals.original`."""
    found = originals.original(item, own_run(item, given.corrected_run_uuid), given.corrected_part, trace=trace)
    is_veiled = item.kind == Item.Kind.PAIR or blindness.read(item.queue.blindness).model
    return presented.original(found, seen, is_veiled=is_veiled)


def own_run(item: Item, run: UUID | None) -> UUID | None:
    """The run, if it is a step of the item: whoever sends a form may name any."""
    return run if run and originals.has_run(item, run) else None


def format_of(source: Original) -> str:
    """Text where a person can read the output, else JSON."""
    return review_fields.TEXT if source.text.strip() or source.outputs in (None, {}, []) else review_fields.JSON


def _begun(source: Original) -> str:
    """What stands in the text area at first."""
    return source.text if format_of(source) == review_fields.TEXT else review_fields.correction_text(source.outputs)


LARGEST_AT_ONCE = 100_000
"""A longer original (in characters) is loaded when somebody wants to correct it."""


def masked_source(source: Original, given: ReviewInput, seen: Sight, *, is_whole: bool = False) -> Original:
    """What the correction starts from, masked as far as the page shows it: what is left out for its size is not read for it."""
    is_begun = given.correction not in (None, "") or is_whole
    if seen.mask and not is_begun and len(_begun(source)) > LARGEST_AT_ONCE:
        return source
    return masked.original(source, seen)


def shown(source: Original, given: ReviewInput, dataset: Dataset | None, *, is_whole: bool = False) -> ShownCorrection:
    """The correction as given, else the original to start from; a very long one only with `is_whole`."""
    kind, taking = format_of(source), _open(dataset)
    typed = given.correction
    if typed is None or typed == "":
        text = _begun(source)
        is_left_out = len(text) > LARGEST_AT_ONCE and not is_whole
        size = len(text.encode(errors="replace")) if is_left_out else 0
        text = "" if is_left_out else text
        return ShownCorrection(kind, text, is_changed=False, pieces=(), lines=(), dataset=taking, size=size)
    pieces, lines, problem = _difference(source, kind, typed)
    is_changed = bool(problem) or diff.is_changed(pieces) or bool(lines)
    return ShownCorrection(
        kind,
        review_fields.correction_text(typed),
        is_changed,
        diff.shortened(pieces) if is_changed else (),
        lines,
        taking,
        problem,
        _misfit(source, typed, taking) if is_changed and not problem else "",
    )


def row(source: Original, sent: Sent, rubric: Rubric, dataset: Dataset | None) -> dict[str, Any]:
    """The parts of the row that would come out, as JSON, and what the dataset has against them."""
    given, taking = sent.given, _open(dataset)
    said = assertions.of_answers(rubric, given.answers)
    if sent.problems or (given.correction is None and not said):
        return {"dataset": taking, "parts": [], "misfits": [problem.message for problem in sent.problems]}
    content = correct.row_of(source, given.correction, said)
    misfits = schemas.read(taking.schema).problems(content) if taking and taking.schema else {}
    hidden = "inputs" if source.inputs is None else ""
    shown = [name for name in _ROW if name != hidden]
    parts = [(name, clip(pretty(getattr(content, name)), "", characters=LONGEST_PART, lines=400)) for name in shown]
    told = [f"{part}: {words}" for part, words in misfits.items() if part != hidden]
    return {"dataset": taking, "parts": parts, "misfits": told, "hidden": hidden}


_ROW = ("inputs", "outputs", "metadata")
LONGEST_PART = 12_000


def _misfit(source: Original, typed: Any, dataset: Dataset | None) -> str:
    """What the schema of the dataset has against the corrected outputs."""
    if dataset is None or not dataset.schema:
        return ""
    outputs = {"output": typed} if isinstance(typed, str) else typed
    found = schemas.read(dataset.schema).problems(RowContent(inputs=source.inputs, outputs=outputs))
    return found.get("outputs", "")


def _difference(source: Original, kind: str, typed: Any) -> tuple[tuple[Piece, ...], tuple[Line, ...], str]:
    if kind == review_fields.TEXT:
        before = source.text.replace("\r\n", "\n")
        return diff.words(before, review_fields.correction_text(typed)), (), ""
    if isinstance(typed, str):
        return (), (), "Not JSON yet"
    node = diff_json.structure(source.outputs, typed)
    return (), () if isinstance(node, diff_json.Whole) else diff_json.lines(node), ""


def _open(dataset: Dataset | None) -> Dataset | None:
    return dataset if dataset is not None and dataset.archived_at is None else None
