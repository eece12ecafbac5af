"""What a trace, a run or a review gives to a row: its content, and where it came from."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.db.models import Case, Q, When

from annotation.domain.datasets.content import RowContent
from annotation.domain.datasets.provenance import Origin, Provenance
from annotation.domain.datasets.versions import Source
from annotation.models import Item, Review, Run, Trace, User

_WHOLE = (Run.Type.AGENT, Run.Type.CHAIN, Run.Type.OTHER)
"""What a root is that stands for all its trace, rather than for the first of its steps."""


def content_of_trace(trace: Trace, *, until: Run | None = None) -> RowContent:
    """What the user asked, and what they finally got, as the root run keeps it.

    Where single steps stand side by side without one for the whole, such as those of a transcript, the last model call among them
    speaks for it: it was given the conversation so far. `until`: only up to the run that this one answers to.
    """
    speaker = _speaker(trace, until)
    inputs, outputs = (speaker.inputs, speaker.outputs) if speaker else (None, None)
    return RowContent(
        inputs={"input": trace.input or ""} if inputs is None else inputs,
        outputs=({"output": trace.output} if trace.output else None) if outputs is None else outputs,
    )


def _speaker(trace: Trace, until: Run | None) -> Run | None:
    if trace.root_run_uuid is None:
        return None
    tops = Run.objects.filter(trace=trace, parent_uuid=None)
    speaks = Q(type__in=(Run.Type.LLM, Run.Type.AGENT))
    if until:
        tops = tops.filter(Q(start_nano__lt=until.start_nano) | Q(uuid=trace.root_run_uuid))
    else:
        speaks &= Q(output_text__isnull=False)
    is_whole = Q(uuid=trace.root_run_uuid, type__in=_WHOLE)
    ordered = tops.order_by(Case(When(is_whole, then=0), When(speaks, then=1), default=2), "-start_nano", "-id")
    return ordered.only("inputs", "outputs").first()


def content_of_run(run: Run) -> RowContent:
    """What went into a run, and what came out of it."""
    inputs: Any = {"input": run.input_text or ""} if run.inputs is None else run.inputs
    outputs: Any = ({"output": run.output_text} if run.output_text else None) if run.outputs is None else run.outputs
    return RowContent(inputs=inputs, outputs=outputs)


def of_trace(trace: Trace, *, by: User) -> Source:
    """A row that somebody took from a trace."""
    return Source(Provenance(origin=Origin.TRACE, trace_id=trace.uuid, accepted_by=str(by)), accepted_by=by)


def of_run(run: Run, trace: Trace, *, by: User) -> Source:
    """A row that somebody took from one run of a trace."""
    told = Provenance(origin=Origin.RUN, trace_id=trace.uuid, run_id=run.uuid, accepted_by=str(by))
    return Source(told, accepted_by=by)


def of_review(review: Review, *, by: User, trace: UUID | None = None) -> Source:
    """A row that `by` accepted from a review: the corrected trace and run, reviewer, and the rule behind the item."""
    items = Item.objects.select_related("queue", "decision__revision__rule")
    item = items.get(pk=review.item_id)
    revision = item.decision.revision if item.decision else None
    told = Provenance(
        origin=Origin.REVIEW,
        trace_id=trace or item.trace_uuid,
        run_id=review.corrected_run_uuid or item.run_uuid,
        review_id=review.uuid,
        reviewer=str(review.reviewer),
        is_corrected=review.correction is not None,
        accepted_by=str(by),
        queue=item.queue.name,
        item=item.number,
        rule=revision.rule.name if revision else None,
        rule_id=revision.rule.uuid if revision else None,
        rule_revision=revision.number if revision else None,
        probability=float(item.probability) if item.probability is not None else None,
    )
    return Source(told, review.pk, revision.pk if revision else None, by)
