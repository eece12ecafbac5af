"""What is said with a review, as somebody reads it from whom personal data is kept, and back to what it stands for.

Corrections, evidence and assertions are kept as they are in the trace: what a dataset learns from has to be the real thing.
Notes and other texts stay as they were typed: they are the reviewer's own words about what they saw.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from itertools import chain
from typing import Any

from django.db.models import Q

from annotation.domain.masking import Mask
from annotation.domain.masking.mask import MOST_WORK
from annotation.domain.masking.tokens import TOKEN, Spelling, by_token, restored
from annotation.domain.queues import sight as sights
from annotation.domain.queues.queries import ItemRow
from annotation.domain.queues.reasons import Reason
from annotation.domain.queues.sight import Sight
from annotation.domain.reviews import originals
from annotation.domain.reviews.content import Evidence, ReviewInput
from annotation.domain.reviews.corrections import Answer
from annotation.domain.reviews.history import as_input
from annotation.domain.reviews.originals import Original
from annotation.domain.reviews.rubric import AnswerProblem, InvalidReviewError
from annotation.models import Feedback, Item, Review, Run, Trace, User

_PATIENCE = 4
"""Times of what is done for a page: what a token stands for has to be found, and few are looked for."""

_OF_RUN = ("output_text", "input_text", "messages", "tool", "documents", "outputs", "inputs", "error_message")
_BESIDE = ("name", "error_type", "error_stack", "attributes", "metadata", "events", "resource", "tags")
"""What a step says in its dialog only."""


def given(content: ReviewInput, sight: Sight) -> ReviewInput:
    """What fills the form."""
    if sight.mask is None:
        return content
    mask = sight.mask
    answers = {
        key: mask.json(answer) if isinstance(answer, list) else answer for key, answer in content.answers.items()
    }
    update = {"correction": mask.json(content.correction), "answers": answers}
    return content.model_copy(update={**update, "evidence": tuple(evidence(content.evidence, sight))})


def answers(said: Iterable[Answer], sight: Sight) -> tuple[Answer, ...]:
    """Answers in words."""
    return tuple(replace(one, answer=sight.text(one.answer)) for one in said)


def evidence(marked: Iterable[Evidence], sight: Sight) -> list[Evidence]:
    """Passages that speak for labels."""
    return [one.model_copy(update={"text": sight.text(one.text)}) for one in marked]


def reason(why: Reason, sight: Sight) -> Reason:
    """Why the item is there."""
    if sight.mask is None:
        return why
    seen = tuple(
        one.model_copy(update={"value": sight.json(one.value), "comment": sight.text(one.comment)}) for one in why.seen
    )
    said = {"filter": sight.text(why.filter), "why": tuple(sight.text(words) for words in why.why)}
    return why.model_copy(update={**said, "seen": seen})


def row(one: ItemRow, sight: Sight) -> ItemRow:
    """An item in a reviewer's list, its item and trace changed in memory only; the words of the trace where all is shown of it."""
    if one.trace is not None:
        one.trace.name = sight.text(one.trace.name or "")
        one.trace.input = "" if sight.presentation.hides_anything else sight.text(one.trace.input or "")
    if one.item.thread_id is not None:
        one.item.thread_id = sight.text(one.item.thread_id)
    one.item.flag_reason = sight.text(one.item.flag_reason)
    return replace(one, reason=reason(one.reason, sight))


def feedback(said: list[Feedback], sight: Sight) -> list[Feedback]:
    """What was said about the traces, changed in memory only."""
    if sight.mask is not None:
        for one in said:
            one.comment, one.value, one.correction = (
                sight.json(one.comment), sight.json(one.value), sight.json(one.correction)
            )  # fmt: skip
    return said


def original(source: Original, sight: Sight, *, with_inputs: bool = False) -> Original:
    """What a correction starts from; its inputs only where they are shown."""
    if sight.mask is None:
        return source
    outputs = source.outputs if source.text.strip() else sight.json(source.outputs)  # of a text nothing else is shown
    inputs = sight.json(source.inputs) if with_inputs else {}
    return replace(source, text=sight.text(source.text), outputs=outputs, inputs=inputs)


def earlier(content: ReviewInput, item: Item) -> Mask | None:
    """What puts back tokens that a queue showed before its masking was changed; None where none was sent."""
    return sights.earlier(item) if has_tokens(content) else None


def has_tokens(content: ReviewInput) -> bool:
    """Whether anything stands in it that may stand for something else."""
    lists = [answer for answer in content.answers.values() if isinstance(answer, list)]
    return any(_tokens([content.correction, [one.text for one in content.evidence], lists]))


@dataclass(frozen=True, slots=True)
class Unmasked:
    """What was submitted with values in place of tokens, and by part or question the tokens whose values are gone."""

    content: ReviewInput
    lost: Mapping[str, str] = field(default_factory=dict)

    def require_whole(self) -> ReviewInput:
        """The content; InvalidReviewError where a token in it stands for something that nobody knows any more."""
        if not self.lost:
            return self.content
        problems = (
            AnswerProblem(part, _GONE.format(token, _AGAIN.get(part, _TYPE))) for part, token in self.lost.items()
        )
        raise InvalidReviewError(tuple(problems))


_GONE = "What {} stands for is not in this item, and is no longer known from what you typed: {}."
_TYPE = "type it again in its place"
_AGAIN = {"labels": "mark that passage again"}


def put_back(content: ReviewInput, item: Item, by: User, mask: Mask) -> Unmasked:
    """What was submitted, with values where tokens still stand; one that has stood for nothing in the item stays."""
    mask.left = _PATIENCE * MOST_WORK
    before = Review.objects.select_related("rubric").filter(item=item, reviewer=by).first()
    kept = as_input(before) if before else ReviewInput()
    source = originals.original(item, content.corrected_run_uuid, content.corrected_part)
    corrected = source.text if isinstance(content.correction, str) else source.outputs
    values = _Values(mask, corrected, _stood(item, kept, mask))
    quoted = {mask.text(one.text): one.text for one in kept.evidence}
    marked = tuple(
        one.model_copy(update={"text": quoted.get(one.text) or values.put_back("labels", one.text)})
        for one in content.evidence
    )
    answers = {
        key: values.put_back(key, answer, kept.answers.get(key)) if isinstance(answer, list) else answer
        for key, answer in content.answers.items()
    }
    correction = values.put_back("correction", content.correction, kept.correction)
    update = {"correction": correction, "evidence": marked, "answers": answers}
    return Unmasked(content.model_copy(update=update), values.lost)


def retyped(content: ReviewInput, before: ReviewInput, mask: Mask) -> ReviewInput:
    """What is typed now, with what the person typed themselves before where its token stands.

    The page masks their own words as well when it shows them again, and nothing in the item says what these stood for.
    """
    mask.left = _PATIENCE * MOST_WORK
    typed = [before.correction, *(answer for answer in before.answers.values() if isinstance(answer, list))]
    known = by_token(mask.stood(typed))
    answers = {
        key: restored(answer, known) if isinstance(answer, list) else answer for key, answer in content.answers.items()
    }
    return content.model_copy(update={"correction": restored(content.correction, known), "answers": answers})


class _Values:
    """What tokens stand for: in what is corrected, else somewhere in the item, read no further than is asked for."""

    def __init__(self, mask: Mask, corrected: Any, elsewhere: Iterator[tuple[str, Spelling]]) -> None:
        self._mask, self._known, self._left = mask, by_token(mask.stood(corrected)), elsewhere
        self.lost: dict[str, str] = {}

    def put_back(self, part: str, value: Any, was: Any = None) -> Any:
        """The value with its tokens put back; `was` is what it was before, which it is again if it reads the same.

        One whose value stands nowhere goes to `lost` under its part of the review; it stays where not all could be looked through.
        """
        if was is not None and self._mask.json(was) == value:
            return was
        wanted = {token for token in _tokens(value) if self._mask.has_called(token)} - self._known.keys()
        while wanted and (found := next(self._left, None)):
            self._known.setdefault(found[0], []).append(found[1])
            wanted.discard(found[0])
        gone = [token for token in sorted(wanted) if self._mask.has_numbered(token)]
        if gone and not self._mask.has_withheld:
            self.lost[part] = gone[0]
        return restored(value, self._known)


def _tokens(value: Any) -> Iterator[str]:
    match value:
        case str():
            yield from (token[0] for token in TOKEN.finditer(value))
        case dict():
            for key, entry in value.items():
                yield from chain(_tokens(str(key)), _tokens(entry))
        case list():
            for entry in value:
                yield from _tokens(entry)


def _stood(item: Item, kept: ReviewInput, mask: Mask) -> Iterator[tuple[str, Spelling]]:
    """All tokens of the item, those of the person's earlier review first, then trace by trace and step by step, then those of
    the turns before, then what stands beside the conversation.
    """
    yield from mask.stood([kept.correction, [one.text for one in kept.evidence], list(kept.answers.values())])
    rows = Trace.objects.filter(workspace=item.workspace_id, uuid__in=originals.traces_of(item))
    traces = list(rows.order_by("started_at", "id"))
    for trace in traces:
        yield from mask.stood([trace.output, trace.input])
        yield from _of_runs(trace, _OF_RUN, mask)
    for before in originals.shown_before(item):
        yield from mask.stood([before.output, before.input])
    yield from mask.stood([item.reason, item.flag_reason, item.thread_id, *_said(item, traces)])
    for trace in traces:
        yield from mask.stood([trace.name, trace.metadata, trace.tags])
        yield from _of_runs(trace, _BESIDE, mask)


def _of_runs(trace: Trace, names: tuple[str, ...], mask: Mask) -> Iterator[tuple[str, Spelling]]:
    for run in Run.objects.filter(trace=trace).only("id", *names).order_by("start_nano", "id").iterator(50):
        for name in names:
            yield from mask.stood(getattr(run, name))


def _said(item: Item, traces: list[Trace]) -> Iterator[Any]:
    """What was said of the traces and of their thread, whoever is told."""
    about = Q(trace_uuid__in=[trace.uuid for trace in traces])
    if item.kind == Item.Kind.THREAD:
        about |= Q(target=Feedback.Target.THREAD, thread_id=item.thread_id)
    said = Feedback.objects.filter(about, workspace=item.workspace_id).order_by("created_at", "id")
    yield from chain.from_iterable(said.values_list("comment", "value", "correction"))
