"""Judging single steps: each becomes feedback on its run, and none of them decides what the trace comes down to."""

from typing import Any
from uuid import uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from annotation.domain.datasets.writers import Format
from annotation.domain.queues import items, subjects
from annotation.domain.queues.assignment import Claim
from annotation.domain.queues.reasons import Reason
from annotation.domain.queues.rubric import Parts, Rubric
from annotation.domain.reviews import export, history, opening, rubric, undo
from annotation.domain.reviews.content import Evidence, ReviewInput, StepJudgement, read_draft
from annotation.domain.reviews.rubric import InvalidReviewError
from annotation.models import FailureMode, Feedback, Item, Review, Trace
from tests.domain.reviews.conftest import NOON, Bench
from tests.factories.queues import QueueFactory
from tests.factories.traces import RunFactory, TraceFactory

GOOD: dict[str, Any] = {"answers": {"thumbs": "up"}}


@pytest.mark.django_db
def test_a_step_that_was_bad_is_said_of_its_run_and_leaves_the_trace_good(bench: Bench) -> None:
    bench.claim(bench.one)
    step = {"run": bench.tool.uuid, "thumb": "down", "labels": ["Wrong tool", "wrong  tool"], "note": " timed out "}
    review = bench.submit(bench.one, **GOOD, steps=[step, {"run": bench.answer.uuid}])

    rows = Feedback.objects.filter(review=review, target="run").order_by("key")
    assert [(row.key, row.score, row.value, row.comment) for row in rows] == [
        ("label", None, "Wrong tool", None),
        ("note", None, None, "timed out"),
        ("step_thumb", 0.0, None, None),
    ]
    assert {(row.run_uuid, row.run_external_id, row.trace_uuid) for row in rows} == {
        (bench.tool.uuid, "00000000000000aa", bench.trace.uuid)
    }
    assert Trace.objects.get().verdict == "good"
    mode = FailureMode.objects.get()
    label = {"failure_mode": str(mode.uuid), "name": "Wrong tool"}
    assert Review.objects.get().steps == [
        {"run": str(bench.tool.uuid), "thumb": "down", "labels": [label], "note": "timed out"}
    ]


@pytest.mark.django_db
def test_undo_gives_the_steps_back(bench: Bench) -> None:
    bench.claim(bench.one)
    step = StepJudgement(run=bench.tool.uuid, thumb="up", labels=("Odd",), note="fine")
    review = bench.submit(bench.one, **GOOD, steps=[step])
    assert history.as_input(review).steps == (step,)
    undo.undo(review=review, by=bench.one, now=NOON)
    assert not Feedback.objects.exists()
    claim = bench.claim(bench.one)
    assert opening.opened(Claim(claim, None), by=bench.one).content.steps == (step,)


@pytest.mark.django_db
def test_a_step_of_another_trace_is_refused_and_nothing_is_lost(bench: Bench) -> None:
    bench.claim(bench.one)
    foreign = RunFactory(trace=TraceFactory(project=bench.trace.project))
    with pytest.raises(InvalidReviewError) as refused:
        bench.submit(bench.one, **GOOD, steps=[{"run": foreign.uuid, "thumb": "down"}])
    assert list(refused.value.by_key) == ["steps"]
    kept = opening.opened(Claim(bench.item, None), by=bench.one).content
    assert [step.run for step in kept.steps] == [foreign.uuid]


@pytest.mark.django_db
def test_the_export_has_them(bench: Bench) -> None:
    bench.claim(bench.one)
    bench.submit(bench.one, **GOOD, steps=[{"run": bench.tool.uuid, "thumb": "up"}])
    line = b"".join(export.stream(bench.queue, Format.JSONL)).decode()
    assert f'"steps":[{{"answers":{{}},"labels":[],"note":"","run":"{bench.tool.uuid}","thumb":"up"}}]' in line


@pytest.mark.django_db
def test_passages_marked_in_another_queue_are_the_persons_own(bench: Bench) -> None:
    bench.claim(bench.one)
    passage = {"label": "Tone", "run": bench.answer.uuid, "text": "all of it"}
    bench.submit(bench.one, **GOOD, labels=["Tone"], evidence=[passage])
    other = QueueFactory(workspace=bench.queue.workspace)
    (item,) = items.add(queue=other, subjects=[subjects.of_trace(bench.trace.uuid)], reason=Reason()).added

    assert opening.marked_before(item, [bench.trace], bench.one) == [Evidence.model_validate(passage)]
    assert opening.marked_before(item, [bench.trace], bench.other) == []
    assert opening.marked_before(Item.objects.get(pk=bench.item.pk), [bench.trace], bench.one) == []


@pytest.mark.parametrize(
    "step", [{"thumb": "sideways"}, {"note": "x" * 20_001}, {"labels": ["x" * 121]}, {"labels": [str(n) for n in range(51)]}]
)  # fmt: skip
def test_what_does_not_fit_is_named(step: dict[str, object]) -> None:
    given_ = ReviewInput.model_validate({"steps": [{"run": uuid4(), **step}]})
    with pytest.raises(InvalidReviewError) as refused:
        rubric.validate(Rubric(), given_)
    assert list(refused.value.by_key) == ["steps"]


_STEPS = st.builds(
    StepJudgement,
    run=st.sampled_from([uuid4(), uuid4()]),
    thumb=st.sampled_from(["", "up", "down"]),
    labels=st.lists(st.text(max_size=20), max_size=3).map(tuple),
    note=st.text(max_size=20),
)


@given(steps=st.lists(_STEPS, max_size=5), with_labels=st.booleans())
def test_a_checked_step_stands_once_says_something_and_survives_a_draft(
    steps: list[StepJudgement], *, with_labels: bool
) -> None:
    asked = Rubric(parts=Parts(labels=with_labels))
    kept = rubric.validate(asked, ReviewInput(steps=tuple(steps)))
    assert len({step.run for step in kept.steps}) == len(kept.steps)
    assert all(step.says_anything for step in kept.steps)
    assert with_labels or not any(step.labels for step in kept.steps)
    assert rubric.validate(asked, kept) == kept
    assert read_draft(kept.document()) == kept
